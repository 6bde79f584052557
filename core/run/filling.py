"""Declarations as forms: the values that a text has, and the same text with some of them changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

from core.declare import loader
from core.declare.declaration import Document
from core.declare.problem import ZcError
from core.run import drafts
from core.run.words import said

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

WIDTH = 1000  # one value a line, as people write them


def values(platform: Platform, _progress: Progress, *, path: str, text: str) -> dict[str, Any]:
    """{values}: what the text says, by top key. ZcError where it cannot be read as YAML."""
    drafts.declared(path, platform.snapshot.reading.kinds)
    return {"values": _read(path, text).data}


def filled(platform: Platform, _progress: Progress, *, path: str, text: str, values: Any) -> dict[str, str]:
    """{text}: the text with other values under some of its top keys, null to take one away. All else stays as it was
    written, comments too. ZcError where the text is not written key by key."""
    drafts.declared(path, platform.snapshot.reading.kinds)
    if not isinstance(values, Mapping):
        raise ZcError(said("bad_values"))
    for key, value in values.items():
        text = _with(path, text, key, value)
    return {"text": text}


def _read(path: str, text: str) -> Document:
    document, problems = loader.load(path, drafts.encoded(text))
    if document is None or not isinstance(document.data, Mapping):
        why = problems[0].what if problems else ""
        raise ZcError(said("not_read", why=why))
    return document


def _with(path: str, text: str, key: str, value: Any) -> str:
    """The text with one value changed; read again, since what is written must be what was meant."""
    document = _read(path, text)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    start, end = _span(document, key, lines)
    lines[start:end] = [] if value is None else [_written(key, value)]
    changed = "".join(lines)
    wanted = {name: old for name, old in document.data.items() if name != key}
    wanted |= {} if value is None else {key: value}
    if not wanted or _read(path, changed).data != wanted:
        raise ZcError(said("not_filled", key=key))
    return changed


def _span(document: Document, key: str, lines: list[str]) -> tuple[int, int]:
    """The lines of a key and its value, without the blank lines and comments before the next key; where a new key
    goes, if it is not there."""
    starts = sorted(document.places[(name,)].line - 1 for name in document.data)
    if key not in document.data:
        return len(lines), len(lines)
    start = document.places[(key,)].line - 1
    end = next((line for line in starts if line > start), len(lines))
    while end > start + 1 and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return start, end


def _written(key: str, value: Any) -> str:
    """The key with its value; of what is nested the innermost on one line."""
    flow = None if isinstance(value, dict | list) else False
    try:
        text = yaml.safe_dump({key: value}, allow_unicode=True, default_flow_style=flow, sort_keys=False, width=WIDTH)
    except yaml.YAMLError as error:
        raise ZcError(said("bad_values")) from error
    return str(text)
