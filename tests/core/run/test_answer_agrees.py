"""Whatever happens to records, register and declarations, every measure by every dimension in every window is what the
records say, counted by SQL of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.entity.entity import Entity
from core.run.answer import Answer, ask
from core.run.question import Question
from core.store import filling
from core.store.scope import Scope
from tests.core.run.asked import DAILY, NARROW, World, ms, snapshot_of
from tests.core.run.naive import place, recounted, same

TIMES = [
    ms(text)
    for text in (
        "2025-11-30 23:59:59", "2025-12-29 08:30:00", "2026-01-01 00:00:00", "2026-02-28 12:00:00",
        "2026-10-10 23:59:59", "2026-10-11 00:00:00", "2026-10-31 07:15:00", "2026-11-01 00:00:00",
        "2026-11-01 08:59:59", "2026-11-01 09:00:00", "2026-11-15 17:20:00", "2026-11-30 23:00:00",
    )
]  # fmt: skip
records = st.fixed_dictionaries(
    {
        "station": st.sampled_from(["S1", "S2", "S3", "S4", "S5", "S9", None]),
        "weighed_at": st.sampled_from(TIMES),
        "received_at": st.sampled_from(TIMES),
        "clock": st.sampled_from(["ok", "ok", "ok", "ahead"]),
        "plate": st.sampled_from(["湘D12345", "湘D54321", "湘A11111", "粤B22222", "京C", "", None]),
        "axles": st.sampled_from([2, 3, 6, None]),
        "gross_kg": st.sampled_from([0, 19_999, 20_000, 48_999, 49_000, 120_000, None]),
        "speed": st.sampled_from([0, 305, 800, None]),
        "ratio_pct": st.sampled_from([-5.5, 0.0, 33.25, None]),
        "overload_class": st.sampled_from(["none", "minor", "grave", None]),
        "provenance": st.sampled_from(["live", "late", "live", "simulated"]),
    }
)
CHANGES = [{"axles": 2}, {"gross_kg": 120_000}, {"gross_kg": None}, {"plate": "粤B22222"}, {"plate": None}]
CHANGES += [{"overload_class": "grave"}, {"station": "S4"}] * 0 + [{"ratio_pct": 99.0, "speed": None}]
steps = st.one_of(
    st.tuples(st.just("put"), st.lists(records, min_size=1, max_size=12)),
    st.tuples(st.just("put"), st.lists(records, min_size=1, max_size=12)),
    st.tuples(st.just("amend"), st.tuples(st.integers(0, 99), st.sampled_from(CHANGES))),
    st.tuples(st.just("later"), st.tuples(st.integers(0, 99), st.sampled_from(TIMES))),
    st.tuples(st.just("void"), st.integers(0, 99)),
    st.tuples(st.just("adopt"), st.sampled_from(["all", "narrow", "all"])),
    st.tuples(st.just("step"), st.none()),
)
moves = st.lists(st.tuples(st.sampled_from(["S1", "S2"]), st.sampled_from(["T1", "T2", "C2", "Q"])), max_size=2)
GRAINS = ["hour", "day", "xun", "week", "month", "quarter", "year", "hour_of_day", "weekday"]
KEPT = ["station", "axles", "overload_class", "weight_band", "province", "beginning", "provenance"]
PATHS = ["station.road", "station.region", "station.region@1", "station.region@2"]
WHERES = [
    ({}, "1 = 1"),
    ({"axles": {"from": 3}}, "w.axles >= 3"),
    ({"weight_band": {"in": ["heavy", "light"]}}, "{weight_band} IN ('heavy', 'light')"),
    ({"province": "湘"}, "{province} = '湘'"),
    ({"station.region@1": "P"}, "{station.region@1} = 'P'"),
    ({"station.region": {"within": "C2"}}, "{station.region} IN ('C2', 'T2')"),
    ({"not": {"station.road": {"in": ["G107"]}}}, "coalesce({station.road}, '') <> 'G107'"),
    ({"weekday": {"to": 5}}, "{weekday} <= 5"),
    ({"hour_of_day": {"between": [8, 22]}}, "{hour_of_day} BETWEEN 8 AND 22"),
    ({"month": "2026-11", "weekday": {"not": 7}}, "{month} = 202611 AND {weekday} <> 7"),
    ({"week": {"from": "2026-W40"}}, "{week} >= 202640"),
    ({"week": {"in": ["2026-W01", "2026-W41", "2026-W44"]}}, "{week} IN (202601, 202641, 202644)"),
    ({"xun": {"in": ["2026-10-X1", "2026-10-X3"]}}, "{xun} IN (2026101, 2026103)"),
    ({"quarter": {"to": "2026-Q1"}}, "{quarter} <= 20261"),
    ({"year": {"not": "2026"}}, "{year} <> 2026"),
    ({"day": {"between": ["2026-10-31", "2026-11-01"]}}, "{day} BETWEEN 20261031 AND 20261101"),
    ({"hour": {"from": "2026-11-01T09:00:00+08:00"}}, f"{{hour}} >= {ms('2026-11-01 09:00:00')}"),
]
WINDOWS = [
    None,
    ("2026-11-01 00:00:00", "2026-12-01 00:00:00"),
    ("2026-01-01 00:00:00", "2027-01-01 00:00:00"),
    ("2025-11-30 00:00:00", "2026-11-16 00:00:00"),
    ("2026-10-11 00:00:00", "2026-11-02 00:00:00"),
    ("2026-10-10 23:00:00", "2026-11-15 17:00:00"),
    ("2026-11-01 08:00:00", "2026-11-01 09:00:00"),
    ("2026-11-01 09:00:00", "2026-11-01 09:00:00"),
]
questions = st.fixed_dictionaries(
    {
        "statistic": st.sampled_from(["traffic", "traffic", "daily"]),
        "by": st.lists(st.sampled_from([*GRAINS, *KEPT, *PATHS]), max_size=3, unique=True),
        "where": st.sampled_from(WHERES),
        "window": st.sampled_from(WINDOWS),
        "as_of": st.sampled_from(["now", "day"]),
        "demo": st.booleans(),
    }
)


@pytest.fixture
def world(store_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setattr(filling, "IDS_A_STEP", 40)
    made = World(store_url, snapshot_of(tmp_path))
    made.narrow = snapshot_of(tmp_path, traffic=NARROW, daily=DAILY)
    made.all = made.snapshot
    yield made
    made.store.close()


def happen(world: World, what: str, said: Any) -> None:
    if what == "put":
        world.put(said)
    elif what == "amend":
        world.change(said[0], "amend", said[1])
    elif what == "later":
        changes = {"weighed_at": said[1], "day": int(day_text(said[1])), "clock": "ok"}
        world.change(said[0], "amend", changes)
    elif what == "void":
        world.change(said, "void")
    elif what == "adopt":
        world.adopt(getattr(world, said))
    else:
        turns = iter([False])
        world.store.statistics.fill(lambda: next(turns, True))


def day_text(at: int) -> str:
    from tests.core.run.asked import day_of

    return str(day_of(at))


def asked(world: World, question: dict[str, Any]) -> tuple[Answer, dict[tuple[Any, ...], dict[str, Any]]]:
    """The answer, and the same by SQL."""
    entity: Entity = world.entities["weighing"]
    assert entity.time == "weighed_at"
    hourly = question["statistic"] == "traffic"
    by = tuple(name for name in question["by"] if hourly or fits_daily(name))
    where, sql = question["where"] if hourly or question["where"] in WHERES[4:8] else WHERES[0]
    window = question["window"]
    within = tuple(map(ms, window)) if window else None
    daily = question["as_of"] == "day"
    snapshot = world.demo() if question["demo"] else world.snapshot
    answer = ask(
        Scope.whole(), world.store, snapshot,
        Question(question["statistic"], by, where=where, within=within, as_of=question["as_of"]),
    )  # fmt: skip
    dialect = world.store.dialect
    for name in [*GRAINS, *KEPT, *PATHS]:
        sql = sql.replace(f"{{{name}}}", place(name, dialect))
    if window:
        first, end = map(ms, window)
        at = place("hour", dialect)
        if hourly:
            sql += f" AND {at} >= {first} AND {at} < {end}"
        else:
            last = day_text(end - 1) if end > first else 0
            sql += f" AND w.day BETWEEN {day_text(first)} AND {last}"
    measures = [column["name"] for column in answer.columns if column["kind"] == "measure"]
    return answer, recounted(world, question["statistic"], by, measures, sql, daily, question["demo"])


def fits_daily(name: str) -> bool:
    return name not in ("hour", "hour_of_day", "axles", "weight_band", "province", "beginning")


def agree(world: World, question: dict[str, Any]) -> None:
    answer, wanted = asked(world, question)
    by = answer.question.by
    measures = [column["name"] for column in answer.columns if column["kind"] == "measure"]
    told = {tuple(row[name] for name in by): {name: row[name] for name in measures} for row in answer.rows}
    reasons = {
        name
        for row in [*answer.rows, answer.totals]
        for name, why in row.get("why", {}).items()
        if why == "not_by_hour"
    }
    if reasons:
        assert reasons <= {"plates", "heavy_plates", "trips"}
        for rows in (told, wanted):
            for row in rows.values():
                for name in reasons:
                    row.pop(name, None)
    assert told.keys() == wanted.keys(), (question, sorted(told, key=str), sorted(wanted, key=str))
    for key, row in told.items():
        assert same(row, wanted[key]), (question, key, row, wanted[key])


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    what=st.lists(steps, min_size=2, max_size=10),
    moved=moves,
    asking=st.lists(questions, min_size=6, max_size=10),
)
def test_every_figure_is_what_the_records_say(world, what, moved, asking):
    world.anew()
    world.adopt(world.all)
    for each in what:
        happen(world, *each)
    for at, (station, region) in zip((ms("2026-03-01 10:00:00"), ms("2026-11-01 10:00:00")), moved, strict=False):
        world.moves(station, region, at)
    world.adopt(world.all)
    world.store.statistics.fill()
    found = world.store.statistics.recount(world.all.statistics)
    assert {one.statistic: one.differences for one in found} == {"daily": [], "traffic": []}
    for question in asking:
        agree(world, question)
