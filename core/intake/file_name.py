"""Patterns of file names, usable both ways: reading values out of a name, and building the name from values."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from core.declare.phrase import phrase


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
                raise ValueError(phrase("{{{name}}} is no name; write letters, digits and _ between braces", name=name))
            pieces.append((literal, name))
        if not text or text.startswith("/") or any(part in ("", ".", "..") for part in text.split("/")):
            raise ValueError(
                phrase("write the parts of a path with one slash between them, such as {{station}}/{{date}}/*.csv")
            )
        names = tuple(dict.fromkeys(name for _, name in pieces if name is not None))
        return cls(text, names, tuple(pieces), re.compile(_regex(pieces), re.IGNORECASE | re.DOTALL))

    def read(self, path: str) -> dict[str, str] | None:
        """The values in a path; None where it is not of this pattern. Where it can be read in several ways, earlier
        names are as short as can be."""
        found = self._regex.fullmatch(path)
        return found.groupdict() if found else None

    def meets(self, other: FileName) -> str | None:
        """A path that both patterns read; None where there is none, or none but by a name that stands twice."""
        ours, theirs = _steps(self._pieces), _steps(other._pieces)
        waiting: deque[tuple[int, int, str]] = deque([(0, 0, "")])
        seen = {(0, 0)}
        while waiting:
            at, beside, path = waiting.popleft()
            if at == len(ours) and beside == len(theirs) and None not in (self.read(path), other.read(path)):
                return path
            for next_at, next_beside, char in _moves(ours, at, theirs, beside):
                if (next_at, next_beside) not in seen:
                    seen.add((next_at, next_beside))
                    waiting.append((next_at, next_beside, path + char))
        return None

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


ONE, MANY = "one", "many"
"""Steps of a pattern beside single characters: any character but a slash, and any number of them."""


def _steps(pieces: tuple[tuple[str, str | None], ...]) -> list[str]:
    """A pattern as steps; what stands twice is taken for two names."""
    steps: list[str] = []
    for literal, name in pieces:
        steps += [MANY if char == "*" else char for char in literal.lower()]
        steps += [ONE, MANY] if name is not None else []
    return steps


def _moves(ours: list[str], at: int, theirs: list[str], beside: int) -> Iterator[tuple[int, int, str]]:
    """Where a path that fits two patterns may go on from a step of each: (step, step, the character between)."""
    one = ours[at] if at < len(ours) else ""
    two = theirs[beside] if beside < len(theirs) else ""
    if one == MANY:
        yield at + 1, beside, ""
    if two == MANY:
        yield at, beside + 1, ""
    wild = {ONE, MANY}
    char = "a" if one in wild and two in wild else two if one in wild else one
    fits = one == two or (one in wild and two != "/") or (two in wild and one != "/")
    if one and two and fits:
        yield at + (one != MANY), beside + (two != MANY), char


def _regex(pieces: list[tuple[str, str | None]]) -> str:
    seen: set[str] = set()
    parts = []
    for literal, name in pieces:
        parts += ["[^/]*".join(map(re.escape, literal.split("*")))]
        if name is not None:
            parts += [f"(?P={name})" if name in seen else f"(?P<{name}>[^/]+?)"]
            seen.add(name)
    return "".join(parts)
