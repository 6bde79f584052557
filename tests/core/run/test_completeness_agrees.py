"""Hours with data of hours due, by station: what the records and the register say, counted hour by hour in plain
Python, whatever the window and the moment, while a statistic is counted anew and records change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.run.answer import ask
from core.run.question import Question
from core.store import filling
from core.store.scope import Scope
from tests.core.run.asked import HOUR_MS, TRAFFIC, ZONE, World, ms, snapshot_of
from tests.core.run.test_answer import opened, weighed
from tests.core.store.records import put, row

STATIONS: dict[str, tuple[str | None, str | None]] = {
    "S1": (None, None), "S2": (None, None), "S3": (None, None), "S4": (None, None), "S5": (None, None),
    "S6": ("2026-11-09", None), "S7": (None, "2026-11-08"), "S8": ("2026-11-08", "2026-11-08"),
}  # fmt: skip
"""First and last day in use."""
DAYS = ("2026-11-07", "2026-11-08", "2026-11-09", "2026-11-10")
TWELVE = TRAFFIC.replace("expected: {hours: 24}", "expected: {hours: 12}").replace(
    "  - {name: beginning, prefix: plate, length: 2}\n", ""
)
times = st.builds(
    lambda day, minute: ms(f"{day} 00:00:00") + minute * 60_000, st.sampled_from(DAYS), st.integers(0, 1439)
)
records = st.builds(
    lambda station, at, received, clock, provenance: weighed(
        DAYS[0] + " 00:00:00", station, weighed_at=at, received_at=received, clock=clock, provenance=provenance
    ),
    st.sampled_from([*STATIONS][:3] + [*STATIONS][5:]), times, times, st.sampled_from(["ok", "ok", "ok", "ahead"]),
    st.sampled_from(["live", "late", "simulated"]),
)  # fmt: skip
spells = st.builds(
    lambda station, at, hours: [
        weighed(DAYS[0] + " 00:00:00", station, weighed_at=at + step * HOUR_MS) for step in range(hours)
    ],
    st.sampled_from(["S1", "S6", "S7"]), times, st.integers(1, 30),
)  # fmt: skip
"""A record an hour, for so many hours."""
steps = st.one_of(
    st.tuples(st.just("put"), st.one_of(st.lists(records, min_size=1, max_size=6), spells)),
    st.tuples(st.just("put"), spells),
    st.tuples(st.just("void"), st.integers(0, 99)),
    st.tuples(st.just("later"), st.tuples(st.integers(0, 99), times)),
    st.tuples(st.just("adopt"), st.sampled_from(["all", "twelve"])),
    st.tuples(st.just("step"), st.none()),
)
moments = st.one_of(times, times.map(lambda at: at - at % HOUR_MS), st.just(ms("2026-11-12 09:00:00")))
windows = st.one_of(
    st.tuples(times, times).map(lambda pair: (min(pair), max(pair) + 1)),
    st.tuples(st.sampled_from(DAYS), st.integers(1, 3)).map(
        lambda said: (ms(f"{said[0]} 00:00:00"), ms(f"{said[0]} 00:00:00") + said[1] * 24 * HOUR_MS)
    ),
    st.sampled_from(["today", "yesterday", "this_week", "2026-11", "5 hours"]),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The site, with stations that began and ended; `all` expects 24 hours a day, `twelve` half of that."""
    root = tmp_path_factory.mktemp("completeness")
    made = opened(f"sqlite:///{root / 'zc.db'}", snapshot_of(root))
    made.all, made.twelve = made.snapshot, snapshot_of(root, traffic=TWELVE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "IDS_A_STEP", 20)
        yield made
    made.store.close()


def anew(world: World) -> None:
    world.anew()
    station = world.entities["station"]
    for code in ("S6", "S7", "S8"):
        first, last = STATIONS[code]
        put(world.store, row(station, code=code, title=code, region="T1", valid_from=first, valid_to=last), of=station)
    world.store.forget_keys()
    world.adopt(world.all)


def happen(world: World, what: str, said: Any) -> None:
    if what == "put":
        world.put(said)
    elif what == "void":
        world.change(said, "void")
    elif what == "later":
        number, at = said
        day = int(f"{datetime.fromtimestamp(at / 1000, ZONE):%Y%m%d}")
        world.change(number, "amend", {"weighed_at": at, "day": day, "clock": "ok"})
    elif what == "adopt":
        world.adopt(getattr(world, said))
    else:
        turns = iter([False])
        world.store.statistics.fill(lambda: next(turns, True))


def naive(world: World, start: int, end: int, now: int, a_day: int) -> dict[str, tuple[int, int]]:
    """{station: (hours due, those with records)}: every whole hour from the begun one of the start up to now."""
    with world.store.database.reading() as session:
        rows = session.execute(
            "SELECT station, CASE clock WHEN 'ok' THEN weighed_at ELSE received_at END FROM r_weighing"
            " WHERE voided_at IS NULL AND provenance <> 'simulated'", (),
        ).fetchall()  # fmt: skip
    there = {(station, at // HOUR_MS) for station, at in rows}
    hours = range(start // HOUR_MS, min(-(-end // HOUR_MS), min(end, now) // HOUR_MS))
    found = {}
    for station, (first, last) in STATIONS.items():
        due = present = 0
        for day in {day_of(hour) for hour in hours}:
            if (first or "0000") <= str(day) <= (last or "9999"):
                inside = [hour for hour in hours if day_of(hour) == day]
                due += min(a_day, len(inside))
                present += min(a_day, sum((station, hour) in there for hour in inside))
        if due:
            found[station] = (due, present)
    return found


def day_of(hour: int) -> date:
    return datetime.fromtimestamp(hour * HOUR_MS / 1000, ZONE).date()


def bounds(within: Any, now: int) -> tuple[int, int]:
    """The windows that have names, once more."""
    if isinstance(within, tuple):
        return within
    today = datetime.combine(day_of(now // HOUR_MS), datetime.min.time(), ZONE)
    named = {
        "today": (today, today + timedelta(days=1)),
        "yesterday": (today - timedelta(days=1), today),
        "this_week": (today - timedelta(days=today.weekday()), today + timedelta(days=7 - today.weekday())),
        "2026-11": (datetime(2026, 11, 1, tzinfo=ZONE), datetime(2026, 12, 1, tzinfo=ZONE)),
        "5 hours": (datetime.fromtimestamp(now / 1000 - 5 * 3600, ZONE), datetime.fromtimestamp(now / 1000, ZONE)),
    }
    start, end = named[within]
    return round(start.timestamp() * 1000), round(end.timestamp() * 1000)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    what=st.lists(steps, min_size=1, max_size=8), asking=st.lists(st.tuples(windows, moments), min_size=3, max_size=6)
)
def test_hours_due_and_hours_with_records(world, what, asking):
    anew(world)
    for each in what:
        happen(world, *each)
    a_day = 12 if world.snapshot is world.twelve else 24
    for _ in ("under way", "whole"):
        for within, now in asking:
            agree(world, within, now, a_day)
        world.store.statistics.fill()


def agree(world: World, within: Any, now: int, a_day: int) -> None:
    question = Question(
        "traffic", ("station",), ("trucks",), within=within, cut_off=now, completeness=True, online=True
    )
    answer = ask(Scope.whole(), world.store, world.snapshot, question)
    wanted = naive(world, *bounds(within, now), now, a_day)
    told = answer.completeness
    said = {one["station"]: (one["expected"], one["present"]) for one in told["stations"]}
    assert said == wanted, (within, now)
    totals = tuple(map(sum, zip(*wanted.values(), strict=True))) if wanted else (0, 0)
    assert (told["expected_hours"], told["present_hours"]) == totals
    online = {row["station"]: (row["hours_due"], row["hours_present"]) for row in answer.rows}
    assert {key: hours for key, hours in online.items() if hours != (0, 0)} == wanted
    assert (answer.totals["hours_due"], answer.totals["hours_present"]) == totals
    rates = {row["station"]: row["online_rate"] for row in answer.rows}
    assert rates == {key: online[key][1] / online[key][0] if online[key][0] else None for key in rates}
