"""Dimensions as SQL over records r: columns, bins, first characters. It says what core.entity.dimension says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.entity.dimension import Dimension

Sql = tuple[str, list[Any]]
"""Text, and the values of its parameters."""


def as_sql(shape: Dimension) -> Sql:
    """The kept value of a record; null is in no bin."""
    column = f'r."{shape.source}"'
    if shape.bounds:
        cases = "".join(f" WHEN {column} >= {low!r} THEN ?" for low, _ in reversed(shape.bounds))
        codes = [code for _, code in reversed(shape.bounds)]
        return f"CASE WHEN {column} IS NULL THEN NULL{cases} ELSE ? END", [*codes, shape.below]
    if shape.length:
        part = f"nullif(substr({column}, 1, {shape.length}), '')"
        if shape.codes is None:
            return part, []
        return f"CASE WHEN {part} IN ({', '.join('?' * len(shape.codes))}) THEN {part} END", list(shape.codes)
    return column, []


def listed(shapes: Sequence[Dimension]) -> Sql:
    """All of them, commas between."""
    parts = [as_sql(shape) for shape in shapes]
    return ", ".join(text for text, _ in parts), [value for _, values in parts for value in values]


def same(shapes: Sequence[Dimension], values: Sequence[Any]) -> Sql:
    """Whether a record has these kept values."""
    tests, inside = [], []
    for shape, value in zip(shapes, values, strict=True):
        text, given = as_sql(shape)
        tests.append(f"{text} IS NULL" if value is None else f"{text} = ?")
        inside += given if value is None else [*given, value]
    return " AND ".join(tests) or "1 = 1", inside
