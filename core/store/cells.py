"""The table of one statistic: from records to cells, and the SQL that adds to a cell or counts it anew.

A row of the table is a cell: `level` (core.store.levels), `day` (the first of its span), `hour` (UTC milliseconds of
its start; 0 for a whole day or month; 0 to 23 for an hour of the day through a month), `by_<dimension>` each, `count`
and what else is kept. Its key is level, day, hour and `cell`, a hash of the dimensions: a null dimension is a value
like any other, which no unique index says alike on every database, and the cells of one hour lie together. What is
added to an hour is added to its day, its month and its hour of the day too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from hashlib import blake2b
from operator import itemgetter
from typing import Any

from msgspec import msgpack

from core.entity.condition import All
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
Line = tuple[Any, ...]
"""A row of the table: level, day, hour, hash, dimensions …, kept columns …."""

CELL_BYTES = 16
HOURS_KNOWN = 2_000  # two months and more of them
AS_KEPT: Mapping[str, Callable[[Any], Any]] = {"text": str, "integer": int, "boolean": bool}


class Cells:
    """The cells of `statistic` in `table`."""

    def __init__(self, statistic: Statistic, table: str) -> None:
        entity = statistic.entity
        self.statistic = statistic
        self.table = table
        self.hourly = statistic.grain == "hour"
        self.time = str(entity.time)
        self.records = entity.table
        self.members = Members(statistic, table)
        self.presence = Presence(statistic, table)
        self.by = tuple(f"by_{name}" for name in statistic.dimensions)
        self.measures = statistic.kept
        self.columns = ("level", "day", "hour", "cell", *self.by, *self.measures)
        self.folds = [(name.partition("_")[0], name.partition("_")[2]) for name in self.measures]
        self.hour_of_day = lru_cache(HOURS_KNOWN)(self._hour_of_day)
        self._count_at = 4 + len(self.by)
        self._sources = tuple(dict.fromkeys(name for _, name in self.folds if name))
        self._keep = [AS_KEPT[shape.column] for shape in statistic.shapes]
        self._shaped = [(at, shape.of) for at, shape in enumerate(statistic.shapes, 1) if not shape.is_plain]

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

    def add_rows(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add records in stored form, all with the same columns, that stand and were not counted yet."""
        cells = self.placed(rows)
        self.add(session, [(day, hour, *by, *self._measured(inside)) for (hour, day, *by), inside in cells.items()])
        if self.members.fields:
            self.members.add(session, self._members(cells))

    def placed(self, rows: Sequence[Mapping[str, Any]]) -> Mapping[tuple[Any, ...], list[Mapping[str, Any]]]:
        """Records by (hour, day, dimensions …)."""
        statistic, hourly, time = self.statistic, self.hourly, self.time
        names = ("day", *(shape.source for shape in statistic.shapes))
        needed = (*names, *self._sources, *self.members.fields)
        if not all(name in rows[0] for name in needed):  # of a snapshot without these fields
            rows = [dict.fromkeys(needed) | dict(row) for row in rows]
        place, shaped = itemgetter(*names), self._shaped
        cells: defaultdict[tuple[Any, ...], list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows if statistic.condition == All(()) else filter(statistic.condition.test, rows):
            own = row[time] if row["clock"] == "ok" else None
            at = row["received_at"] if own is None else own
            values = place(row)
            for index, of in shaped:
                value = values[index]
                values = (*values[:index], None if value is None else of(value), *values[index + 1 :])
            cells[at - at % HOUR_MS if hourly else 0, *values].append(row)
        return cells

    def _members(self, cells: Mapping[tuple[Any, ...], list[Mapping[str, Any]]]) -> Iterator[Member]:
        for (_, day, *by), inside in cells.items():
            cell = self.hash_of(by)
            for at, name in enumerate(self.members.fields):
                yield from ((at, day, cell, str(record[name])) for record in inside if record[name] is not None)

    def _measured(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The kept columns of a cell with these records."""
        values = {name: [value for row in rows if (value := row[name]) is not None] for name in self._sources}
        return [FOLDS[fold](values[name]) if name else len(rows) for fold, name in self.folds]

    def add(self, session: Session, cells: Iterable[Sequence[Any]]) -> list[Cell]:
        """Add (day, hour, dimensions …, kept columns …) to cells of every level, made where they are not there; the
        keys of the finest."""
        lines: dict[tuple[Any, ...], Line] = {}
        finest = [self.line(cell) for cell in cells]
        for line in finest:
            for above in (line, *self._above(line)):
                known = lines.get(above[:4])
                lines[above[:4]] = above if known is None else self._merged(known, above)
        if lines:
            session.executemany(self._upsert, lines.values())
        if self.presence.scope:
            there = (line for line in finest if line[self._count_at])
            self.presence.add(session, ((self.presence.place(line[1], line[4:]), line[2]) for line in there))
        return [line[1:4] for line in finest]

    def line(self, cell: Sequence[Any]) -> Line:
        """A cell's row on the finest level."""
        day, hour, *rest = cell
        number = len(self._keep)
        by = self._kept_by(rest[:number])
        return (HOUR if self.hourly else DAY, day, hour, self.hash_of(by), *by, *rest[number:])

    def _kept_by(self, by: Sequence[Any]) -> list[Any]:
        """Every dimension in the type of its column, so that equal cells have equal hashes."""
        return [None if value is None else keep(value) for value, keep in zip(by, self._keep, strict=True)]

    def hash_of(self, by: Sequence[Any]) -> bytes:
        """The hash of a cell's dimensions."""
        return blake2b(msgpack.encode(self._kept_by(by)), digest_size=CELL_BYTES).digest()

    def _above(self, line: Line) -> Iterator[Line]:
        """The same as rows of the coarser levels."""
        _, day, hour, *rest = line
        if self.hourly:
            yield (DAY, day, 0, *rest)
        yield (MONTH, month_of(day), 0, *rest)
        if self.statistic.has_hours_of_day:
            yield (MONTH_HOUR, month_of(day), self.hour_of_day(hour), *rest)

    def _hour_of_day(self, hour: int) -> int:
        """0 to 23 of an hour, UTC milliseconds of its start."""
        return moment(hour, self.statistic.zone).hour

    def _merged(self, one: Line, other: Line) -> Line:
        """Two rows of one cell as one."""
        start = self._count_at
        pairs = zip(self.folds, one[start:], other[start:], strict=True)
        return (*one[:start], *(ADDED[fold](a, b) for (fold, _), a, b in pairs))

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
            found += [(at, day, self.hash_of(by), value) for day, _, *by, value in lines]
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
        hour = f"({happened(self.time)}) / {HOUR_MS} * {HOUR_MS}" if self.hourly else "0"
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
