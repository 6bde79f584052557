"""Passwords: hashed and compared with argon2id, made at random, and the site's rules of what is a good one.

The parameters are argon2-cffi's own, RFC 9106's second choice: 64 MiB and three passes, some 50 ms; each hash says by
which ones it was made. Hashing and comparing are for the process pool.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping, Sequence
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 128
SIGNS = "-_=+!@#%"
READABLE = "".join(sign for sign in string.ascii_letters + string.digits if sign not in "Il1O0o")
RANDOM_SIGNS = 16


def hashed(password: str) -> str:
    """The hash to keep."""
    return PasswordHasher().hash(password)


def fits(password: str, kept: Sequence[str]) -> bool:
    """Whether the password is that of any of the hashes; without a hash it takes as long and is not."""
    hasher = PasswordHasher()
    if not kept:
        hasher.hash(password)
        return False
    return any(_is(hasher, one, password) for one in kept)


def _is(hasher: PasswordHasher, kept: str, password: str) -> bool:
    try:
        return hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def made() -> str:
    """A random password that the strictest rules take, without signs that look alike."""
    chosen = [secrets.choice(group) for group in (string.ascii_lowercase[:8], "ABCDEFGH", "23456789", SIGNS)]
    chosen += [secrets.choice(READABLE) for _ in range(RANDOM_SIGNS - len(chosen))]
    secrets.SystemRandom().shuffle(chosen)
    return "".join(chosen)


def faults(password: str, login: str, rules: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What the rules of site.yaml's accounts do not take, as (id of staff words, values)."""
    found: list[tuple[str, dict[str, Any]]] = []
    if len(password) < rules["length"]:
        found.append(("password_short", {"length": rules["length"]}))
    if len(password) > LONGEST:
        found.append(("password_long", {"length": LONGEST}))
    tests = (str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum())
    if sum(any(map(test, password)) for test in tests) < rules["sorts"]:
        found.append(("password_plain", {"sorts": rules["sorts"]}))
    if login and login.casefold() in password.casefold():
        found.append(("password_has_login", {}))
    return found
