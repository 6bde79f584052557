"""Whether a statistic says what the records say: they are counted past all that keeps it, and compared cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.entity.statistic import HOUR_MS, Statistic
from core.store import calendar
from core.store.database import Session
from core.store.levels import DAY, HOUR, MONTH, MONTH_HOUR
from core.store.members import members_of
from core.store.presence import PLACES, presence_of
from core.store.shapes import as_sql, listed
from core.store.where import Where

SHOWN = 100
SOME_DAY = 20_000_101
SIDES = ("kept", "counted")
LEVELS = {HOUR: "hour", DAY: "day", MONTH: "month", MONTH_HOUR: "month_hour"}
FIRST_OF_MONTH = 'r."day" / 100 * 100 + 1'
FOLDED = {
    "count": "count(*)",
    "sum": "CAST(coalesce(sum({column}), 0) AS {integer})",
    "n": "count({column})",
    "min": "min({column})",
    "max": "max({column})",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that differs: its level, day, hour and dimensions, for a member its field and value, and what is kept
    of it as it is and as it was counted; None for a cell that is on one side alone."""

    cell: dict[str, Any]
    kept: tuple[Any, ...] | None
    counted: tuple[Any, ...] | None


@dataclass(frozen=True, slots=True)
class Recounted:
    """How one statistic stands: cells of all levels and records that its table says it holds, how many cells and
    members differ, and the first of these."""

    statistic: str
    cells: int
    records: int
    differing: int
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class _Sides:
    """Two queries that should have the same rows: the first `places` columns are named, the others are values."""

    names: tuple[str, ...]
    kept: str
    counted: str
    values: list[Any]
    more: dict[str, Any]


def compare(session: Session, statistic: Statistic, name: str) -> Recounted:
    """Compare the table `name`, and that of its members, with the records."""
    levels = [HOUR, DAY, MONTH] if statistic.grain == "hour" else [DAY, MONTH]
    levels += [MONTH_HOUR] if statistic.has_hours_of_day else []
    sides = [_cells(session, statistic, name, level) for level in levels]
    if statistic.presence is not None:
        sides.append(_presence(session, statistic, name))
    sides += [
        _members(session, statistic, name, at, level) for at in range(len(statistic.distinct)) for level in (DAY, MONTH)
    ]
    differences = [difference for each in sides for difference in _differing(session, each)]
    differences += _twice(session, statistic, name)
    finest = f'sum(CASE WHEN "level" = {levels[0]} THEN "count" ELSE 0 END)'
    cells, records = session.execute(f'SELECT count(*), coalesce({finest}, 0) FROM "{name}"').fetchone()  # noqa: S608 - a name of the table statistic
    return Recounted(statistic.id, cells, int(records), len(differences), differences[:SHOWN])


def _differing(session: Session, sides: _Sides) -> Iterator[Difference]:
    """The rows that are on one side alone, by their places."""
    differing: dict[tuple[Any, ...], dict[str, tuple[Any, ...]]] = {}
    number = len(sides.names)
    for side, sql in (
        ("kept", f"{sides.kept} EXCEPT {sides.counted}"),
        ("counted", f"{sides.counted} EXCEPT {sides.kept}"),
    ):
        for row in session.execute(sql, sides.values):
            differing.setdefault(tuple(row[:number]), {})[side] = tuple(row[number:])
    for place, found in sorted(differing.items(), key=repr):
        yield Difference(sides.more | dict(zip(sides.names, place, strict=True)), *map(found.get, SIDES))


def _twice(session: Session, statistic: Statistic, name: str) -> Iterator[Difference]:
    """Cells whose dimensions are there under two hashes."""
    places = _listed(("level", "day", "hour", *(f"by_{each}" for each in statistic.dimensions)))
    for level, *place in session.execute(f'SELECT {places} FROM "{name}" GROUP BY {places} HAVING count(*) > 1'):  # noqa: S608 - a name of the table statistic
        cell = dict(zip(("day", "hour", *statistic.dimensions), place, strict=True))
        yield Difference({"level": LEVELS[level], **cell}, (), None)  # and nothing to say of the records


def _cells(session: Session, statistic: Statistic, name: str, level: int) -> _Sides:
    """The cells of one level, kept and counted."""
    places = ("day", "hour", *(f"by_{each}" for each in statistic.dimensions))
    kept = f'SELECT {_listed((*places, *statistic.kept))} FROM "{name}" WHERE "level" = {level}'  # noqa: S608 - a name of the table statistic
    integer = session.dialect.column_type("integer")
    hour = f"CAST(0 AS {integer})"
    if level in (HOUR, MONTH_HOUR):
        hour = f"{_hour_number(statistic)} * {HOUR_MS}"
    if level == MONTH_HOUR:
        hour = calendar.hour_of_day(statistic.zone, *_days(session, statistic), hour)
    day = FIRST_OF_MONTH if level in (MONTH, MONTH_HOUR) else 'r."day"'
    heads = [each.partition("_") for each in statistic.kept]
    folds = [FOLDED[fold].format(column=f'r."{field}"', integer=integer) for fold, _, field in heads]
    counted, values = _standing(session, statistic, [day, hour], folds)
    return _Sides(("day", "hour", *statistic.dimensions), kept, counted, values, {"level": LEVELS[level]})


def _hour_number(statistic: Statistic) -> str:
    """Hours since 1970 until a record happened."""
    at = f'coalesce(CASE r."clock" WHEN \'ok\' THEN r."{statistic.entity.time}" END, r."received_at")'
    return f"({at} / {HOUR_MS})"


def _days(session: Session, statistic: Statistic) -> tuple[int, int]:
    """The first and the last day of the records."""
    sql = f'SELECT coalesce(min("day"), {SOME_DAY}), coalesce(max("day"), {SOME_DAY}) FROM "{statistic.entity.table}"'  # noqa: S608 - a compiled name
    first, last = session.execute(sql).fetchone()
    return first, last


def _presence(session: Session, statistic: Statistic, name: str) -> _Sides:
    """The hours that have records, by day, scope and provenance, kept and counted."""
    names = ("day", str(statistic.presence), "provenance")
    kept = f'SELECT {_listed(("day", *(f"by_{each}" for each in names[1:]), "hours"))} FROM "{presence_of(name)}"'  # noqa: S608 - a name of the table statistic
    scope, *_ = by = [shape for each in names[1:] for shape in statistic.shapes if shape.name == each]
    shaped = [(as_sql(shape), shape.name) for shape in by]
    columns = ", ".join(f'{text} AS "{name}"' for (text, _), name in shaped)
    values = [value for (_, inside), _ in shaped for value in inside]
    where, given = Where(statistic.entity, "r", {}, session.dialect.name).sql(statistic.condition)
    integer = session.dialect.column_type("integer")
    bit = f"CAST(1 AS {integer}) << CAST(number - number / {PLACES} * {PLACES} AS INTEGER)"
    counted = (
        f'SELECT {_listed(names)}, CAST(sum({bit}) AS {integer}) FROM (SELECT DISTINCT r."day" AS "day",'  # noqa: S608 - compiled names
        f' {columns}, {_hour_number(statistic)} AS number FROM "{statistic.entity.table}" AS r'
        f' WHERE r."voided_at" IS NULL AND r."{scope.source}" IS NOT NULL AND {where}) AS hours'
        f" GROUP BY {_listed(names)}"
    )
    return _Sides(names, kept, counted, [*values, *given], {"level": "hours of the day"})


def _members(session: Session, statistic: Statistic, name: str, at: int, level: int) -> _Sides:
    """The members of one field in the cells of one level, kept and counted. The kept ones find their dimensions in the
    cells, so that none is without a cell."""
    field = statistic.distinct[at]
    by = [f'c."by_{each}"' for each in statistic.dimensions]
    kept = (
        f'SELECT {", ".join(["m.day", *by, "m.value"])} FROM "{members_of(name)}" AS m LEFT JOIN "{name}" AS c'  # noqa: S608 - a name of the table statistic
        f' ON c."level" = m."level" AND c."day" = m."day" AND c."hour" = 0 AND c."cell" = m."cell"'
        f' WHERE m."field" = {at} AND m."level" = {level}'
    )
    day = FIRST_OF_MONTH if level == MONTH else 'r."day"'
    value = f'CAST(r."{field}" AS TEXT)'
    counted, values = _standing(session, statistic, [day], [], last=value, present=field)
    names = ("day", *statistic.dimensions, "value")
    return _Sides(names, kept, counted, values, {"level": LEVELS[level], "member": field})


def _standing(
    session: Session,
    statistic: Statistic,
    first: list[str],
    folds: list[str],
    last: str | None = None,
    present: str | None = None,
) -> tuple[str, list[Any]]:
    """The query that counts the standing records into cells, and its values."""
    entity = statistic.entity
    dimensions, values = listed(statistic.shapes)
    text, given = Where(entity, "r", {}, session.dialect.name).sql(statistic.condition)
    there = "" if present is None else f' AND r."{present}" IS NOT NULL'
    columns = [*first, *([dimensions] if dimensions else []), *([last] if last else [])]
    number = len(first) + len(statistic.shapes) + (last is not None)
    grouped = ", ".join(str(at + 1) for at in range(number))
    sql = (
        f'SELECT {", ".join([*columns, *folds])} FROM "{entity.table}" AS r'  # noqa: S608 - compiled names
        f' WHERE r."voided_at" IS NULL{there} AND {text} GROUP BY {grouped}'
    )
    return sql, [*values, *given]


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
