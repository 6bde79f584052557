"""The table of one statistic: from records to cells, and the SQL that adds to a cell or counts it anew.

A row of the table is a cell: `level` (core.store.levels), `day` (the first of its span), `hour` (UTC milliseconds of
its start; 0 for a whole day or month; 0 to 23 for an hour of the day through a month), `by_<dimension>` each, `count`
and what else is kept. Its key is level, day, hour and `cell`, a hash of the dimensions: a null dimension is a value
like any other, which no unique index says alike on every database, and the cells of one hour lie together. What is
added to an hour is added to its day, its month and its hour of the day too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import Any

from msgspec import msgpack

from core.entity.condition import All, Node
from core.entity.condition import fields as fields_of
from core.entity.statistic import HOUR_MS, Statistic
from core.entity.types.time import moment
from core.store.database import Dialect, Session
from core.store.happened import happened
from core.store.levels import DAY, HOUR, MONTH, MONTH_HOUR, month_of
from core.store.members import Member, Members
from core.store.presence import Presence
from core.store.shapes import listed
from core.store.sql import Sql
from core.store.where import Where

Cell = tuple[int, int, bytes]
"""(day, hour, hash of the dimensions): the key of a cell of the finest level."""

CELL_BYTES = 16
MOST_KNOWN = 20_000
HOURS_KNOWN = 2_000  # two months and more of them
AS_KEPT: Mapping[str, Callable[[Any], Any]] = {"text": str, "integer": int, "boolean": bool}


class Batch:
    """New records in stored form, all with the same columns. A column is looked up once, however many statistics count
    it; one that they do not have, being of a snapshot without that field, is null."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self.rows = rows
        self._columns: dict[str, list[Any]] = {}

    def column(self, name: str) -> list[Any]:
        """The values of a column, record by record."""
        if name not in self._columns:
            there = bool(self.rows) and name in self.rows[0]
            self._columns[name] = [row[name] for row in self.rows] if there else [None] * len(self.rows)
        return self._columns[name]

    def where(self, condition: Node) -> Batch:
        """Those of the records for which it holds."""
        blank = dict.fromkeys(fields_of(condition))
        return Batch([row for row in self.rows if condition.test(blank | dict(row))])

    def hours(self, time: str) -> list[int]:
        """In which hour each happened: by its own time, or by its receipt where it has none or its clock lies."""
        told = zip(self.column(time), self.column("clock"), self.column("received_at"), strict=True)
        at = (own if clock == "ok" and own is not None else received for own, clock, received in told)
        return [ms - ms % HOUR_MS for ms in at]


class Cells:
    """The cells of `statistic` in `table`."""

    def __init__(self, statistic: Statistic, table: str) -> None:
        entity = statistic.entity
        self.statistic = statistic
        self.table = table
        self.time = entity.time
        self.hour_time = entity.time if statistic.grain == "hour" else None
        self.hourly = self.hour_time is not None
        self.records = entity.table
        self.members = Members(statistic, table)
        self.presence = Presence(statistic, table)
        self.by = tuple(f"by_{name}" for name in statistic.dimensions)
        self.measures = statistic.kept
        self.columns = ("level", "day", "hour", "cell", *self.by, *self.measures)
        self.folds = [(name.partition("_")[0], name.partition("_")[2]) for name in self.measures]
        self.hour_of_day = lru_cache(HOURS_KNOWN)(self._hour_of_day)
        self._sources = tuple(dict.fromkeys(name for _, name in self.folds if name))
        self._known: dict[tuple[Any, ...], tuple[list[Any], bytes]] = {}
        self._keep = [AS_KEPT[shape.column] for shape in statistic.shapes]

    def create(self, dialect: Dialect) -> list[str]:
        """The statements that make the table; cells of one scope are found by day too."""
        integer = dialect.column_type("integer")
        columns = [f'"{name}" {integer} NOT NULL' for name in ("level", "day", "hour")]
        columns += [f'"cell" {dialect.column_type("bytes")} NOT NULL']
        columns += [f'"by_{one.name}" {dialect.column_type(one.column)}' for one in self.statistic.shapes]
        for fold, name in self.folds:
            least = fold in ("min", "max")
            kind = self.statistic.entity.columns[name] if least else "integer"
            columns.append(
                f'"{fold if not name else f"{fold}_{name}"}" {dialect.column_type(kind)}{"" if least else " NOT NULL"}'
            )
        scope = self.statistic.entity.scope
        index = f'CREATE INDEX "i_{self.table}" ON "{self.table}" ("by_{scope}", "level", "day")'
        return [
            dialect.create_keyed_table(self.table, ", ".join(columns), '"level", "day", "hour", "cell"'),
            *([index] if scope else []),
            *self.members.create(dialect),
            *self.presence.create(dialect),
        ]

    def add_rows(self, session: Session, batch: Batch) -> None:
        """Add records that stand and were not counted yet."""
        if self.statistic.condition != All(()):
            batch = batch.where(self.statistic.condition)
        places = self._placed(batch)
        if not self._sources and not self.members.fields:
            self.add(session, [(*place, number) for place, number in Counter(places).items()])
            return
        cells: defaultdict[tuple[Any, ...], list[tuple[Any, ...]]] = defaultdict(list)
        values = zip(*map(batch.column, (*self._sources, *self.members.fields)), strict=True)
        for place, found in zip(places, values, strict=True):
            cells[place].append(found)
        self.add(session, [(*place, *self._measured(inside)) for place, inside in cells.items()])
        if self.members.fields:
            self.members.add(session, self._members(cells))

    def _placed(self, batch: Batch) -> Iterator[tuple[Any, ...]]:
        """(day, hour, dimensions …) of each record, made column by column, which is quicker."""
        columns = [batch.column("day"), batch.hours(self.hour_time) if self.hour_time else [0] * len(batch.rows)]
        for shape in self.statistic.shapes:
            values, of = batch.column(shape.source), shape.of
            if not shape.is_plain:
                values = [None if value is None else of(value) for value in values]
            columns.append(values)
        return zip(*columns, strict=True)

    def _members(self, cells: Mapping[tuple[Any, ...], list[tuple[Any, ...]]]) -> Iterator[Member]:
        for (day, _, *by), inside in cells.items():
            cell = self._known_by(tuple(by))[1]
            for at, values in enumerate(list(zip(*inside, strict=True))[len(self._sources) :]):
                yield from ((at, day, cell, str(value)) for value in values if value is not None)

    def _measured(self, inside: Sequence[tuple[Any, ...]]) -> list[Any]:
        """The kept columns of a cell with records of these values."""
        columns = zip(*inside, strict=True)
        values = {name: [one for one in next(columns) if one is not None] for name in self._sources}
        return [FOLDS[fold](values[name]) if name else len(inside) for fold, name in self.folds]

    def add(self, session: Session, cells: Iterable[Sequence[Any]]) -> list[Cell]:
        """Add (day, hour, dimensions …, kept columns …) to cells of every level, made where they are not there; the
        keys of the finest."""
        number = len(self._keep)
        lines: dict[tuple[Any, ...], tuple[Any, ...]] = {}
        keys, there = [], []
        for day, hour, *rest in cells:
            by, cell = self._known_by(tuple(rest[:number]))
            keys.append((day, hour, cell))
            for level, start, at in self._levels(day, hour):
                key, known = (level, start, at, cell), lines.get((level, start, at, cell))
                measures = rest[number:] if known is None else self._merged(known[number:], rest[number:])
                lines[key] = (*by, *measures)
            if self.presence.scope and rest[number]:
                there.append((self.presence.place(day, by), hour))
        if lines:
            session.executemany(self._upsert, [(*key, *line) for key, line in lines.items()])
        if there:
            self.presence.add(session, there)
        return keys

    def _levels(self, day: int, hour: int) -> tuple[tuple[int, int, int], ...]:
        """(level, day, hour) of the cells of every level that an hour, or a day, lies in."""
        month = month_of(day)
        found = ((HOUR, day, hour),) if self.hourly else ()
        of_day = ((MONTH_HOUR, month, self.hour_of_day(hour)),) if self.statistic.has_hours_of_day else ()
        return (*found, (DAY, day, 0), (MONTH, month, 0), *of_day)

    def _merged(self, one: Sequence[Any], other: Sequence[Any]) -> list[Any]:
        """The kept columns of two cells as those of one."""
        return [ADDED[fold](a, b) for (fold, _), a, b in zip(self.folds, one, other, strict=True)]

    def _known_by(self, by: tuple[Any, ...]) -> tuple[list[Any], bytes]:
        """Every dimension in the type of its column, so that equal cells have equal hashes; and their hash. The same
        ones come again and again, so they are remembered."""
        known = self._known.get(by)
        if known is None:
            kept = [None if value is None else keep(value) for value, keep in zip(by, self._keep, strict=True)]
            known = kept, blake2b(msgpack.encode(kept), digest_size=CELL_BYTES).digest()
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[by] = known
        return known

    def _hour_of_day(self, hour: int) -> int:
        """0 to 23 of an hour, UTC milliseconds of its start."""
        return moment(hour, self.statistic.zone).hour

    def add_range(self, session: Session, after: int, until: int) -> list[Sequence[Any]]:
        """(day, hour, dimensions …, kept columns …) of the standing records with ids above `after`, up to `until`."""
        (place, before), (condition, values) = self.place, self.condition(session)
        sql = (
            f'SELECT {place}, {self.folded(session)} FROM "{self.records}" AS r'  # noqa: S608 - compiled names
            f' WHERE r."id" > ? AND r."id" <= ? AND r."voided_at" IS NULL AND {condition}'
            f" GROUP BY {', '.join(str(at + 1) for at in range(2 + len(self.by)))}"
        )
        return list(session.execute(sql, (*before, after, until, *values)))

    def of_record(self, session: Session, record_id: int) -> list[Sequence[Any]]:
        """(day, hour, dimensions …, nothing …): the cell that the record stands in now, with nothing to add to it."""
        nothing = ", ".join("NULL" if fold in ("min", "max") else "0" for fold, _ in self.folds)
        place, before = self.place
        sql = f'SELECT {place}, {nothing} FROM "{self.records}" AS r WHERE r."id" = ?'  # noqa: S608 - compiled names
        return list(session.execute(sql, (*before, record_id)))

    def members_range(self, session: Session, after: int, until: int) -> list[Member]:
        """The members of the cells of the same records."""
        found: list[Member] = []
        (place, before), (condition, values) = self.place, self.condition(session)
        for at, name in enumerate(self.members.fields):
            there = f'r."voided_at" IS NULL AND r."{name}" IS NOT NULL AND {condition}'
            sql = (
                f'SELECT DISTINCT {place}, CAST(r."{name}" AS TEXT) FROM "{self.records}" AS r'  # noqa: S608 - compiled names
                f' WHERE r."id" > ? AND r."id" <= ? AND {there}'
            )
            lines = session.execute(sql, (*before, after, until, *values))
            found += [(at, day, self._known_by(tuple(by))[1], value) for day, _, *by, value in lines]
        return found

    @cached_property
    def _upsert(self) -> str:
        names = ", ".join(f'"{name}"' for name in self.columns)
        marks = ", ".join("?" * len(self.columns))
        added = ", ".join(
            f'"{name}" = {self._added(name, fold)}' for name, (fold, _) in zip(self.measures, self.folds, strict=True)
        )
        return (
            f'INSERT INTO "{self.table}" ({names}) VALUES ({marks})'  # noqa: S608 - compiled names
            f' ON CONFLICT ("level", "day", "hour", "cell") DO UPDATE SET {added}'
        )

    def _added(self, name: str, fold: str) -> str:
        """What is kept, with what comes: null where neither has a value."""
        old, new = f'"{self.table}"."{name}"', f'excluded."{name}"'
        if fold not in ("min", "max"):
            return f"{old} + {new}"
        sign = "<=" if fold == "min" else ">="
        return f"CASE WHEN {new} IS NULL OR {old} {sign} {new} THEN {old} ELSE {new} END"

    @cached_property
    def place(self) -> tuple[str, list[Any]]:
        """A record's day, hour and dimensions as columns, and their values; the records' table is r."""
        hour = f"({happened(self.hour_time)}) / {HOUR_MS} * {HOUR_MS}" if self.hour_time else "0"
        dimensions, values = listed(self.statistic.shapes)
        return ", ".join(filter(None, ['r."day"', hour, dimensions])), values

    def folded(self, session: Session, rows: str = "r") -> str:
        """The kept columns over records."""
        kind = session.dialect.column_type("integer")
        return ", ".join(SQL_OF[fold].format(column=f'{rows}."{name}"', kind=kind) for fold, name in self.folds)

    def condition(self, session: Session) -> Sql:
        """The statistic's condition over r as SQL, and its values."""
        entity = self.statistic.entity
        return Where(entity, "r", {}, session.dialect.name).sql(self.statistic.condition)


def _less(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else min(one, other)


def _more(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else max(one, other)


FOLDS: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "sum": sum,
    "n": len,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
}
"""A kept column of the values that are there."""

ADDED: Mapping[str, Callable[[Any, Any], Any]] = {
    "count": int.__add__,
    "sum": int.__add__,
    "n": int.__add__,
    "min": _less,
    "max": _more,
}
"""A kept column of two cells taken together."""

SQL_OF: Mapping[str, str] = {
    "count": "count(*)",
    "sum": "CAST(coalesce(sum({column}), 0) AS {kind})",
    "n": "count({column})",
    "min": "min({column})",
    "max": "max({column})",
}
"""The same of records, as SQL."""
