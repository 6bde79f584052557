"""Declarations as forms: the values that a text has, and the same text with some of them changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import yaml

from core.declare import loader
from core.declare.declaration import Path
from core.declare.kind import Kind
from core.declare.library import Reading
from core.declare.like import KEY, merge
from core.declare.problem import Place, ZcError
from core.run import drafts
from core.run.editing import shipped_by
from core.run.words import said

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

WIDTH = 1000  # one value a line, as people write them


def values(platform: Platform, _progress: Progress, *, path: str, text: str) -> dict[str, Any]:
    """{values, starts}: what the text says, by top key, on top of what it is `like`; `starts` says whether it is like
    any. ZcError where it cannot be read as YAML."""
    reading = platform.snapshot.reading
    name, id_ = drafts.declared(path, reading.kinds)
    own = _read(path, text)[0]
    base = _beneath(reading, reading.kinds[name], id_, own.get(KEY))
    return {"values": merge(base, own) if base else own, "starts": bool(base)}


def filled(platform: Platform, _progress: Progress, *, path: str, text: str, values: Any) -> dict[str, str]:
    """{text}: the text with other values under some of its top keys, null to take one away. All else stays as it was
    written, comments too. ZcError where the text is not written key by key."""
    drafts.declared(path, platform.snapshot.reading.kinds)
    if not isinstance(values, Mapping):
        raise ZcError(said("bad_values"))
    for key, value in values.items():
        text = _with(path, text, key, value)
    return {"text": text}


def _beneath(reading: Reading, kind: Kind, id_: str, like: Any) -> Mapping[str, Any]:
    """What a text starts from that is `like` another: the plugin's own file of the same id, or that other declaration;
    nothing where there is none."""
    if like != id_:
        found = reading.declarations.get(kind.name, {}).get(like) if isinstance(like, str) else None
        return found.document.data if found is not None else {}
    files = [reading.files[shown] for _, shown in shipped_by(reading, kind, id_)]
    return _read(str(files[0]), drafts.text_of(files[0]) or "")[0] if files else {}


def _read(path: str, text: str) -> tuple[Mapping[str, Any], Mapping[Path, Place]]:
    """What the text says, and where; nothing but comments says nothing yet."""
    if all(line.strip() == "" or line.startswith("#") for line in text.splitlines()):
        return {}, {}
    document, problems = loader.load(path, drafts.encoded(text))
    if document is None or not isinstance(document.data, Mapping):
        raise ZcError(said("not_read", why=problems[0].what if problems else ""))
    return document.data, document.places


def _with(path: str, text: str, key: str, value: Any) -> str:
    """The text with one value changed; read again, since what is written must be what was meant."""
    data, places = _read(path, text)
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    start, end = _span(places, data, key, lines)
    lines[start:end] = [] if value is None else [_written(key, value)]
    changed = "".join(lines)
    wanted = {name: old for name, old in data.items() if name != key} | ({} if value is None else {key: value})
    if _read(path, changed)[0] != wanted:
        raise ZcError(said("not_filled", key=key))
    return changed


def _span(places: Mapping[Path, Place], data: Mapping[str, Any], key: str, lines: list[str]) -> tuple[int, int]:
    """The lines of a key and its value, without the blank lines and comments before the next key; where a new key
    goes, if it is not there."""
    if key not in data:
        return len(lines), len(lines)
    starts = sorted(places[(name,)].line - 1 for name in data)
    start = places[(key,)].line - 1
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
