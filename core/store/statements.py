"""SQL text of the writer's hot path, made once for each table and set of columns."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from core.entity.entity import Entity


def _list(columns: tuple[str, ...]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


@lru_cache(maxsize=1024)
def insert_row(table: str, columns: tuple[str, ...]) -> str:
    """The INSERT of one row with a value for each of `columns` in order."""
    return f'INSERT INTO "{table}" ({_list(columns)}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608 - compiled names


@lru_cache(maxsize=1024)
def copy_rows(table: str, columns: tuple[str, ...]) -> str:
    """PostgreSQL's COPY of many rows with a value for each of `columns` in order."""
    return f'COPY "{table}" ({_list(columns)}) FROM STDIN'


def as_record(entity: Entity, names: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """The row as {column: value} in stored form; SQLite gives a boolean as 0 or 1."""
    record = dict(zip(names, row, strict=True))
    for name in entity.booleans:
        if record.get(name) is not None:
            record[name] = bool(record[name])
    return record
