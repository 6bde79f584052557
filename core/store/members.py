"""Which values the records of a cell have: what numbers of different values are counted from.

A line is one value of one field in one day's or month's cell, however many records have it. Months are kept beside
days, since the values of a month are far fewer than those of its days together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.entity.statistic import Statistic
from core.store.database import Dialect, Session
from core.store.levels import DAY, MONTH, days_of, month_of

Member = tuple[int, int, bytes, str]
"""(place of the field among the statistic's, day, hash of the dimensions, value as text)."""


class Members:
    """The members of a statistic's cells, in a table beside that of its cells."""

    def __init__(self, statistic: Statistic, cells: str) -> None:
        self.fields = statistic.distinct
        self.table = members_of(cells)

    def create(self, dialect: Dialect) -> list[str]:
        """The statements that make the table; none where nothing is to be told apart."""
        if not self.fields:
            return []
        integer, text, binary = (dialect.column_type(kind) for kind in ("integer", "text", "bytes"))
        columns = [f'"{name}" {integer} NOT NULL' for name in ("field", "level", "day")]
        columns += [f'"cell" {binary} NOT NULL', f'"value" {text} NOT NULL']
        key = '"field", "level", "day", "cell", "value"'
        return [dialect.create_keyed_table(self.table, ", ".join(columns), key)]

    def add(self, session: Session, members: Iterable[Member]) -> None:
        """Add them to their days and months."""
        lines = {(field, DAY, day, cell, value) for field, day, cell, value in members}
        lines |= {(field, MONTH, month_of(day), cell, value) for field, _, day, cell, value in lines}
        if lines:
            marks = f'INSERT INTO "{self.table}" ("field", "level", "day", "cell", "value") VALUES (?, ?, ?, ?, ?)'  # noqa: S608 - a compiled name
            session.executemany(f"{marks} ON CONFLICT DO NOTHING", sorted(lines))

    def set(self, session: Session, field: int, day: int, cell: bytes, values: set[str]) -> None:
        """Let a day's cell have these values, and its month those of its days."""
        at_day = f'FROM "{self.table}" WHERE "field" = ? AND "level" = {DAY} AND "day" = ? AND "cell" = ?'
        known = {value for (value,) in session.execute(f'SELECT "value" {at_day}', (field, day, cell))}
        self.add(session, [(field, day, cell, value) for value in values - known])
        gone = sorted(known - values)
        session.executemany(f'DELETE {at_day} AND "value" = ?', [(field, day, cell, value) for value in gone])
        month = month_of(day)
        for value in gone:
            days = days_of(month)
            there = f'SELECT 1 FROM "{self.table}" WHERE "field" = ? AND "level" = {DAY} AND "day" IN ({_marks(days)}) AND "cell" = ? AND "value" = ? LIMIT 1'  # noqa: S608, E501 - a compiled name
            if session.execute(there, (field, *days, cell, value)).fetchone() is None:
                at_month = f'"field" = ? AND "level" = {MONTH} AND "day" = ? AND "cell" = ? AND "value" = ?'
                session.execute(f'DELETE FROM "{self.table}" WHERE {at_month}', (field, month, cell, value))  # noqa: S608 - a compiled name


def members_of(cells: str) -> str:
    """The name of the table beside that of a statistic's cells."""
    return f"m_{cells.removeprefix('s_')}"


def _marks(values: Sequence[Any]) -> str:
    return ", ".join("?" * len(values))
