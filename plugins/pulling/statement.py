"""The one statement that is ever sent: declared columns of a declared table, behind a row, in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Dialect:
    """How a database quotes names, marks parameters and is told how many rows it shall give."""

    quotes: str
    mark: str
    limits_first: bool = False

    def quoted(self, name: str) -> str:
        """A name of letters, digits and _, parts before dots each in quotes. ValueError for any other."""
        parts = name.split(".")
        if not all(part.isidentifier() for part in parts):
            raise ValueError(f"{name!r} is no name")
        return ".".join(f"{self.quotes[0]}{part}{self.quotes[1]}" for part in parts)


@dataclass(frozen=True)
class Bound:
    """A row behind which is read; with `inclusive` from its watermark on, whatever its key."""

    watermark: Any
    key: tuple[Any, ...] = ()
    inclusive: bool = False


@dataclass(frozen=True)
class Statement:
    """The statement of one declaration. `columns` hold the watermark and the key too."""

    dialect: Dialect
    table: str
    columns: tuple[str, ...]
    watermark: str
    key: tuple[str, ...]

    def after(self, bound: Bound | None, most: int) -> tuple[str, tuple[Any, ...]]:
        """(SQL, parameters) for the next rows behind the bound, at most so many."""
        name, mark = self.dialect.quoted, self.dialect.mark
        order = ", ".join(map(name, (self.watermark, *self.key)))
        condition, values = self._condition(bound)
        top = f"TOP ({int(most)}) " if self.dialect.limits_first else ""
        limit = "" if self.dialect.limits_first else f" LIMIT {int(most)}"
        columns = ", ".join(map(name, self.columns))
        condition = condition.replace("?", mark)
        sql = f"SELECT {top}{columns} FROM {name(self.table)} WHERE {condition} ORDER BY {order}{limit}"  # noqa: S608 - names are quoted, values are parameters
        return sql, values

    def bound_of(self, row: Sequence[Any]) -> Bound:
        """The bound that a row makes."""
        values = dict(zip(self.columns, row, strict=True))
        return Bound(values[self.watermark], tuple(values[name] for name in self.key))

    def _condition(self, bound: Bound | None) -> tuple[str, tuple[Any, ...]]:
        """Behind the bound: above the watermark, or at it and above the key, column by column. Row values such as
        (a, b) > (?, ?) would say it shorter, but SQL Server has none."""
        watermark = self.dialect.quoted(self.watermark)
        if bound is None:
            return f"{watermark} IS NOT NULL", ()
        if bound.inclusive:
            return f"{watermark} >= ?", (bound.watermark,)
        columns = [watermark, *map(self.dialect.quoted, self.key)]
        given = (bound.watermark, *bound.key)
        cases, values = [], []
        for last in range(len(columns)):
            cases.append(" AND ".join([f"{column} = ?" for column in columns[:last]] + [f"{columns[last]} > ?"]))
            values += [*given[: last + 1]]
        return "(" + ") OR (".join(cases) + ")", tuple(values)
