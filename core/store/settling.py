"""Cells counted anew: the finest from the records, those above them from what lies below."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from core.entity.statistic import HOUR_MS
from core.store.cells import Cell, Cells
from core.store.database import Session
from core.store.happened import around, lying
from core.store.levels import DAY, HOUR, MONTH, MONTH_HOUR, days_of, month_of
from core.store.presence import Place
from core.store.shapes import same

OVER_CELLS = {"min": "min({column})", "max": "max({column})"}
ADDED_UP = "CAST(coalesce(sum({column}), 0) AS {kind})"


def settle(session: Session, cells: Cells, keys: Iterable[Cell]) -> None:
    """Set these cells, and those above them, to what the records say; one without records is taken away."""
    days, months, hours_of_day = set(), set(), set()
    places: dict[Place, None] = {}
    for day, hour, cell in keys:
        place = cells.presence.place(day, _recount(session, cells, (day, hour, cell)))
        places |= {} if place is None else {place: None}
        days.add((day, cell))
        if cells.statistic.has_hours_of_day:
            hours_of_day.add((month_of(day), cells.hour_of_day(hour), cell))
    for day, cell in sorted(days):
        if cells.hourly:
            _fold(session, cells, (DAY, day, 0, cell), (HOUR, [(day, hour) for hour in _hours(day)]))
        months.add((month_of(day), cell))
    for month, cell in sorted(months):
        _fold(session, cells, (MONTH, month, 0, cell), (DAY, [(day, 0) for day in days_of(month)]))
    for month, number, cell in sorted(hours_of_day):
        same_hour = [(day, hour) for day in days_of(month) for hour in _hours(day) if cells.hour_of_day(hour) == number]
        _fold(session, cells, (MONTH_HOUR, month, number, cell), (HOUR, same_hour))
    cells.presence.settle(session, places)


def _recount(session: Session, cells: Cells, key: Cell) -> Sequence[Any]:
    """One cell of the finest level, and the members of its day; its dimensions."""
    day, hour, cell = key
    level = HOUR if cells.hourly else DAY
    by = ", ".join(f'"{name}"' for name in cells.by) or "1"
    at_cell = '"level" = ? AND "day" = ? AND "hour" = ? AND "cell" = ?'
    found = session.execute(f'SELECT {by} FROM "{cells.table}" WHERE {at_cell}', (level, *key)).fetchone()  # noqa: S608 - compiled names
    place = found[: len(cells.by)]
    span = (hour, hour + HOUR_MS) if cells.hourly else around(day)
    columns = ", ".join(dict.fromkeys(f'r."{name}"' for _, name in cells.folds if name)) or '1 AS "one"'
    records, values = _records(session, cells, (day, place), span, columns)
    sql = f"SELECT {cells.folded(session, 'counted')} FROM ({records}) AS counted"  # noqa: S608 - compiled names
    _set(session, cells, (level, *key), session.execute(sql, values).fetchone())
    for at, name in enumerate(cells.members.fields):
        value = f'CAST(r."{name}" AS TEXT) AS "value"'
        records, values = _records(session, cells, (day, place), around(day), value)
        sql = f'SELECT DISTINCT "value" FROM ({records}) AS counted WHERE "value" IS NOT NULL'  # noqa: S608 - compiled names
        cells.members.set(session, at, day, cell, {member for (member,) in session.execute(sql, values)})
    return tuple(place)


def _records(
    session: Session, cells: Cells, place: tuple[int, Sequence[Any]], span: tuple[int, int], columns: str
) -> tuple[str, list[Any]]:
    """The standing records of one day and its dimensions within a span: those with a good clock by their time, the
    others by receipt, each along an index; SQLite would take another one for the latter if it were let. A register has
    no times, and few records."""
    day, dimensions = place
    condition, given = cells.condition(session)
    dimensions_test, inside = same(cells.statistic.shapes, dimensions)
    where = f'r."day" = ? AND r."voided_at" IS NULL AND {dimensions_test} AND {condition}'
    wanted = [day, *inside, *given]
    if cells.time is None:
        return f'SELECT {columns} FROM "{cells.records}" AS r WHERE {where}', wanted  # noqa: S608 - compiled names
    within = "{at} >= ? AND {at} < ?"
    sql = (
        f'WITH lying AS MATERIALIZED (SELECT * FROM "{cells.records}" WHERE ({lying(cells.time)})'  # noqa: S608 - compiled names
        f" AND {within.format(at='received_at')})"
        f' SELECT {columns} FROM "{cells.records}" AS r WHERE {within.format(at=f"""r."{cells.time}" """.strip())}'
        f" AND r.\"clock\" = 'ok' AND {where} UNION ALL SELECT {columns} FROM lying AS r WHERE {where}"
    )
    return sql, [*span, *span, *wanted, *wanted]


def _fold(
    session: Session, cells: Cells, key: tuple[int, int, int, bytes], below: tuple[int, Sequence[tuple[int, int]]]
) -> None:
    """A cell (level, day, hour, hash) of a coarser level from those of a finer one: its level, their days and hours."""
    finer, places = below
    kind = session.dialect.column_type("integer")
    columns = [
        OVER_CELLS.get(fold, ADDED_UP).format(column=f'"{name}"', kind=kind)
        for name, (fold, _) in zip(cells.measures, cells.folds, strict=True)
    ]
    marks = ", ".join(["(?, ?)"] * len(places))
    sql = (
        f'SELECT {", ".join(columns)} FROM "{cells.table}" WHERE "level" = ? AND "cell" = ?'  # noqa: S608 - compiled names
        f' AND ("day", "hour") IN (VALUES {marks})'
    )
    found = session.execute(sql, (finer, key[-1], *(value for place in places for value in place))).fetchone()
    _set(session, cells, key, found)


def _set(session: Session, cells: Cells, key: tuple[int, int, int, bytes], measures: Sequence[Any]) -> None:
    at_cell = '"level" = ? AND "day" = ? AND "hour" = ? AND "cell" = ?'
    if measures[0]:
        settings = ", ".join(f'"{name}" = ?' for name in cells.measures)
        session.execute(f'UPDATE "{cells.table}" SET {settings} WHERE {at_cell}', (*measures, *key))  # noqa: S608 - compiled names
    else:
        session.execute(f'DELETE FROM "{cells.table}" WHERE {at_cell}', key)  # noqa: S608 - compiled names


def _hours(day: int) -> range:
    """The hours that may lie in a civil day."""
    return range(*around(day), HOUR_MS)
