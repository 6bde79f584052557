"""A declaration as it counts: defaults and `like:` resolved, with the file that each part came from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from core.declare.declaration import Declaration, Path
from core.declare.loader import plain

_WORD = re.compile(r"\w[\w./-]*")
INDENT = "  "


def show(declaration: Declaration) -> str:
    """The resolved declaration as YAML. A comment names the file and line where the source of a part changes."""
    lines = [f"# {declaration.kind}/{declaration.id}, {declaration.owner}: {declaration.document.file}"]
    lines += _mapping(declaration, declaration.data, (), declaration.document.file)
    return "\n".join(lines) + "\n"


def _mapping(declaration: Declaration, data: Any, path: Path, around: str) -> Iterator[str]:
    for key, value in data.items():
        yield from _entry(declaration, f"{_scalar(key)}:", value, (*path, key), around)


def _entry(declaration: Declaration, lead: str, value: Any, path: Path, around: str) -> Iterator[str]:
    """One key or list item with what is below it, from the source `around` unless it says otherwise."""
    source, comment = _source(declaration, path)
    remark = f"  # {comment}" if source != around else ""
    if isinstance(value, dict) and value:
        yield f"{lead}{remark}"
        for line in _mapping(declaration, value, path, source):
            yield INDENT + line
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        yield f"{lead}{remark}"
        for index, item in enumerate(value):
            for line in _entry(declaration, "-", item, (*path, index), source):
                yield INDENT + line
    else:
        yield f"{lead} {flow(value)}{remark}"


def _source(declaration: Declaration, path: Path) -> tuple[str, str]:
    """The file a part came from, "default" when from the kind, and the comment that says so."""
    document = declaration.origins.get(path, declaration.document)
    place = document.places.get(path)
    if place is None:
        return "default", "default"
    return document.file, f"{place.file}:{place.line}"


def flow(value: Any) -> str:
    """A value as our YAML has it, on one line."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{_scalar(key)}: {flow(item)}' for key, item in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(flow(item) for item in value)}]"
    return _scalar(value)


def _scalar(value: Any) -> str:
    if isinstance(value, str) and _WORD.fullmatch(value) and plain(value) == value:
        return value
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in text)
