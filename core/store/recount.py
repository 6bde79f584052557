"""Whether a statistic says what the records say: they are counted past all that keeps it, and compared cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.entity.statistic import HOUR_MS, Statistic
from core.store.database import Session
from core.store.where import Where

SHOWN = 100
SIDES = ("kept", "counted")


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that differs: its day, hour and dimensions, and (count, sums …) as kept and as counted; None for a
    cell that is on one side alone."""

    cell: dict[str, Any]
    kept: tuple[int, ...] | None
    counted: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Recounted:
    """How one statistic stands: cells and records that its table says it holds, how many cells differ, and the first
    of these."""

    statistic: str
    cells: int
    records: int
    differing: int
    differences: list[Difference]


def compare(session: Session, statistic: Statistic, name: str) -> Recounted:
    """Compare the table `name` with the records."""
    places = ("day", "hour", *(f"by_{each}" for each in statistic.dimensions))
    measures = ("count", *(f"sum_{each}" for each in statistic.sums))
    kept = f'SELECT {_listed((*places, *measures))} FROM "{name}"'  # noqa: S608 - a name of the table statistic
    counted, values = _counted(session, statistic)
    differing: dict[tuple[Any, ...], dict[str, tuple[int, ...]]] = {}
    for side, sql in (("kept", f"{kept} EXCEPT {counted}"), ("counted", f"{counted} EXCEPT {kept}")):
        for row in session.execute(sql, values):
            differing.setdefault(tuple(row[: len(places)]), {})[side] = tuple(row[len(places) :])
    twice = f'SELECT {_listed(places)} FROM "{name}" GROUP BY {_listed(places)} HAVING count(*) > 1'  # noqa: S608 - as above
    for row in session.execute(twice):
        differing.setdefault(tuple(row), {"kept": ()})  # and nothing to say of the records
    cells, records = session.execute(f'SELECT count(*), coalesce(sum("count"), 0) FROM "{name}"').fetchone()  # noqa: S608 - as above
    shown = [
        Difference(dict(zip(("day", "hour", *statistic.dimensions), place, strict=True)), *map(sides.get, SIDES))
        for place, sides in sorted(differing.items(), key=repr)[:SHOWN]
    ]
    return Recounted(statistic.id, cells, int(records), len(differing), shown)


def _counted(session: Session, statistic: Statistic) -> tuple[str, tuple[Any, ...]]:
    """The query that counts the standing records into cells, and its values."""
    entity, integer = statistic.entity, session.dialect.column_type("integer")
    at = f'coalesce(CASE "clock" WHEN \'ok\' THEN "{entity.time}" END, "received_at")'
    hour = f"{at} / {HOUR_MS} * {HOUR_MS}" if statistic.grain == "hour" else f"CAST(0 AS {integer})"
    summed = [f'CAST(coalesce(sum("{each}"), 0) AS {integer})' for each in statistic.sums]
    text, values = Where(entity, "r", {}, session.dialect.name).sql(statistic.condition)
    places = _listed(("day", "its hour", *statistic.dimensions))  # no field has a name with a blank
    sql = (
        f"SELECT {', '.join([places, 'count(*)', *summed])}"  # noqa: S608 - compiled names
        f' FROM (SELECT *, {hour} AS "its hour" FROM "{entity.table}" AS "r" WHERE "voided_at" IS NULL AND {text})'
        f" AS standing GROUP BY {places}"
    )
    return sql, values


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
