"""Read one YAML file strictly: libyaml's events become plain values, with the place of every key and value."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import yaml

from core.declare.declaration import Document, Path
from core.declare.phrase import phrase
from core.declare.problem import Place, Problem, problem

DEPTH = 64
"""Mappings and lists that may stand one inside the other."""

_WORDS = {"": None, "null": None, "~": None, "true": True, "false": False}
_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def digest(data: bytes) -> str:
    """The digest by which contents are told apart: blake2b, 16 bytes, in hex."""
    return blake2b(data, digest_size=16).hexdigest()


def load(file: str, data: bytes) -> tuple[Document | None, list[Problem]]:
    """The document that `data` holds, or None and what is wrong with it (ZC1). Never raises.

    `file` is the name shown in problems.
    """
    reader = _Reader(file)
    try:
        value = reader.document(reader.text(data))
    except _Stop as stop:
        reader.problems.append(stop.problem)
    if reader.problems:
        return None, sorted(reader.problems)
    return Document(file, value, reader.places, reader.value_places, digest(data)), []


def plain(text: str) -> Any:
    """The value of a scalar written without quotes. What is no number, true, false or null is text, dates too."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and not text.lstrip("-").isdigit() and math.isfinite(number := float(text)):
        return number
    return text


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)


class _Stop(Exception):
    """Reading cannot go on after this problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.what)
        self.problem = problem


class _Reader:
    """Walks the events of one file. Problems that leave the structure readable are gathered, others stop."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path, Place] = {}
        self.value_places: dict[Path, Place] = {}
        self.problems: list[Problem] = []
        self.events: Iterator[Any] = iter(())

    def text(self, data: bytes) -> str:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            place = self._offset(data[: error.start].decode("utf-8-sig"))
            raise _Stop(problem("ZC102", place, byte=f"0x{data[error.start]:02x}")) from None

    def document(self, text: str) -> Any:
        self.events = self._parse(text)
        next(self.events)  # the start of the stream
        if isinstance(next(self.events), yaml.StreamEndEvent):
            raise _Stop(problem("ZC105", Place(self.file)))
        first = next(self.events)
        if isinstance(first, yaml.ScalarEvent) and first.implicit[0] and first.value == "":
            raise _Stop(problem("ZC105", Place(self.file)))
        self.places[()] = self._place(first)
        value = self._node(first, ())
        next(self.events)  # the end of the document
        after = next(self.events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _Stop(problem("ZC106", self._place(after)))
        return value

    def _parse(self, text: str) -> Iterator[Any]:
        try:
            yield from yaml.parse(text, Loader=yaml.CSafeLoader)
        except yaml.reader.ReaderError as error:
            before = text.encode()[: error.position].decode(errors="ignore")
            raise _Stop(problem("ZC103", self._offset(before), detail=error.reason)) from None
        except yaml.MarkedYAMLError as error:
            raise _Stop(self._syntax(text, error)) from None

    def _syntax(self, text: str, error: yaml.MarkedYAMLError) -> Problem:
        mark = error.problem_mark or error.context_mark
        if mark is None:
            return problem("ZC103", Place(self.file), detail=error.problem or "")
        place = Place(self.file, mark.line + 1, mark.column + 1)
        line = (text.split("\n")[mark.line : mark.line + 1] or [""])[0]
        indentation = line[: len(line) - len(line.lstrip())]
        if "\t" in indentation or line[mark.column : mark.column + 1] == "\t":
            return problem("ZC104", place)
        return problem("ZC103", place, detail=error.problem or error.context)

    def _node(self, event: Any, path: Path) -> Any:
        self.value_places[path] = self._place(event)
        self._report_marks(event, path)
        if isinstance(event, yaml.AliasEvent):
            return None
        if isinstance(event, yaml.ScalarEvent):
            return plain(event.value) if event.implicit[0] else event.value
        if len(path) >= DEPTH:
            raise _Stop(problem("ZC112", self._place(event), bound=DEPTH))
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self.events), yaml.SequenceEndEvent):
            here = (*path, len(items))
            self.places[here] = self._place(event)
            items.append(self._node(event, here))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self.events), yaml.MappingEndEvent):
            key = self._key(event, path)
            here = (*path, key)
            if key in found:
                self._report("ZC107", event, path, key=key, first=self.places[here].line)
                self._node(next(self.events), (*path, key, "again"))
                continue
            self.places[here] = self._place(event)
            found[key] = self._node(next(self.events), here)
        return found

    def _key(self, event: Any, path: Path) -> str:
        """The key's text; a number or the like is a problem and stands in for itself."""
        self._report_marks(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            what = {
                "key": phrase("(a list, mapping or alias)"),
                "text": "",
                "mend": phrase("write a plain word as the key"),
            }
            raise _Stop(problem("ZC108", self._place(event), _dotted(path), **what))
        if event.value == "<<" and event.implicit[0]:
            self._report("ZC111", event, path)
        elif event.implicit[0] and not isinstance(plain(event.value), str):
            self._report("ZC108", event, path, key=event.value or phrase("nothing"), text=event.value)
        return str(event.value)

    def _report_marks(self, event: Any, path: Path) -> None:
        """Problems for an anchor, alias or tag."""
        if event.anchor is not None:
            self._report("ZC109", event, path, name=event.anchor)
        if getattr(event, "tag", None) is not None:
            self._report("ZC110", event, path, tag=event.tag.replace("tag:yaml.org,2002:", "!!"))

    def _report(self, code: str, event: Any, path: Path, **values: object) -> None:
        self.problems.append(problem(code, self._place(event), _dotted(path), **values))

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _offset(self, before: str) -> Place:
        line = before.count("\n") + 1
        return Place(self.file, line, len(before) - before.rfind("\n"))
