"""The command simulate, from its arguments to the posts, with a server that stands for the platform."""

import itertools
import os
import signal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core import api

SAID = {"rate": 40.0, "stations": 3, "seed": 1, "batch": 10, "partner": "simulator"}


class Terminal:
    """What a command in a terminal gets, over rows of this test."""

    home = Path()
    zone = ZoneInfo("Asia/Shanghai")
    settings: dict = {}

    def __init__(self, url: str | None, stations: int = 5) -> None:
        self.url = url
        self.told: list[str] = []
        self.operations: list[tuple[str, dict]] = []
        self.rows = {
            "station": [{"code": f"TEST-{n}", "site_type": "31", "demo": n > 1} for n in range(stations)],
            "lane": [{"station": "TEST-2", "number": 7}, {"station": "TEST-0", "number": 4}],
        }

    def facts(self) -> api.Facts:
        return api.Facts({}, {}, self.zone, "测试站", demo=True, home=self.home)

    def search(self, category: str, where: dict | None = None, limit: int = 100) -> list[dict]:
        return self.rows[category][:limit]

    def operate(self, name: str, /, **arguments: object) -> dict:
        self.operations.append((name, arguments))
        return {"partner": "simulator", "appid": "appid-of-test", "secret": "secret-of-test"}

    def progress(self, text: str) -> None:
        self.told.append(text)


@pytest.fixture
def simulate(plugin_of):
    return plugin_of("simulator").offer().commands["simulate"]


def test_it_posts_for_the_seconds_asked_and_tells_the_counts(simulate, platform):
    live = Terminal(platform.url)
    done = simulate(live, **SAID, seconds=2.2)
    assert done["sent"] == done["accepted"] + done["duplicates"] == sum(platform.kept.values()) > 0
    assert (done["refused"], done["waiting"]) == (0, 0)
    assert f"sent {done['sent']}, accepted {done['accepted']}" in done["text"]
    [(name, arguments)] = live.operations
    assert name == "partner.ensure"
    assert arguments == {"name": "simulator", "title": "模拟器(演示数据)", "stations": ["*"], "simulated": True}


def test_an_interrupt_ends_it_with_nothing_waiting(simulate, platform):
    answer = platform.answer
    live = Terminal(platform.url)
    posts = itertools.count()

    def interrupting(path: str, body: dict):
        # again after a while: one that comes while Python collects garbage is lost with it
        if "bodys" in body and next(posts) % 20 == 0 and not live.told[-1].startswith("stopping"):
            os.kill(os.getpid(), signal.SIGINT)
        return answer(path, body)

    platform.answer = interrupting
    done = simulate(live, **SAID)
    assert done["waiting"] == 0
    assert done["sent"] == sum(platform.kept.values()) > 0
    assert live.told[-1].startswith("stopping")


def test_demo_stations_send_before_others_over_their_own_lanes(simulate):
    places = simulate.__globals__["places"]
    found = places(Terminal(None), 4)
    assert [place.code for place in found] == ["TEST-2", "TEST-3", "TEST-4", "TEST-0"]
    assert [place.lanes for place in found] == [(7,), (1, 2), (1, 2), (4,)]


def test_without_a_server_it_says_how_to_start_one(simulate):
    with pytest.raises(api.ZcError, match="zc run"):
        simulate(Terminal(None), **SAID)


def test_without_stations_it_says_how_to_load_some(simulate, platform):
    live = Terminal(platform.url, stations=0)
    with pytest.raises(api.ZcError, match="zc load"):
        simulate(live, **SAID)
    assert live.operations == []
