"""Words of problems: the user's own value quoted, lists of what is known, and the guess at what was meant."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable
from typing import Any

from core.declare.phrase import joined, phrase

LONGEST = 60
MOST = 12

_TYPES = {
    "string": ("text", "write text"),
    "integer": ("a whole number", "write digits alone"),
    "number": ("a number", "write digits, with a point if need be"),
    "float": ("a number", "write digits, with a point if need be"),
    "boolean": ("true or false", "write true or false"),
    "dict": ("a mapping", "write key: value on lines below it, or {{key: value}}"),
    "list": ("a list", "write [a, b], or - a and - b on lines below it"),
}
"""What each type is, and how to write it; format strings."""


def quoted(value: Any) -> str:
    """`value` as the user wrote it, shortened; mappings and lists are only named."""
    if isinstance(value, dict):
        return phrase("a mapping")
    if isinstance(value, list):
        return phrase("a list")
    text = f"'{_one_line(value)}'" if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _one_line(text: str) -> str:
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def size(value: Any) -> str:
    """How long a text, list or mapping is."""
    if isinstance(value, str):
        return phrase("{count} characters", count=len(value)) if value else phrase("an empty text")
    return phrase("{count} entries", count=len(value)) if value else phrase("no entries")


def wanted(names: Iterable[str]) -> str:
    """The types in words."""
    return joined(dict.fromkeys(phrase(_TYPES[name][0]) for name in names), "{one} or {other}")


def how(names: Iterable[str]) -> str:
    """How to write a value of one of the types."""
    return joined(dict.fromkeys(phrase(_TYPES[name][1]) for name in names), "{one}, or {other}")


def known(names: Iterable[Any], *, in_order: bool = False) -> str:
    """The names, or the first of them; sorted unless their order means something."""
    texts = [name if isinstance(name, str) else json.dumps(name) for name in names]
    texts = texts if in_order else sorted(texts)
    if len(texts) > MOST:
        return phrase("{names} and {count} more", names=", ".join(texts[:MOST]), count=len(texts) - MOST)
    return ", ".join(texts) or phrase("none")


def nearest(word: Any, names: Iterable[Any]) -> str | None:
    """The name most like `word`, or None when none is near."""
    by_lower = {str(name).lower(): str(name) for name in names}
    found = difflib.get_close_matches(str(word).lower(), sorted(by_lower), n=1)
    return by_lower[found[0]] if found else None


def guess(word: Any, names: Iterable[Any]) -> dict[str, str]:
    """{"mend": "did you mean …?"} when a name is near, else nothing, so that the catalogue's own text stands."""
    near = nearest(word, names)
    return {"mend": phrase("did you mean '{near}'?", near=near)} if near else {}
