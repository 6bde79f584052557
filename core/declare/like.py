"""`like:` - start from another declaration and state only what differs."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from core.declare.declaration import Declaration, Document, Path

KEY = "like"


def merge(base: Any, own: Any) -> Any:
    """`base` with what `own` states: mappings merge key by key, anything else replaces, null takes a key away."""
    if not isinstance(base, Mapping) or not isinstance(own, Mapping):
        return deepcopy(own)
    merged = {key: deepcopy(value) for key, value in base.items() if key not in own or own[key] is not None}
    for key, value in own.items():
        if value is not None:
            merged[key] = merge(base.get(key), value)
    return merged


def extend(declaration: Declaration, base: Document) -> Declaration:
    """`declaration` on top of the document it is like, with the origin of each part that it did not state."""
    own = {key: value for key, value in declaration.data.items() if key != KEY}
    merged = merge(base.data, own)
    origins = {path: base for path in base.places if path and _there(merged, path) and not _there(own, path)}
    return replace(declaration, data=merged, origins=origins)


def _there(data: Any, path: Path) -> bool:
    for step in path:
        if isinstance(step, int):
            if not isinstance(data, list) or step >= len(data):
                return False
        elif not isinstance(data, Mapping) or step not in data:
            return False
        data = data[step]
    return True
