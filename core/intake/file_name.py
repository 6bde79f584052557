"""Patterns of file names, usable both ways: reading values out of a name, and building the name from values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any


@dataclass(frozen=True)
class FileName:
    """A pattern of a path such as {station}/{date}/*.csv, slashes between folders.

    {name} is one character or more, * any number of them, neither of them a slash; {{ and }} are braces. A name that
    stands twice is the same text twice. Upper and lower case are the same, as partners' systems write them.
    """

    text: str
    names: tuple[str, ...]
    _pieces: tuple[tuple[str, str | None], ...]
    _regex: re.Pattern[str]

    @classmethod
    def parsed(cls, text: str) -> FileName:
        """The pattern of a text. ValueError says what is wrong with it."""
        pieces = []
        for literal, name, spec, conversion in Formatter().parse(text):
            if spec or conversion or (name is not None and not name.isidentifier()):
                raise ValueError(f"{{{name}}} is no name; write letters, digits and _ between braces")
            pieces.append((literal, name))
        if not text or text.startswith("/") or any(part in ("", ".", "..") for part in text.split("/")):
            raise ValueError("write the parts of a path with one slash between them, such as {station}/{date}/*.csv")
        names = tuple(dict.fromkeys(name for _, name in pieces if name is not None))
        return cls(text, names, tuple(pieces), re.compile(_regex(pieces), re.IGNORECASE | re.DOTALL))

    def read(self, path: str) -> dict[str, str] | None:
        """The values in a path; None where it is not of this pattern. Where it can be read in several ways, earlier
        names are as short as can be."""
        found = self._regex.fullmatch(path)
        return found.groupdict() if found else None

    def build(self, values: Mapping[str, Any]) -> str:
        """The path of these values. ValueError where a value is missing or the path would not read back as them."""
        if any("*" in literal for literal, _ in self._pieces):
            raise ValueError(f"{self.text} has a * and can only be read")
        missing = [name for name in self.names if values.get(name) is None]
        if missing:
            raise ValueError(f"{self.text} needs {', '.join(missing)}")
        path = "".join(literal + (str(values[name]) if name is not None else "") for literal, name in self._pieces)
        if self.read(path) != {name: str(values[name]) for name in self.names}:
            raise ValueError(f"{path} does not read back as the values it was built from")
        return path


def _regex(pieces: list[tuple[str, str | None]]) -> str:
    seen: set[str] = set()
    parts = []
    for literal, name in pieces:
        parts += ["[^/]*".join(map(re.escape, literal.split("*")))]
        if name is not None:
            parts += [f"(?P={name})" if name in seen else f"(?P<{name}>[^/]+?)"]
            seen.add(name)
    return "".join(parts)
