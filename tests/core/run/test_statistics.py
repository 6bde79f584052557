"""Statistics of a site: counted, asked, compared, changed by a reload."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from core.declare.problem import ZcError
from core.run import checking
from core.run.home import Home
from tests.core.run import homes
from tests.core.run.homes import ZONE, crossing, operate, post

CROSSINGS = "title: 通行统计\nentity: crossing\ngrain: hour\ndimensions: []\nsum: [weight_kg]\n"
GATES = """title: 闸口统计
entity: gate
dimensions: [title]
measures:
  gates: {label: 闸口数, count: true}
  moved: {label: 改名数, count: true, where: {title: 测试闸口G9}}
  moved_rate: {label: 改名率, rate: [moved, gates]}
"""
HEAVY = "title: 重车\nentity: crossing\nwhere: {weight_kg: {above: 500}}\n"
DERIVING = """title: 通行记录
key: [gate, code]
time: crossed_at
scope: gate
derive: [{use: double, weight: weight_kg}]
fields:
  code: {type: text, max: 40, required: true, label: 单号}
  gate: {type: ref, to: gate, required: true, label: 闸口}
  crossed_at: {type: time, required: true, label: 时间}
  weight_kg: {type: mass, min: 0, max: 100000, label: 重量}
  double_kg: {type: mass, derived: true, label: 两倍}
"""
DOUBLE = """from pathlib import Path

from core.api import Offers, hook


def double(batch, facts):
    if (facts.home / "broken").exists():
        raise ValueError("of the test")
    return [{"double_kg": 2 * record["weight"]} for record in batch]


@hook
def offer(plugin):
    return Offers(derivers={"double": double})
"""
OFFERS = {"derivers": {"double": {"label": "两倍", "uses": {"weight": "mass"}, "gives": {"double_kg": "mass"}}}}


@pytest.fixture
def home(home: Home) -> Home:
    """The small home with a statistic."""
    homes.write(home.root, "config/statistics/crossings.yaml", CROSSINGS)
    homes.write(home.root, "config/categories/heavy.yaml", HEAVY)
    return home


def counted(platform, **asked):
    return operate(platform, "count", statistic="crossings", **asked)["rows"]


def differing(platform) -> list[int]:
    return [item["differing"] for item in operate(platform, "recount")["statistics"]]


def test_what_is_posted_is_counted(platform):
    post(platform, crossing("N1"), crossing("N2", gate="G2", kg=300), crossing("N1"), crossing("N1", kg=5))
    assert counted(platform) == [{"count": 2, "weight_kg": 1200}]
    assert counted(platform, by=["gate"]) == [
        {"gate": "G1", "count": 1, "weight_kg": 900},
        {"gate": "G2", "count": 1, "weight_kg": 300},
    ]
    now = datetime.now(ZONE)
    rows = counted(platform, by=["day", "hour", "provenance"], where={"gate": "G1"})
    at = {datetime.fromisoformat(row.pop("hour")) for row in rows}
    assert at <= {moment.replace(minute=0, second=0, microsecond=0) for moment in (now, now - timedelta(minutes=1))}
    assert [(row["provenance"], row["count"]) for row in rows] == [("live", 1)]
    assert differing(platform) == [0]


def test_a_register_is_counted_as_it_is_now(platform):
    homes.write(platform.home.root, "config/statistics/gates.yaml", GATES)
    assert operate(platform, "reload", who="test")["problems"] == []
    homes.load_gates(platform, "G3", "G4", "G5")
    moved = "code,title\nG4,测试闸口G9\nG5,测试闸口G9\n".encode().hex()
    operate(platform, "load", entity="gate", name="gate.csv", data=moved, replace=True, who="test")
    gate = platform.snapshot.entities["gate"]
    with platform.store.database.reading() as session:
        last = session.execute("SELECT id FROM r_gate WHERE code = 'G5'").fetchone()[0]
    platform.store.writer.void(gate, last, "test", "of the test").result()
    platform.store.statistics.fill()
    there = len(operate(platform, "find", category="gate", where={}, limit=100)["records"])
    found = operate(platform, "count", statistic="gates")["rows"]
    assert found == [{"count": there, "gates": there, "moved": 1, "moved_rate": round(100 / there, 2)}]
    assert set(differing(platform)) == {0}


def test_columns_are_headed_by_labels_and_units(platform):
    found = operate(platform, "count", statistic="crossings", by=["gate"])
    assert found["columns"] == {"gate": "闸口", "count": "数量", "weight_kg": "重量合计(kg)"}


def test_a_clock_that_lies_counts_at_receipt(platform):
    post(platform, crossing("N1", at="2031-01-01 08:00:00"))
    (row,) = counted(platform, by=["day"])
    assert row["day"][:4] != "2031"
    assert differing(platform) == [0]


def test_questions_that_cannot_be_answered(platform):
    with pytest.raises(ZcError, match="no statistic weights"):
        operate(platform, "count", statistic="weights")
    with pytest.raises(ZcError, match="没有条件"):
        counted(platform, where={"weight_kg": 3})
    with pytest.raises(ZcError, match="没有维度"):
        counted(platform, by=["weight_kg"])


def test_simulated_records_count_only_where_the_site_says_so(home):
    from core.intake.post import Partner

    for demo, number in ((False, 1), (True, 2)):
        homes.change_site(home.root, demo=demo)
        with homes.opened(home) as platform:
            if not demo:
                homes.load_gates(platform, "G1")
                post(platform, crossing("N1"))
                post(platform, crossing("N2"), partner=Partner("simulator", simulated=True))
            assert counted(platform)[0]["count"] == number
            assert operate(platform, "today", category="crossing") == {"count_text": f"{number}"}


def test_today_is_told_by_the_statistic_where_it_holds_the_same_records(platform):
    now = datetime.now(ZONE)
    post(platform, crossing("N1"), crossing("N2", kg=100))
    post(platform, crossing("N3", at=(now - timedelta(days=2)).strftime("%Y-%m-%d %H:%M:%S")))
    assert operate(platform, "today", category="crossing") == {"count_text": "2"}
    assert operate(platform, "today", category="heavy") == {"count_text": "1"}, "no statistic knows weights"
    homes.post(platform, homes.crossing("AHEAD", at="2036-01-01 08:00:00"))
    told = [operate(platform, "today", category=name) for name in ("crossing", "heavy")]
    assert told == [{"count_text": "3"}, {"count_text": "2"}], "whose clock lies counts on the day of its receipt"
    assert operate(platform, "today", category="gate") == {"count_text": "2"}, "what has no time is counted whole"
    platform.store.writer.run(lambda session: session.execute('UPDATE s_crossings__1 SET "count" = 50'))
    assert operate(platform, "today", category="crossing") == {"count_text": "50"}
    assert operate(platform, "today", category="heavy") == {"count_text": "2"}
    with pytest.raises(ZcError, match="no category"):
        operate(platform, "today", category="nothing")


def test_a_condition_of_the_category_is_asked_of_the_cells(platform, home):
    homes.write(
        home.root, "config/categories/first_gate.yaml", "title: 一号闸口\nentity: crossing\nwhere: {gate: G1}\n"
    )
    homes.write(
        home.root, "config/statistics/heavy.yaml", "title: 重车\nentity: crossing\nwhere: {weight_kg: {above: 500}}\n"
    )
    assert platform.reload("test").activated
    post(platform, crossing("N1"), crossing("N2", gate="G2", kg=10))
    platform.store.writer.run(lambda session: session.execute('UPDATE s_crossings__1 SET "count" = 50'))
    platform.store.writer.run(lambda session: session.execute('UPDATE s_heavy__1 SET "count" = 60'))
    assert operate(platform, "today", category="first_gate") == {"count_text": "50"}
    assert operate(platform, "today", category="heavy") == {"count_text": "60"}


def test_a_reload_with_a_changed_statistic_counts_anew_in_the_background(platform, home):
    post(platform, crossing("N1"), crossing("N2", kg=100))
    homes.write(home.root, "config/statistics/crossings.yaml", CROSSINGS + "where: {weight_kg: {above: 500}}\n")
    assert checking.report(checking.build(home, platform.cache), platform.store)["steps"] == [
        "count the statistic crossings"
    ]
    assert platform.reload("test").activated
    assert not operate(platform, "count", statistic="crossings")["current"]
    post(platform, crossing("N3"))
    assert operate(platform, "recount")["building"] == [{"statistic": "crossings", "percent": 0}]
    platform.counting.start()
    platform.counting.stop()
    platform.store.statistics.fill()
    assert counted(platform) == [{"count": 2, "weight_kg": 1800}]
    assert differing(platform) == [0]


def test_records_that_wait_for_a_deriver_are_counted_apart_until_they_are_judged(home):
    homes.write(home.root, "config/entities/crossing.yaml", DERIVING)
    homes.plugin(home.root, "doubling", DOUBLE, OFFERS)
    with homes.opened(home, strict=True) as platform:
        homes.load_gates(platform, "G1")
        (home.root / "broken").touch()
        post(platform, crossing("N1"), crossing("N2"))
        assert counted(platform, by=["pending"]) == [{"pending": "double", "count": 2, "weight_kg": 1800}]
        (home.root / "broken").unlink()
        operate(platform, "rederive")
        post(platform, crossing("N3"))
        assert counted(platform, by=["pending"]) == [{"pending": None, "count": 3, "weight_kg": 2700}]
        assert differing(platform) == [0]


def test_loading_a_record_again_moves_it_to_its_new_hour_and_day(platform):
    for at in ("2026-10-01 08:00:00", "2026-10-02 09:30:00"):
        data = f"code,gate,crossed_at,weight_kg\nN1,G1,{at},900\n".encode().hex()
        operate(platform, "load", entity="crossing", name="c.csv", data=data, replace=False, who="test")
    rows = counted(platform, by=["day", "hour"])
    assert [(row["day"], row["hour"]) for row in rows] == [("2026-10-02", "2026-10-02T09:00:00+08:00")]
    assert differing(platform) == [0]


def test_statistics_are_compared_where_no_server_runs(home):
    with pytest.raises(ZcError, match="no store yet"):
        checking.check_statistics(home)
    with homes.opened(home) as platform:
        homes.load_gates(platform, "G1")
        post(platform, crossing("N1"))
    assert [item["differing"] for item in checking.check_statistics(home)["statistics"]] == [0]
    homes.write(home.root, "config/statistics/crossings.yaml", "title: 1")
    with pytest.raises(ZcError, match="have problems"):
        checking.check_statistics(home)
