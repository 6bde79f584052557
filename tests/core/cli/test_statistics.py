"""zc count and zc check --statistics: with a server and without, and what they print where a cell is wrong."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import httpx
import pytest

from core.run.home import Home
from tests.core.cli.command import Zc, serving
from tests.core.run import homes

CROSSINGS = """title: 通行统计
entity: crossing
grain: hour
sum: [weight_kg]
measures: {heaviest: {label: 最重, max: weight_kg}}
"""


@pytest.fixture
def home(tmp_path) -> Home:
    """A small home with a statistic, two gates and three crossings."""
    home = homes.make(tmp_path / "home")
    homes.write(home.root, "config/statistics/crossings.yaml", CROSSINGS)
    with homes.opened(home) as platform:
        homes.load_gates(platform, "G1", "G2")
        homes.post(platform, homes.crossing("N1"), homes.crossing("N2"), homes.crossing("N3", gate="G2", kg=50))
    return home


def test_a_statistic_is_counted_by_its_dimensions(home):
    zc = Zc(home.root)
    printed = zc("count", "crossings", "--by", "gate, provenance", "--measure", "count,weight_kg").split()
    assert printed == ["闸口", "来源", "数量", "重量合计(kg)", "G1", "live", "2", "1800", "G2", "live", "1", "50"]
    found = zc.json("count", "crossings", "--where", "gate=G2", "--where", "day: {from: 20260101}")
    assert found["rows"] == [{"count": 1, "weight_kg": 50, "heaviest": 50}]
    assert zc("count", "crossings", "--where", "gate=G9").split()[-3:] == ["0", "0", "—"]
    zc("count", "crossings", "--by", "colour", code=1)
    assert "没有维度「colour」" in zc.said
    zc("count", "nothing", code=1)
    assert "there is no statistic nothing" in zc.said


def test_a_cell_that_says_something_else_is_printed_and_ends_with_1(home):
    zc = Zc(home.root)
    assert zc("check", "--statistics").split("\n")[-2].endswith("of 3 records, 0 differ")
    with closing(sqlite3.connect(home.data / "zc.sqlite")) as database, database:
        database.execute("UPDATE s_crossings__1 SET \"count\" = 7 WHERE by_gate = 'G1'")
    printed = zc("check", "--statistics", code=1)
    assert "gate G1, provenance live, hour 2" in printed
    assert "kept 7 / 1800 / 900, counted 2 / 1800 / 900" in printed
    assert "4 differ" in printed, "the hour, its day, its month and that hour of the month's days"
    assert "1970" not in printed
    assert zc.json("check", "--statistics", code=1)["statistics"][0]["differing"] == 4


def test_they_are_the_same_beside_a_server(home):
    with serving(home.root) as server:
        zc = server.zc
        assert httpx.get(f"{server.url}/-/health").status_code in (200, 503)
        assert zc.json("check", "--statistics")["statistics"][0]["records"] == 3
        assert zc.json("count", "crossings")["rows"] == [{"count": 3, "weight_kg": 1850, "heaviest": 900}]


def test_a_statistic_under_way_says_how_far_it_is(home):
    zc = Zc(home.root)
    homes.write(home.root, "config/statistics/gates.yaml", "title: 闸口统计\nentity: crossing\n")
    assert "store: count the statistic gates" in zc("check")
    zc("count", "gates", code=1)
    assert "统计正在重新计数" in zc.said
    assert "gates: still being counted, 0 %" in zc("check", "--statistics")
