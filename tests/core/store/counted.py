"""Statistics over the test entities, and the same cells counted in plain Python."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from core.entity.statistic import HOUR_MS, Statistic, as_defined
from core.store.scope import Scope
from core.store.store import Store
from tests.core.store.records import ENTITIES, EVERY, RECEIVED_AT, WEIGHING, rows_of

WHOLE = Scope.whole()


def statistic(id_: str = "weighings", **other: Any) -> Statistic:
    """A statistic over weighings, by station, hour and axles unless said otherwise."""
    definition = {
        "entity": "weighing",
        "grain": "hour",
        "dimensions": ["axles", "station", "provenance", "pending"],
        "sums": ["gross_kg", "overload_kg"],
        "where": {},
        "zone": "Asia/Shanghai",
    } | other
    if definition["grain"] == "hour":
        definition |= {"hours_of_day": True}
    if definition["grain"] == "hour" and {"station", "provenance"} <= set(definition["dimensions"]):
        definition |= {"presence": "station"}
    made = as_defined(id_, definition, WEIGHING)
    assert made is not None
    return made


HOURLY = statistic()
DAILY = statistic("daily", grain="day", dimensions=["trusted", "clock", "station", "provenance", "pending"], sums=[])
HEAVY = statistic(where={"gross_kg": {"above": 20_000}, "not": {"plate": {"like": "湘D%"}}})
ALL = {"weighings": HOURLY, "daily": DAILY}


def naive(store: Store, said: Statistic) -> dict[tuple[Any, ...], list[int]]:
    """The cells counted in plain Python from all standing records."""
    cells: dict[tuple[Any, ...], list[int]] = defaultdict(lambda: [0] * (1 + len(said.sums)))
    for record in rows_of(store):
        if not said.condition.test(record):
            continue
        own = record["weighed_at"] if record["clock"] == "ok" else None
        at = record["received_at"] if own is None else own
        hour = at // HOUR_MS * HOUR_MS if said.grain == "hour" else 0
        cell = cells[record["day"], hour, *(record[name] for name in said.dimensions)]
        for index, value in enumerate([1, *(record[name] or 0 for name in said.sums)]):
            cell[index] += value
    return dict(cells)


def told(store: Store, said: Statistic) -> dict[tuple[Any, ...], list[int]]:
    """The cells as the statistic tells them."""
    hours = ("hour",) if said.grain == "hour" else ()
    by = ("day", *hours, *said.dimensions)
    figures = store.statistics.ask(said, by, EVERY, WHOLE, ENTITIES)
    places = ("day", "hour", *said.dimensions)
    return {tuple(row.get(name, 0) for name in places): list(row.values())[len(by) :] for row in figures.rows}


def agree(store: Store, statistics: dict[str, Statistic]) -> None:
    """Every statistic is whole, current and right, by SQL and by plain Python."""
    assert store.statistics.progress() == []
    found = store.statistics.recount(statistics)
    assert {each.statistic: each.differences for each in found} == dict.fromkeys(statistics, [])
    for said in statistics.values():
        assert told(store, said) == naive(store, said)


HOURS = [RECEIVED_AT - step * HOUR_MS // 2 for step in range(5)]
