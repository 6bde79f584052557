"""The one question and its answer: measures, order, comparisons, completeness, what it means, what cannot be asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.declare.problem import ZcError
from core.run.answer import Answer, ask
from core.run.figuring import plain
from core.run.question import Question
from core.run.snapshot import Snapshot
from core.run.words import NotFound
from core.store.scope import Scope
from tests.core.run.asked import NARROW, World, ms, snapshot_of
from tests.core.store.records import put, row

NOON = "2026-11-10 12:00:00"


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The site as it is declared."""
    return snapshot_of(tmp_path_factory.mktemp("site"))


def opened(url: str, snapshot: Snapshot) -> World:
    """The site, its statistics kept and nothing weighed yet."""
    made = World(url, snapshot)
    made.anew()
    made.adopt(snapshot)
    return made


@pytest.fixture
def world(sqlite_url: str, snapshot: Snapshot) -> Iterator[World]:
    """A site of the test's own."""
    made = opened(sqlite_url, snapshot)
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, snapshot: Snapshot) -> Iterator[World]:
    """A site on which nothing was weighed, for questions alone."""
    made = opened(f"sqlite:///{tmp_path_factory.mktemp('empty') / 'zc.db'}", snapshot)
    yield made
    made.store.close()


def weighed(at: str, station: str = "S1", **other: Any) -> dict[str, Any]:
    return {
        "station": station, "weighed_at": ms(at), "received_at": ms(at), "clock": "ok", "plate": "湘D12345", "axles": 6,
        "gross_kg": 30_000, "speed": 500, "ratio_pct": None, "overload_class": "none", "provenance": "live", **other,
    }  # fmt: skip


def asking(world: World, *by: str, measures: tuple[str, ...] = ("trucks",), **other: Any) -> Answer:
    question = Question("traffic", by, measures, cut_off=other.pop("cut_off", ms(NOON)), **other)
    return ask(Scope.whole(), world.store, world.snapshot, question)


def figures(answer: Answer) -> list[tuple[Any, ...]]:
    return [tuple(value for name, value in row.items() if name != "why") for row in answer.rows]


def test_rates_and_shares_are_of_the_whole_question(world):
    world.put([weighed(NOON), weighed(NOON, overload_class="grave"), weighed(NOON, station="S2", plate=None)])
    answer = asking(world, "station", measures=("trucks", "overload_rate", "share", "plates", "trips"))
    assert figures(answer) == [("S1", 2, 0.5, 2 / 3, 1, 2.0), ("S2", 1, 0.0, 1 / 3, 0, None)]
    assert answer.rows[1]["why"] == {"trips": "no_base"}
    assert answer.totals == {"trucks": 3, "overload_rate": 1 / 3, "share": 1.0, "plates": 1, "trips": 3.0}
    assert [(each["name"], each["label"], each["unit"], each["kind"]) for each in answer.columns[:3]] == [
        ("station", "站点", "", "dimension"),
        ("trucks", "货车数", "辆", "measure"),
        ("overload_rate", "超限率", "%", "measure"),
    ]
    assert answer.labels == {"station": {"S1": "测试S1", "S2": "测试S2"}}


def test_an_answer_is_of_one_moment_whatever_is_written_meanwhile(world, monkeypatch):
    world.put([weighed(NOON), weighed("2026-10-10 08:00:00")])
    figures_of = world.store.statistics.figures

    def written_meanwhile(*asked):
        found = figures_of(*asked)
        world.put([weighed("2026-11-10 09:00:00", plate="湘A00001"), weighed("2026-10-10 08:00:00", station="S2")])
        return found

    monkeypatch.setattr(world.store.statistics, "figures", written_meanwhile)
    answer = asking(
        world, "station", measures=("trucks", "plates"), within="2026-11", compare=("previous",), completeness=True
    )
    assert figures(answer) == [("S1", 1, 1)]
    assert answer.totals == {"trucks": 1, "plates": 1}
    assert answer.compared["previous"]["totals"]["base"] == {"trucks": 1, "plates": 1}
    assert answer.completeness["present_hours"] == 0, "that of noon has begun"


def test_a_measure_without_data_says_so(world):
    answer = asking(world, measures=("count", "mean_gross", "heaviest", "overload_rate"))
    assert answer.rows == [
        {"count": 0, "mean_gross": None, "heaviest": None, "overload_rate": None}
        | {"why": {"mean_gross": "no_data", "heaviest": "no_data", "overload_rate": "no_base"}}
    ]
    assert asking(world, "station").rows == []


def test_a_week_asked_for_is_that_week(world):
    world.put(
        [weighed("2026-11-08 23:59:59"), *[weighed("2026-11-09 00:00:00")] * 2, *[weighed("2026-11-16 00:00:00")] * 4]
    )
    told = [
        asking(world, where={"week": said}).totals["trucks"]
        for said in ("2026-W46", {"to": "2026-W46"}, {"from": "2026-W46"})
    ]
    assert told == [2, 3, 6]
    assert figures(asking(world, "week", where={"week": {"in": ["2026-W45", "2026-W47"]}})) == [
        (202645, 1),
        (202647, 4),
    ]


def test_the_first_rows_in_an_order_while_totals_stay(world):
    world.put([weighed(NOON, station=f"S{1 + at % 3}", gross_kg=1000 * at) for at in range(7)])
    answer = asking(world, "station", order="-trucks", top=2)
    assert (figures(answer), answer.totals) == ([("S1", 3), ("S2", 2)], {"trucks": 7})
    assert figures(asking(world, "station", order="-station")) == [("S3", 2), ("S2", 2), ("S1", 3)]
    heaviest = asking(world, "province", "station", measures=("heaviest",), order="heaviest", top=1)
    assert figures(heaviest) == [("湘", "S2", 4000)]


def test_regions_are_as_of_now_or_as_of_the_day(world):
    world.put([weighed("2026-10-31 12:00:00"), weighed(NOON), weighed(NOON, station="S4"), weighed(NOON, station="S9")])
    world.moves("S1", "T2", ms("2026-11-01 09:00:00"))
    assert figures(asking(world, "station.region")) == [(None, 1), ("Q", 1), ("T2", 2)]
    assert figures(asking(world, "station.region", as_of="day")) == [(None, 1), ("Q", 1), ("T1", 1), ("T2", 1)]
    assert figures(asking(world, "station.region@2", as_of="day")) == [(None, 1), ("C1", 1), ("C2", 1), ("Q", 1)]
    within = asking(world, "day", where={"station.region": {"within": "C2"}}, as_of="day")
    assert figures(within) == [(20261110, 1)]
    assert asking(world, "station.region").labels == {"station.region": {"Q": "测试Q", "T2": "测试T2"}}


def test_how_complete_the_hours_are(world):
    station = world.entities["station"]
    late = {"code": "S6", "region": "T1", "valid_from": "2026-11-09", "title": "测试S6"}
    gone = {"code": "S7", "region": "T1", "valid_to": "2026-11-01"}
    put(world.store, row(station, **late), row(station, **gone), of=station)
    world.put([weighed(f"2026-11-0{day} {hour:02}:30:00") for day in (8, 9) for hour in range(20)] * 2)
    world.put([weighed("2026-11-10 11:59:00", station="S6", provenance="late"), weighed(NOON, provenance="simulated")])
    within = (ms("2026-11-08 00:00:00"), ms("2026-11-11 00:00:00"))
    told = asking(world, within=within, completeness=True, where={"station": {"in": ["S1", "S6", "S7"]}}).completeness
    assert (told["expected_hours"], told["present_hours"]) == (24 + 24 + 12 + 24 + 12, 41)
    assert [(one["station"], one["expected"], one["present"]) for one in told["stations"]] == [
        ("S1", 60, 40),
        ("S6", 36, 1),
    ]
    assert told["stations"][1]["last_received"] == ms("2026-11-10 11:59:00")
    over = asking(world, within=(within[0], ms("2026-11-10 00:00:00")), completeness=True).completeness["stations"]
    last = {one["station"]: one["last_received"] for one in over}
    assert (last["S1"], last["S6"]) == (ms("2026-11-09 19:30:00"), None), "of a window that is over, within it"
    of_class = asking(world, within=within, completeness=True, where={"overload_class": "grave", "station": "S1"})
    assert of_class.completeness["present_hours"] == 40, "an hour without overloads is no hour without data"
    regions = asking(world, within=within, completeness=True, where={"station.region@2": "C1"}).completeness
    assert [one["station"] for one in regions["stations"]] == ["S1", "S6"]
    assert asking(world, completeness=True).completeness is None


def test_an_answer_says_what_it_means(world):
    answer = asking(
        world, "station.region", measures=("overloaded", "overload_rate", "plates"), within="this_month",
        where={"station": {"within": "C1"}, "weight_band": {"in": ["heavy", "middle"]}, "axles": {"between": [3, 11]}},
    )  # fmt: skip
    assert answer.definition["text"] == [
        "超限数：记录数，其中 超限程度不是 未超限",
        "超限率：超限数 ÷ 货车数",
        "车辆数：不同「车牌号」的个数",
        "统计对象：测试称重中的全部记录；作废的记录不计",
        "本次条件：站点：C1，且 重量段：20吨以上、49吨以上，且 轴数介于 3、11",
        "时间范围：2026-11-01 至 2026-11-30",
        "区划、路线等按现在的台账",
        "按检测时间计；设备时钟不可信的按接收时间计",
        "不含模拟数据",
        "来源：测试流量，截至 2026-11-10T12:00:00+08:00，快照 0",
    ]
    daily = ask(Scope.whole(), world.store, world.snapshot, Question("daily"))
    assert daily.definition["counts"] == "轴数 ≥ 3"


def test_values_are_shown_as_people_read_them(world):
    world.put([weighed("2026-11-21 08:00:00", overload_class="grave", speed=None), weighed("2026-11-30 08:00:00")])
    told = plain(
        asking(
            world, "xun", "weekday", measures=("overload_rate", "mean_speed", "gross_kg"), within="2026-11",
            compare=("previous",),
        ),
        world.snapshot,
    )  # fmt: skip
    assert told["rows"] == [
        {"xun": "2026-11-X3", "weekday": 1, "overload_rate": 0.0, "mean_speed": 50.0, "gross_kg": 30_000},
        {"xun": "2026-11-X3", "weekday": 6, "overload_rate": 100.0, "mean_speed": None, "gross_kg": 30_000}
        | {"why": {"mean_speed": "没有数据"}},
    ]
    assert told["steps"] == {"xun": ["2026-11-X1"]}
    assert told["labels"] == {
        "xun": {"2026-11-X1": "2026年11月上旬", "2026-11-X3": "2026年11月下旬"},
        "weekday": {"1": "星期一", "6": "星期六"},
    }
    assert told["compared"]["previous"]["window"] == {"from": "2026-10-01", "to": "2026-10-10"}
    assert told["compared"]["previous"]["totals"]["why"]["gross_kg"] == "没有可比的基数"


def test_different_vehicles_are_not_told_by_hour(world):
    world.put([weighed(NOON)])
    answer = asking(world, "hour_of_day", measures=("plates", "trips"))
    assert answer.rows == [
        {"hour_of_day": 12, "plates": None, "trips": None, "why": {"plates": "not_by_hour", "trips": "not_by_hour"}}
    ]
    assert asking(world, measures=("plates",), within="3 hours").totals["why"] == {"plates": "not_by_hour"}


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"by": ("colour",)}, "没有维度「colour」"),
        ({"by": ("station.colour",)}, "没有维度"),
        ({"by": ("axles.road",)}, "没有维度"),
        ({"by": ("station.road@1",)}, "没有维度"),
        ({"measures": ("weight",)}, "没有度量「weight」"),
        ({"where": {"colour": "red"}}, "没有条件「colour」"),
        ({"where": {"week": "2026-W60"}}, "2026-W60"),
        ({"where": {"overload_class": "odd"}}, "odd"),
        ({"within": "soon"}, "soon"),
        ({"compare": ("previous",)}, "没有可比的时段"),
        ({"compare": ("former",), "within": "today"}, "former"),
        ({"order": "-plates"}, "没有度量「plates」"),
        ({"as_of": "then", "by": ("station.road",)}, "then"),
    ],
)
def test_what_cannot_be_asked_is_said(empty, asked, told):
    with pytest.raises(ZcError, match=told):
        asking(empty, *asked.get("by", ()), **{name: value for name, value in asked.items() if name != "by"})


def test_an_unknown_statistic_and_one_that_is_still_counted(world, tmp_path):
    with pytest.raises(NotFound):
        ask(Scope.whole(), world.store, world.snapshot, Question("nothing"))
    world.put([weighed(NOON)] * 3)
    world.adopt(snapshot_of(tmp_path, traffic=NARROW))
    narrow = asking(world)
    assert (narrow.current, narrow.totals) == (False, {"trucks": 3}), "the former one has all that is asked"
    world.store.statistics.fill()
    world.adopt(snapshot_of(tmp_path))
    assert not asking(world, "axles").current
    with pytest.raises(ZcError, match="正在重新计数"):
        asking(world, "province")
    world.store.statistics.fill()
    assert figures(asking(world, "province")) == [("湘", 3)]
