"""Which hours of a day have records: what completeness is told from, however many dimensions a statistic has.

A line is one day of one record of the scope (a station) and provenance; `hours` has a bit for each hour of the day in
which records lie. Who has no scope is nobody whose hours are expected, and has no line. A line follows from the cells
of its hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any

from msgspec import msgpack

from core.entity.statistic import HOUR_MS, Statistic
from core.store.database import Dialect, Session
from core.store.happened import around
from core.store.levels import HOUR

PLACES = 63
"""Bits of a whole number of 64 without its sign: more than the hours of any civil day, so that each has its own."""
KEY_BYTES = 16

Place = tuple[int, Any, Any]
"""(day, scope, provenance)."""
Hours = dict[str, dict[int, int]]
"""{scope: {day: bits}}."""


def bit(hour: int) -> int:
    """The bit of an hour, UTC milliseconds of its start."""
    return 1 << hour // HOUR_MS % PLACES


def hours_between(day: int, start: int | None, end: int | None) -> int:
    """The bits of a day's hours from `start` up to `end`, UTC milliseconds of hours; None for no bound."""
    earliest, latest = around(day)
    return sum(
        bit(hour)
        for hour in range(earliest, latest, HOUR_MS)
        if (start is None or hour >= start) and (end is None or hour < end)
    )


class Presence:
    """The hours of a statistic's days, in a table beside that of its cells. `scope` is None where they are not kept."""

    def __init__(self, statistic: Statistic, cells: str) -> None:
        self.scope = statistic.presence
        self.cells, self.table = cells, presence_of(cells)
        self._kinds = {shape.name: shape.column for shape in statistic.shapes}
        names = statistic.dimensions
        self._at = (names.index(self.scope), names.index("provenance")) if self.scope else None

    def create(self, dialect: Dialect) -> list[str]:
        """The statements that make the table; none where nothing is kept."""
        if self.scope is None:
            return []
        integer, binary = dialect.column_type("integer"), dialect.column_type("bytes")
        by = [f'"by_{name}" {dialect.column_type(self._kinds[name])}' for name in (self.scope, "provenance")]
        columns = [f'"day" {integer} NOT NULL', f'"cell" {binary} NOT NULL', *by, f'"hours" {integer} NOT NULL']
        return [dialect.create_keyed_table(self.table, ", ".join(columns), '"day", "cell"')]

    def place(self, day: int, by: Sequence[Any]) -> Place | None:
        """Where the hours of a cell with these dimensions are kept."""
        if self._at is None or by[self._at[0]] is None:
            return None
        return day, by[self._at[0]], by[self._at[1]]

    def add(self, session: Session, hours: Iterable[tuple[Place | None, int]]) -> None:
        """Add (place, hour), UTC milliseconds, that have records."""
        found: dict[Place, int] = {}
        for place, hour in hours:
            if place is not None:
                found[place] = found.get(place, 0) | bit(hour)
        self._put(session, found, f'"{self.table}"."hours" | excluded."hours"')

    def settle(self, session: Session, places: Iterable[Place]) -> None:
        """Set the hours of these places to what the cells of hours say."""
        found: dict[Place, int] = {}
        for place in places:
            day, scope, provenance = place
            same = '"by_provenance" IS NULL' if provenance is None else '"by_provenance" = ?'
            there = session.execute(
                f'SELECT DISTINCT "hour" FROM "{self.cells}" WHERE "level" = {HOUR} AND "day" = ?'  # noqa: S608 - compiled names
                f' AND "by_{self.scope}" = ? AND "count" > 0 AND {same}',
                (day, scope, *([] if provenance is None else [provenance])),
            )
            found[place] = sum(bit(hour) for (hour,) in there)
        self._put(session, {place: hours for place, hours in found.items() if hours}, 'excluded."hours"')
        gone = [(place[0], _key(place)) for place, hours in found.items() if not hours]
        if gone:
            session.executemany(f'DELETE FROM "{self.table}" WHERE "day" = ? AND "cell" = ?', gone)  # noqa: S608 - compiled names

    def _put(self, session: Session, found: dict[Place, int], hours: str) -> None:
        if not found:
            return
        names = f'"day", "cell", "by_{self.scope}", "by_provenance", "hours"'
        sql = (
            f'INSERT INTO "{self.table}" ({names}) VALUES (?, ?, ?, ?, ?)'  # noqa: S608 - compiled names
            f' ON CONFLICT ("day", "cell") DO UPDATE SET "hours" = {hours}'
        )
        lines = sorted((place[0], _key(place), *place[1:], found[place]) for place in found)  # keys are unique
        session.executemany(sql, lines)


def presence_of(cells: str) -> str:
    """The name of the table beside that of a statistic's cells."""
    return f"h_{cells.removeprefix('s_')}"


def _key(place: Place) -> bytes:
    """The hash of what a line is of: a null provenance is one like any other."""
    return blake2b(msgpack.encode(place[1:]), digest_size=KEY_BYTES).digest()
