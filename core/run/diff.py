"""What changed between two sets of declarations, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.declare.declaration import Declaration
from core.declare.kind import Kind
from core.declare.library import Reading
from core.declare.show import flow

ABSENT = object()
Path = tuple[str | int, ...]


def changes(old: Reading | None, new: Reading) -> list[str]:
    """One line for each declaration added or removed and for each value changed, sorted by kind and id."""
    lines: list[str] = []
    for kind in sorted(set(new.declarations) | set(old.declarations if old else ())):
        before = old.declarations.get(kind, {}) if old else {}
        after = new.declarations.get(kind, {})
        shape = new.kinds[kind] if kind in new.kinds else (old.kinds[kind] if old else None)
        for id_ in sorted(set(before) | set(after)):
            lines += _of_one(kind, id_, shape, before.get(id_), after.get(id_))
    return lines


def _of_one(
    kind: str, id_: str, shape: Kind | None, before: Declaration | None, after: Declaration | None
) -> Iterator[str]:
    name = f"{kind} {id_}"
    if before is None and after is not None:
        yield f"new {name}{_titled(after)}"
    elif after is None and before is not None:
        yield f"removed {name}{_titled(before)}"
    elif before is not None and after is not None and before.data != after.data:
        schema = shape.schema if shape else {}
        for path, old_value, new_value in differences(before.data, after.data):
            words = " › ".join(labels(schema, path))
            yield f"{name}: {words}: {_worded(old_value, new_value)}"


def _titled(declaration: Declaration) -> str:
    title = declaration.data.get("title")
    return f" ({title})" if title else ""


def _worded(old: Any, new: Any) -> str:
    if old is ABSENT:
        return f"added {_short(new)}"
    if new is ABSENT:
        return f"removed {_short(old)}"
    return f"{_short(old)} → {_short(new)}"


def _short(value: Any) -> str:
    text = flow(value)
    return text if len(text) <= 80 else f"{text[:77]}…"


def differences(old: Any, new: Any, path: Path = ()) -> Iterator[tuple[Path, Any, Any]]:
    """(path, old, new) of every leaf that differs; a missing side is ABSENT."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            yield from differences(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))
    elif isinstance(old, list) and isinstance(new, list) and any(isinstance(item, Mapping) for item in old + new):
        for index in range(max(len(old), len(new))):
            left = old[index] if index < len(old) else ABSENT
            right = new[index] if index < len(new) else ABSENT
            yield from differences(left, right, (*path, index))
    elif type(old) is not type(new) or old != new:
        yield path, old, new


def labels(schema: Mapping[str, Any], path: Path) -> list[str]:
    """The path in the words of its kind: labels where the schema has them, the key itself elsewhere."""
    words: list[str] = []
    rules: Mapping[str, Any] = {"schema": schema}
    for part in path:
        inner = rules.get("schema", {})
        if isinstance(part, int):
            rules = inner
            words.append(f"[{part + 1}]")
            continue
        rules = inner.get(part) if isinstance(inner.get(part), Mapping) else rules.get("valuesrules", {})
        rules = rules if isinstance(rules, Mapping) else {}
        words.append(str(rules.get("meta", {}).get("label", part)))
    return words
