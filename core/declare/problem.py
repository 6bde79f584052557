"""What is wrong where: problems with a declaration, and errors that say what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

CATALOGUE = Path(__file__).with_name("catalogue.yaml")


class Place(NamedTuple):
    """A position in a file; line and col count from 1, 0 means the file as a whole."""

    file: str
    line: int = 0
    col: int = 0


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong. Sorts by file, line and column."""

    file: str
    line: int
    col: int
    code: str
    path: str
    what: str
    mend: str = ""
    level: str = field(default="error", compare=False)

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.col}" if self.line else self.file
        path = f"{self.path}: " if self.path else ""
        mend = f"; {self.mend}" if self.mend else ""
        return f"{where}: {self.level}[{self.code}]: {path}{self.what}{mend}"

    def as_dict(self) -> dict[str, Any]:
        """The problem as plain data, for --json and the editor."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


class ZcError(Exception):
    """An error for a person: what happened, and what to do about it."""

    def __init__(self, reason: str, instruction: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.instruction = instruction

    def __str__(self) -> str:
        return f"{self.reason}. {self.instruction}" if self.instruction else self.reason


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All problem codes: {code: {what, mend, level, help}}; what and mend are format strings."""
    entries: dict[str, dict[str, str]] = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return entries


def problem(code: str, place: Place, path: str = "", **values: object) -> Problem:
    """Make the problem `code` at `place`; `values` fill the catalogue's text. KeyError on an unknown code."""
    entry = catalogue()[code]
    mend = values.pop("mend", None)
    return Problem(
        file=place.file,
        line=place.line,
        col=place.col,
        code=code,
        path=path,
        what=entry["what"].format(**values),
        mend=str(mend) if mend is not None else entry.get("mend", "").format(**values),
        level=entry.get("level", "error"),
    )
