"""Signatures of posts: which values are signed in which order, and whether a signature is of them and the key."""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from core.intake.mapping import as_text
from core.intake.post import Post

ROLES = ("appid", "timestamp", "nonce")
"""What is sent beside the signature itself."""

WHOLE = "body"
OF_BODY = "body."


@dataclass(frozen=True, slots=True)
class Signature:
    """How a partner signs, as its declaration says. `names` maps appid, timestamp, nonce and sign to the partner's
    names; what is not sent is left out. `read_time` takes the timestamp's text to UTC milliseconds and raises
    ValueRefused. `window_s` is how far from now it may be, either way.
    """

    algorithm: str
    fields: tuple[str, ...]
    style: str
    separator: str
    salt: str
    salt_name: str
    encoding: str
    place: str
    names: Mapping[str, str]
    read_time: Callable[[Any], int]
    window_s: int

    def claims(self, post: Post) -> dict[str, str]:
        """The values of `names` that the post has, as texts, by role."""
        look = looker(self.place, post)
        found = {role: look(name) for role, name in self.names.items()}
        return {role: value for role, value in found.items() if value}

    def text(self, post: Post, claims: Mapping[str, str]) -> list[bytes]:
        """What is signed, part by part, in the interface's charset; the body as the bytes that were sent, inflated
        where they were compressed."""
        return [self._part(field, post, claims) for field in self.fields]

    def sign(self, parts: list[bytes], key: str) -> bytes:
        """The signature of the parts."""
        secret, joint = key.encode(), self.separator.encode()
        if self.algorithm.startswith("hmac"):
            return _MACS[self.algorithm](secret, joint.join(parts))
        salt = [f"{self.salt_name}={key}".encode() if self.salt_name else secret]
        before = salt if self.salt in ("before", "both") else []
        after = salt if self.salt in ("after", "both") else []
        return _DIGESTS[self.algorithm](joint.join([*before, *parts, *after]))

    def is_of_any(self, post: Post, claims: Mapping[str, str], keys: Sequence[str]) -> bool:
        """Whether the signature in `claims` is that of the post with one of the keys; any wrong one takes as long."""
        parts, given = self.text(post, claims), self.decoded(claims)
        return any([hmac.compare_digest(self.sign(parts, key), given) for key in keys])

    def decoded(self, claims: Mapping[str, str]) -> bytes:
        """The signature in `claims`; empty, which is no signature, where it is not written as declared."""
        try:
            return bytes.fromhex(claims["sign"]) if self.encoding == "hex" else b64decode(claims["sign"], validate=True)
        except (ValueError, binascii.Error):
            return b""

    def written(self, signature: bytes) -> str:
        """A signature as the partner writes it."""
        return signature.hex() if self.encoding == "hex" else b64encode(signature).decode()

    def _part(self, field: str, post: Post, claims: Mapping[str, str]) -> bytes:
        if field == WHOLE:
            return self._named(field, post.body)
        if field in ("method", "path"):
            return self._named(field, (post.method if field == "method" else post.interface.path).encode())
        charset = post.interface.layout.charset
        if field in ROLES:
            return self._named(self.names[field].rpartition(".")[2], claims.get(field, "").encode(charset, "replace"))
        name, inside = field.removeprefix(OF_BODY), post.interface.layout.inside
        opened = inside is not None and name == ".".join(inside.at)  # what it holds stands in its place by now
        value = post.inside or "" if opened else in_body(post.data, name)
        return self._named(name.rpartition(".")[2], value.encode(charset, "replace"))

    def _named(self, name: str, value: bytes) -> bytes:
        return name.encode() + b"=" + value if self.style == "pairs" else value


def in_body(data: Any, name: str) -> str:
    """The value under a dotted name as text: a list or mapping as JSON without blanks, nothing where there is none."""
    for key in name.split("."):
        data = data.get(key) if isinstance(data, Mapping) else None
    if isinstance(data, Mapping | list):
        return msgspec.json.encode(data).decode()
    return as_text(data) or ""


def looker(place: str, post: Post) -> Callable[[str], str]:
    """A function from a partner's name to the text there, empty where there is none."""
    if place == "header":
        return lambda name: post.headers.get(name.lower(), "").strip()
    if place == "query":
        given = dict(parse_qsl(post.query, keep_blank_values=True))
        return lambda name: given.get(name, "").strip()
    return lambda name: in_body(post.data, name)


def _sm3(data: bytes) -> bytes:
    """SM3, GB/T 32905-2016."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def _hmac_sm3(key: bytes, data: bytes) -> bytes:
    mac = HMAC(key, hashes.SM3())
    mac.update(data)
    return mac.finalize()


_DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    "md5": lambda data: hashlib.md5(data, usedforsecurity=False).digest(),  # what some partners' systems can do
    "sm3": _sm3,
}
_MACS: Mapping[str, Callable[[bytes, bytes], bytes]] = {
    "hmac-sha256": lambda key, data: hmac.digest(key, data, "sha256"),
    "hmac-sm3": _hmac_sm3,
}
