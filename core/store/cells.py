"""The table of one statistic: from records to cells, and the SQL that adds to a cell or counts it anew.

A row of the table is a cell: `day`, `hour` (UTC milliseconds of its start, 0 where the grain is day), `by_<dimension>`
each, `count`, and `sum_<field>` each. Its key is day, hour and `cell`, a hash of the dimensions: a null dimension is a
value like any other, which no unique index says alike on every database, and the cells of one hour lie together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from operator import itemgetter
from typing import Any

from msgspec import msgpack

from core.entity.condition import All
from core.entity.statistic import HOUR_MS, Statistic
from core.store.database import Dialect, Session
from core.store.happened import around, happened, lying
from core.store.sql import Sql
from core.store.where import Where

Cell = tuple[int, int, bytes]
"""(day, hour, hash of the dimensions): the key of a cell."""

CELL_BYTES = 16
AS_KEPT: Mapping[str, Callable[[Any], Any]] = {"text": str, "integer": int, "boolean": bool}


class Cells:
    """The cells of `statistic` in `table`."""

    def __init__(self, statistic: Statistic, table: str) -> None:
        entity = statistic.entity
        self.statistic = statistic
        self.table = table
        self.time = str(entity.time)
        self._time = f'r."{self.time}"'
        self.records = entity.table
        self.kinds = [entity.columns[name] for name in statistic.dimensions]
        self.by = tuple(f"by_{name}" for name in statistic.dimensions)
        self.measures = ("count", *(f"sum_{name}" for name in statistic.sums))
        self.columns = ("day", "hour", "cell", *self.by, *self.measures)

    def create(self, dialect: Dialect) -> list[str]:
        """The statements that make the table; cells of one scope are found by day too."""
        columns = [f'"{name}" {dialect.column_type("integer")} NOT NULL' for name in ("day", "hour")]
        columns += [f'"cell" {dialect.column_type("bytes")} NOT NULL']
        columns += [f'"{name}" {dialect.column_type(kind)}' for name, kind in zip(self.by, self.kinds, strict=True)]
        columns += [f'"{name}" {dialect.column_type("integer")} NOT NULL' for name in self.measures]
        scope = self.statistic.entity.scope
        index = f'CREATE INDEX "i_{self.table}" ON "{self.table}" ("by_{scope}", "day")'
        return [
            dialect.create_keyed_table(self.table, ", ".join(columns), '"day", "hour", "cell"'),
            *([index] if scope else []),
        ]

    def add_rows(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add records in stored form, all with the same columns, that stand and were not counted yet."""
        statistic, hourly, time = self.statistic, self.statistic.grain == "hour", self.time
        names = ("day", *statistic.dimensions)
        if not all(name in rows[0] for name in (*names, *statistic.sums)):  # of a snapshot without these fields
            rows = [dict.fromkeys((*names, *statistic.sums)) | dict(row) for row in rows]
        place = itemgetter(*names)
        cells: defaultdict[tuple[int, tuple[Any, ...]], list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows if statistic.condition == All(()) else filter(statistic.condition.test, rows):
            own = row[time] if row["clock"] == "ok" else None
            at = row["received_at"] if own is None else own
            cells[at - at % HOUR_MS if hourly else 0, place(row)].append(row)
        measured = [
            (
                day,
                hour,
                *by,
                len(inside),
                *(sum(filter(None, map(itemgetter(name), inside))) for name in statistic.sums),
            )
            for (hour, (day, *by)), inside in cells.items()
        ]
        self.add(session, measured)

    def add(self, session: Session, cells: Iterable[Sequence[Any]]) -> list[Cell]:
        """Add (day, hour, dimensions …, measures …) to cells, made where they are not there; their keys."""
        lines = [self._line(cell) for cell in cells]
        if lines:
            session.executemany(self._upsert, lines)
        return [line[:3] for line in lines]

    def add_range(self, session: Session, after: int, until: int) -> list[Sequence[Any]]:
        """(day, hour, dimensions …, measures …) of the standing records with ids above `after`, up to `until`."""
        condition, values = self._condition(session)
        sums = self._measured(session, (f'sum("{name}")' for name in self.statistic.sums))
        sql = (
            f'SELECT {self._place}, {sums} FROM "{self.records}" AS r'  # noqa: S608 - compiled names
            f' WHERE r."id" > ? AND r."id" <= ? AND r."voided_at" IS NULL AND {condition}'
            f" GROUP BY {', '.join(str(at + 1) for at in range(2 + len(self.by)))}"
        )
        return list(session.execute(sql, (after, until, *values)))

    def of_record(self, session: Session, record_id: int) -> list[Sequence[Any]]:
        """(day, hour, dimensions …, 0 …): the cell that the record stands in now, with nothing to add to it."""
        nothing = ", ".join("0" for _ in self.measures)
        sql = f'SELECT {self._place}, {nothing} FROM "{self.records}" AS r WHERE r."id" = ?'  # noqa: S608 - compiled names
        return list(session.execute(sql, (record_id,)))

    def recount(self, session: Session, cell: Cell) -> None:
        """Set the cell to what the records say; one without records is taken away."""
        at_cell = '"day" = ? AND "hour" = ? AND "cell" = ?'
        by = ", ".join(f'"{name}"' for name in ("day", *self.by))
        found = session.execute(f'SELECT {by} FROM "{self.table}" WHERE {at_cell}', cell).fetchone()  # noqa: S608 - compiled names
        measures = self._counted(session, cell[1], found)
        if measures[0]:
            settings = ", ".join(f'"{name}" = ?' for name in self.measures)
            session.execute(f'UPDATE "{self.table}" SET {settings} WHERE {at_cell}', (*measures, *cell))  # noqa: S608 - compiled names
        else:
            session.execute(f'DELETE FROM "{self.table}" WHERE {at_cell}', cell)  # noqa: S608 - compiled names

    def _counted(self, session: Session, hour: int, place: Sequence[Any]) -> Sequence[int]:
        """count and sums of the records in one cell: those with a good clock by their time, the others by receipt,
        each along an index; SQLite would take another one for the latter if it were let."""
        day, *dimensions = place
        start, end = (hour, hour + HOUR_MS) if self.statistic.grain == "hour" else around(day)
        condition, values = self._condition(session)
        pairs = list(zip(self.statistic.dimensions, dimensions, strict=True))
        same = [f'r."{name}" = ?' if value is not None else f'r."{name}" IS NULL' for name, value in pairs]
        where = " AND ".join(['r."day" = ?', 'r."voided_at" IS NULL', *same, condition])
        wanted = (day, *(value for value in dimensions if value is not None), *values)
        columns, records = ", ".join(f'r."{name}"' for name in ("id", *self.statistic.sums)), self.records
        span = "{at} >= ? AND {at} < ?"
        sums = self._measured(session, (f'sum("{name}")' for name in self.statistic.sums))
        sql = (
            f'WITH lying AS MATERIALIZED (SELECT * FROM "{records}" WHERE ({lying(self.time)})'  # noqa: S608 - compiled names
            f" AND {span.format(at='received_at')})"
            f' SELECT {sums} FROM (SELECT {columns} FROM "{records}" AS r WHERE {span.format(at=self._time)}'
            f" AND r.\"clock\" = 'ok' AND {where} UNION ALL SELECT {columns} FROM lying AS r WHERE {where}) AS counted"
        )
        counted: Sequence[int] = session.execute(sql, (start, end, start, end, *wanted, *wanted)).fetchone()
        return counted

    def _line(self, cell: Sequence[Any]) -> tuple[Any, ...]:
        """A cell's row: every dimension in the type of its column, so that equal cells have equal hashes."""
        day, hour, *rest = cell
        number = len(self.kinds)
        by = [
            None if value is None else AS_KEPT[kind](value)
            for value, kind in zip(rest[:number], self.kinds, strict=True)
        ]
        hashed = blake2b(msgpack.encode(by), digest_size=CELL_BYTES).digest()
        return (day, hour, hashed, *by, *rest[number:])

    @cached_property
    def _upsert(self) -> str:
        names = ", ".join(f'"{name}"' for name in self.columns)
        marks = ", ".join("?" * len(self.columns))
        added = ", ".join(f'"{name}" = "{self.table}"."{name}" + excluded."{name}"' for name in self.measures)
        return (
            f'INSERT INTO "{self.table}" ({names}) VALUES ({marks})'  # noqa: S608 - compiled names
            f' ON CONFLICT ("day", "hour", "cell") DO UPDATE SET {added}'
        )

    @cached_property
    def _place(self) -> str:
        """A record's day, hour and dimensions as columns; the records' table is r."""
        at = happened(self.time)
        hour = f"({at}) / {HOUR_MS} * {HOUR_MS}" if self.statistic.grain == "hour" else "0"
        return ", ".join(['r."day"', hour, *(f'r."{name}"' for name in self.statistic.dimensions)])

    def _measured(self, session: Session, sums: Iterable[str]) -> str:
        kind = session.dialect.column_type("integer")
        return ", ".join(["count(*)", *(f"CAST(coalesce({text}, 0) AS {kind})" for text in sums)])

    def _condition(self, session: Session) -> Sql:
        """The statistic's condition over r as SQL, and its values."""
        entity = self.statistic.entity
        where = Where(entity, "r", {}, session.dialect.name)
        return where.sql(self.statistic.condition)
