"""What is wrong where: problems with a declaration, and errors that say what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from core.declare.phrase import LANGUAGES, Phrase, filled, in_language

CATALOGUE = Path(__file__).with_name("catalogue.yaml")
CHINESE = Path(__file__).with_name("zh") / "catalogue.yaml"
TOLD = ("what", "mend")
LEVELS = {"en": {"error": "error", "warning": "warning"}, "zh": {"error": "错误", "warning": "警告"}}


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
        return self.told("en")

    def told(self, language: str) -> str:
        """The problem on one line, in "en" or "zh"."""
        where = f"{self.file}:{self.line}:{self.col}" if self.line else self.file
        path = f"{self.path}: " if self.path else ""
        what, mend = in_language(self.what, language), in_language(self.mend, language)
        between = "；" if language == "zh" else "; "
        end = f"{between}{mend}" if mend else ""
        return f"{where}: {LEVELS[language][self.level]}[{self.code}]: {path}{what}{end}"

    def as_dict(self) -> dict[str, Any]:
        """The problem as plain data, for --json and the editor; its Chinese under `zh`."""
        english, told = ({name: in_language(getattr(self, name), language) for name in TOLD} for language in LANGUAGES)
        return {name: getattr(self, name) for name in self.__dataclass_fields__} | english | {"zh": told}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Problem:
        """The problem that `as_dict` made plain data of."""
        told = {name: Phrase(said[name], said["zh"][name]) for name in TOLD}
        return cls(**{**{name: said[name] for name in cls.__dataclass_fields__}, **told})


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


@cache
def chinese() -> dict[str, dict[str, str]]:
    """The Chinese of the catalogue: {code: {what, mend, help}} with the same values in braces."""
    entries: dict[str, dict[str, str]] = yaml.safe_load(CHINESE.read_text(encoding="utf-8"))
    return entries


def problem(code: str, place: Place, path: str = "", **values: object) -> Problem:
    """Make the problem `code` at `place`; `values` fill the catalogue's text. KeyError on an unknown code."""
    entry, zh = catalogue()[code], chinese()[code]
    mend = values.pop("mend", None)
    return Problem(
        file=place.file,
        line=place.line,
        col=place.col,
        code=code,
        path=path,
        what=filled(entry["what"], zh["what"], values),
        mend=mend if isinstance(mend, str) else filled(entry.get("mend", ""), zh.get("mend", ""), values),
        level=entry.get("level", "error"),
    )
