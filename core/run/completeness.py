"""How complete the data behind an answer are: hours with records, of the hours in which there should have been some.

A station, or whatever else the scope of the records names, is due from the day on which its register says that it was
in use up to the last such day, so many hours a day as the statistic declares; today as far as the day has come, without
the hour that has begun. An hour counts where any record lies in it, whatever else the question asks, and a day for no
more hours than are due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from core.entity.calendar import as_date, as_day
from core.entity.condition import All, Any_, Node, Test, fields
from core.entity.entity import Entity
from core.entity.expected import Expected
from core.entity.node import mapped
from core.entity.statistic import HOUR_MS
from core.entity.types.time import moment
from core.run.asker import Asker
from core.run.labels import titles as titles_of
from core.store.asked import EVER, Asked, Part
from core.store.levels import Window, midnight
from core.store.presence import Hours, hours_between
from core.store.search import Search

MOST_RECORDS = 1_000_000
DAY = timedelta(days=1)
LAST = "max_received_at"


def completeness(asker: Asker) -> dict[str, Any] | None:
    """{expected_hours, present_hours, stations: [{station, label, expected, present, last_received}]}, of those that
    were due in the window; `last_received` is UTC milliseconds of the last receipt, None where there was none: of the
    window's records where it is over, so that what is asked of it later is told the same, else of all.
    None where the statistic does not say what is expected, or the question has no window."""
    expected, scope = asker.statistic.expected, asker.statistic.entity.scope
    if expected is None or scope is None or asker.window is None:
        return None
    due = _due(asker, expected, asker.window)
    there = _there(asker, scope, asker.window)
    last = _last(asker, scope, asker.window)
    titles = titles_of(asker.seen, asker.store, _of(asker), set(due))
    stations = [
        {
            "station": key,
            "label": titles.get(key, key),
            "expected": sum(days.values()),
            "present": _present(days, there.get(key, {})),
            "last_received": last.get(key),
        }
        for key, days in sorted(due.items())
    ]
    return {
        "expected_hours": sum(one["expected"] for one in stations),
        "present_hours": sum(one["present"] for one in stations),
        "stations": stations,
    }


def _present(due: Mapping[int, int], there: Mapping[int, int]) -> int:
    """Of the hours due each day those that have records, given as bits."""
    return sum(min(there[day].bit_count(), hours) for day, hours in due.items() if day in there)


def _due(asker: Asker, expected: Expected, window: Window) -> dict[str, Mapping[int, int]]:
    """{key: {day: hours}} of the records in sight that were due on days of the window."""
    of = _of(asker)
    key, dates = of.key[0], [name for name in (expected.start, expected.end) if name]
    led_to = _led_to(asker, window)
    scope = asker.seen.narrowed(of, (key, *dates))
    search = Search(of, _asked_for(asker, of), (key, *dates), limit=MOST_RECORDS)
    rows = asker.store.search(search, scope, asker.snapshot.entities).rows
    hours = {day: number for day, number in _hours(asker, expected.hours, window).items() if number}
    found = {}
    for row in rows:
        days = _days_due(hours, row, expected)
        if days and led_to(row[key]):
            found[row[key]] = days
    return found


def _days_due(hours: Mapping[int, int], row: Mapping[str, Any], expected: Expected) -> Mapping[int, int]:
    """The days, with their hours, between the dates of a record."""
    start, end = (row[name] if name else None for name in (expected.start, expected.end))
    if start is None and end is None:
        return hours
    first = EVER[0] if start is None else as_day(date.fromisoformat(start))
    last = EVER[1] if end is None else as_day(date.fromisoformat(end))
    return {day: number for day, number in hours.items() if first <= day <= last}


def _hours(asker: Asker, a_day: int, window: Window) -> dict[int, int]:
    """{day: hours that are due} of the window up to now, begun hours left out."""
    zone = asker.snapshot.zone
    found: dict[int, int] = {}
    day: date = as_date(window.first)
    until = _until(asker)
    while as_day(day) <= window.last and midnight(day, zone) < until:
        start, end = midnight(day, zone), min(midnight(day + DAY, zone), until)
        start = max(start, window.start) if window.start is not None else start
        end = min(end, window.end) if window.end is not None else end
        found[as_day(day)] = max(0, min(a_day, (end - start) // HOUR_MS))
        day += DAY
    return found


def _until(asker: Asker) -> int:
    """The moment up to which hours are due."""
    return min(asker.now, asker.bounds[1]) if isinstance(asker.question.within, tuple) else asker.now


def _there(asker: Asker, scope: str, window: Window) -> Hours:
    """The hours of the window that have records."""
    asked = _asked(asker, (scope,), (), window)
    found = asker.store.statistics.hours(asker.statistic, asked, asker.snapshot.entities)
    until = _until(asker)
    begun = as_day(moment(until, asker.snapshot.zone).date())
    for day in {window.first, window.last, begun}:
        ends = (window.end if day == window.last else None, until - until % HOUR_MS if day == begun else None)
        start, end = window.start if day == window.first else None, min(filter(None, ends), default=None)
        inside = hours_between(day, start, end)
        for days in found.values():
            if day in days:
                days[day] &= inside
    return found


def _last(asker: Asker, scope: str, window: Window) -> dict[str, int]:
    """{key: the last receipt}, up to now where today is in the window."""
    is_over = midnight(as_date(window.last) + DAY, asker.snapshot.zone) <= asker.now
    asked = _asked(asker, (scope,), (Part(LAST),), window if is_over else None)
    figures, _ = asker.store.statistics.figures(asker.statistic, asked, asker.snapshot.entities)
    return {key: last for (key,), (last,) in figures.items() if last is not None}


def _asked(asker: Asker, by: tuple[str, ...], parts: tuple[Part, ...], window: Window | None) -> Asked:
    """A question about all records that count, of those for whom the question's condition asks."""
    kept = (*_over_scope(asker), *_over_paths(asker), *_over(asker, {"provenance"}))
    return Asked(by, parts, asker.scope, window, All(kept), asker.through, asker.snapshot.zone)


def _over_scope(asker: Asker) -> tuple[Node, ...]:
    """What the question's condition says of the scope itself."""
    return _over(asker, {str(asker.statistic.entity.scope)})


def _over_paths(asker: Asker) -> tuple[Node, ...]:
    """What it says of what lies beyond the scope."""
    scope = asker.statistic.entity.scope
    return _over(asker, {name for name, path in asker.paths.items() if path.ref == scope})


def _over(asker: Asker, names: set[str]) -> tuple[Node, ...]:
    return tuple(node for node in _parts(asker.condition) if names.issuperset(fields(node)))


def _parts(node: Node) -> list[Node]:
    """What must hold, apart from each other."""
    return [each for part in node.parts for each in _parts(part)] if isinstance(node, All) else [node]


def _asked_for(asker: Asker, of: Entity) -> Node:
    """The condition on the scope as one on the records that it refers to."""
    key = of.key[0]

    def renamed(test: Test) -> Node:
        if test.operator == "within_tree" and of.scope is not None:
            return Any_((Test(key, "is", test.value), Test(of.scope, "within_tree", test.value)))
        return Test(key, "is" if test.operator == "within_tree" else test.operator, test.value)

    return All(tuple(mapped(node, renamed) for node in _over_scope(asker)))


def _led_to(asker: Asker, window: Window) -> Callable[[str], bool]:
    """Whether what lies beyond a key, on the window's last day, is what the question asks for."""
    tests = [node.test for node in _over_paths(asker)]
    names = {name for node in _over_paths(asker) for name in fields(node)}
    known: defaultdict[str, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(names))
    for name in names:
        through = asker.through[name]
        for key, since, until, place in through.pieces:
            if since <= window.last < until:
                known[key][name] = through.values[place]
    return lambda key: all(test(known[key]) for test in tests)


def _of(asker: Asker) -> Entity:
    """What the scope field refers to."""
    field = asker.statistic.entity.fields[str(asker.statistic.entity.scope)]
    return asker.snapshot.entities[str(field.to)]
