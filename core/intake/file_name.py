"""Patterns of file names, usable both ways: reading values out of a name, and building the name from values."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
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
        parsed = cls(text, tuple(dict.fromkeys(name for _, name in pieces if name is not None)), tuple(pieces))
        if len(parsed._twice) > TWICE:
            raise ValueError(phrase("write no more than {most} names twice", most=TWICE))
        return parsed

    def read(self, path: str) -> dict[str, str] | None:
        """The values in a path; None where it is not of this pattern. Where it can be read in several ways, a * is as
        long as can be and a name as short, what comes first before what comes later.

        The time is of the pattern's length times the path's, once more for each name that stands twice: no path makes
        it run away, as it could a regular expression."""
        if len(path) > LONGEST:
            return None
        ends = _ends(self._steps, path)
        return self._values(path, ends, 0, 0, {}) if ends[0][0] else None

    def _values(
        self, path: str, ends: Sequence[Sequence[bool]], at: int, place: int, found: dict[str, str]
    ) -> dict[str, str] | None:
        """What the steps from `at` read from `place` on, added to what was found; only the first place of a name
        that stands twice is tried in more than one way."""
        for after, step in enumerate(self._steps[at:], start=at + 1):
            if isinstance(step, str):
                place += 1
                continue
            fitting = [end for end in _reach(step, path, place, found) if ends[after][end]]
            if step.name in self._twice and step.name not in found:
                tries = (self._values(path, ends, after, end, {**found, step.name: path[place:end]}) for end in fitting)
                return next((values for values in tries if values is not None), None)
            if not fitting:
                return None
            if step.name is not None and step.name not in found:
                found = {**found, step.name: path[place : fitting[0]]}
            place = fitting[0]
        return found

    @cached_property
    def _steps(self) -> tuple[Step, ...]:
        steps: list[Step] = []
        for literal, name in self._pieces:
            steps += [Wild(None) if char == "*" else char.lower() for char in literal]
            steps += [Wild(name)] if name is not None else []
        return tuple(
            step for step, before in zip(steps, [None, *steps], strict=False) if step != Wild(None) or step != before
        )

    @cached_property
    def _twice(self) -> frozenset[str]:
        times = Counter(name for _, name in self._pieces if name is not None)
        return frozenset(name for name, number in times.items() if number > 1)

    def meets(self, other: FileName) -> str | None:
        """A path that both patterns read; None where there is none, or none but by a name that stands twice."""
        ours, theirs = _free(self._steps), _free(other._steps)
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
"""Steps of two patterns that are laid beside each other: any character but a slash, and any number of them."""

LONGEST = 4096  # characters of a path that is looked at, as many as file systems take
TWICE = 2  # names that may stand twice


@dataclass(frozen=True, slots=True)
class Wild:
    """A step of a pattern that is no single character: a name's, or that of a * without one."""

    name: str | None


Step = str | Wild


def _free(steps: Sequence[Step]) -> list[str]:
    """A pattern's steps without names; what stands twice is taken for two."""
    free: list[str] = []
    for step in steps:
        free += [step] if isinstance(step, str) else [MANY] if step.name is None else [ONE, MANY]
    return free


def _ends(steps: Sequence[Step], path: str) -> list[list[bool]]:
    """By step and place in the path: whether the rest of the path fits the rest of the steps."""
    chars = [char.lower() for char in path]
    fits = [[False] * len(chars) + [True]]
    for step in reversed(steps):
        after = fits[-1]
        here = [False] * (len(chars) + 1)
        if isinstance(step, str):
            here[:-1] = [char == step and rest for char, rest in zip(chars, after[1:], strict=True)]
        else:
            many = step.name is None
            here[-1] = many and after[-1]
            for place in range(len(chars) - 1, -1, -1):
                more = chars[place] != "/" and (here[place + 1] or (not many and after[place + 1]))
                here[place] = more or (many and after[place])
        fits.append(here)
    return fits[::-1]


def _reach(step: Wild, path: str, place: int, found: Mapping[str, str]) -> Sequence[int]:
    """Where a wild step that begins at `place` may end, what is wanted most first."""
    known = found.get(step.name) if step.name is not None else None
    if known is not None:
        end = place + len(known)
        return [end] if path[place:end].lower() == known.lower() else []
    slash = path.find("/", place)
    stop = len(path) if slash < 0 else slash
    return range(stop, place - 1, -1) if step.name is None else range(place + 1, stop + 1)


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
