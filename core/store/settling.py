"""Cells counted anew: the finest from the records, those above them from what lies below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.entity.statistic import HOUR_MS
from core.store.cells import Cell, Cells
from core.store.database import Session
from core.store.happened import around, lying
from core.store.levels import DAY, HOUR, MONTH, days_of, month_of
from core.store.shapes import same

OVER_CELLS = {"min": "min({column})", "max": "max({column})"}
ADDED_UP = "CAST(coalesce(sum({column}), 0) AS {kind})"


def settle(session: Session, cells: Cells, keys: Iterable[Cell]) -> None:
    """Set these cells, and those above them, to what the records say; one without records is taken away."""
    days, months = set(), set()
    for day, hour, cell in keys:
        _recount(session, cells, (day, hour, cell))
        days.add((day, cell))
    for day, cell in sorted(days):
        if cells.hourly:
            hours = list(range(*_whole_hours(*around(day)), HOUR_MS))
            _fold(session, cells, (DAY, day, cell), (HOUR, [day], hours))
        months.add((month_of(day), cell))
    for month, cell in sorted(months):
        _fold(session, cells, (MONTH, month, cell), (DAY, days_of(month), [0]))


def _recount(session: Session, cells: Cells, key: Cell) -> None:
    """One cell of the finest level, and the members of its day."""
    day, hour, cell = key
    level = HOUR if cells.hourly else DAY
    by = ", ".join(f'"{name}"' for name in cells.by) or "1"
    at_cell = '"level" = ? AND "day" = ? AND "hour" = ? AND "cell" = ?'
    place = session.execute(f'SELECT {by} FROM "{cells.table}" WHERE {at_cell}', (level, *key)).fetchone()  # noqa: S608 - compiled names
    span = (hour, hour + HOUR_MS) if cells.hourly else around(day)
    columns = ", ".join(dict.fromkeys(f'r."{name}"' for _, name in cells.folds if name)) or '1 AS "one"'
    records, values = _records(session, cells, (day, place[: len(cells.by)]), span, columns)
    sql = f"SELECT {cells.folded(session, 'counted')} FROM ({records}) AS counted"  # noqa: S608 - compiled names
    _set(session, cells, (level, *key), session.execute(sql, values).fetchone())
    for at, name in enumerate(cells.members.fields):
        value = f'CAST(r."{name}" AS TEXT) AS "value"'
        records, values = _records(session, cells, (day, place[: len(cells.by)]), around(day), value)
        sql = f'SELECT DISTINCT "value" FROM ({records}) AS counted WHERE "value" IS NOT NULL'  # noqa: S608 - compiled names
        cells.members.set(session, at, day, cell, {found for (found,) in session.execute(sql, values)})


def _records(
    session: Session, cells: Cells, place: tuple[int, Sequence[Any]], span: tuple[int, int], columns: str
) -> tuple[str, list[Any]]:
    """The standing records of one day and its dimensions within a span: those with a good clock by their time, the
    others by receipt, each along an index; SQLite would take another one for the latter if it were let."""
    day, dimensions = place
    condition, given = cells.condition(session)
    dimensions_test, inside = same(cells.statistic.shapes, dimensions)
    where = f'r."day" = ? AND r."voided_at" IS NULL AND {dimensions_test} AND {condition}'
    wanted = [day, *inside, *given]
    within = "{at} >= ? AND {at} < ?"
    sql = (
        f'WITH lying AS MATERIALIZED (SELECT * FROM "{cells.records}" WHERE ({lying(cells.time)})'  # noqa: S608 - compiled names
        f" AND {within.format(at='received_at')})"
        f' SELECT {columns} FROM "{cells.records}" AS r WHERE {within.format(at=f"""r."{cells.time}" """.strip())}'
        f" AND r.\"clock\" = 'ok' AND {where} UNION ALL SELECT {columns} FROM lying AS r WHERE {where}"
    )
    return sql, [*span, *span, *wanted, *wanted]


def _fold(
    session: Session, cells: Cells, key: tuple[int, int, bytes], below: tuple[int, Sequence[int], Sequence[int]]
) -> None:
    """A cell of a coarser level from those of the next finer one: (its level, its days, its hours)."""
    level, day, cell = key
    finer, days, hours = below
    kind = session.dialect.column_type("integer")
    columns = [
        OVER_CELLS.get(fold, ADDED_UP).format(column=f'"{name}"', kind=kind)
        for name, (fold, _) in zip(cells.measures, cells.folds, strict=True)
    ]
    marks = ", ".join("?" * len(days)), ", ".join("?" * len(hours))
    sql = (
        f'SELECT {", ".join(columns)} FROM "{cells.table}" WHERE "level" = ? AND "day" IN ({marks[0]})'  # noqa: S608 - compiled names
        f' AND "hour" IN ({marks[1]}) AND "cell" = ?'
    )
    found = session.execute(sql, (finer, *days, *hours, cell)).fetchone()
    _set(session, cells, (level, day, 0, cell), found)


def _set(session: Session, cells: Cells, key: tuple[int, int, int, bytes], measures: Sequence[Any]) -> None:
    at_cell = '"level" = ? AND "day" = ? AND "hour" = ? AND "cell" = ?'
    if measures[0]:
        settings = ", ".join(f'"{name}" = ?' for name in cells.measures)
        session.execute(f'UPDATE "{cells.table}" SET {settings} WHERE {at_cell}', (*measures, *key))  # noqa: S608 - compiled names
    else:
        session.execute(f'DELETE FROM "{cells.table}" WHERE {at_cell}', key)  # noqa: S608 - compiled names


def _whole_hours(start: int, end: int) -> tuple[int, int]:
    return start - start % HOUR_MS, end
