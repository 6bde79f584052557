"""Texts in two languages: the English that code holds, and the Chinese that stands in a file beside it.

A `Phrase` is the English text and carries the Chinese along, so that only whoever shows it has to choose. Files of
Chinese have the shape of the English ones and lie in a folder `zh` beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, reduce
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("en", "zh")
TOLD = ("help", "message")
"""The keys of a schema and of an offer that hold sentences; labels are Chinese as they are."""


class Phrase(str):
    """An English text that knows its Chinese."""

    zh: str

    def __new__(cls, en: str, zh: str) -> Phrase:
        made = super().__new__(cls, en)
        made.zh = zh
        return made

    def __reduce__(self) -> tuple[type[Phrase], tuple[str, str]]:
        return Phrase, (str(self), self.zh)


def in_language(text: Any, language: str) -> str:
    """`text` in "en" or "zh"; what is no Phrase reads the same in both."""
    return text.zh if language == "zh" and isinstance(text, Phrase) else str(text)


def filled(en: str, zh: str, values: Mapping[str, object]) -> Phrase:
    """Two format strings filled with the same values, each of which is told in the language around it."""
    told = {name: in_language(value, "zh") if isinstance(value, str) else value for name, value in values.items()}
    return Phrase(en.format(**values), zh.format(**told))


@dataclass(frozen=True)
class Phrases:
    """What code says, looked up by its English in a YAML file of {English: Chinese}."""

    file: Path

    def __call__(self, english: str, **values: object) -> Phrase:
        """The format string `english` filled with `values`; its own Chinese where the file has none."""
        return filled(english, _read(self.file).get(english, english), values)


phrase = Phrases(Path(__file__).with_name("zh") / "phrases.yaml")


def joined(texts: Iterable[str], between: str) -> str:
    """Texts with a phrase of {one} and {other} between each two."""
    return reduce(lambda one, other: phrase(between, one=one, other=other), texts)


def with_chinese(english: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """What a YAML file holds, its sentences as phrases with the Chinese of `file`; as it is where there is none."""
    return dict(_laid(english, _read(file)) if file.is_file() else english)


def _laid(english: Any, chinese: Any) -> Any:
    if not isinstance(english, Mapping) or not isinstance(chinese, Mapping):
        return english
    return {
        name: Phrase(value, chinese[name])
        if name in TOLD and isinstance(value, str) and isinstance(chinese.get(name), str)
        else _laid(value, chinese.get(name))
        for name, value in english.items()
    }


@cache
def _read(file: Path) -> Mapping[str, Any]:
    found: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found
