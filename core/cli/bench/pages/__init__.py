"""The bench of lists: a home with many weighings, the server's answers, and the same SQL written by hand."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import yaml

from core.cli.bench.pages.by_hand import ByHand
from core.cli.bench.pages.hand_server import Served
from core.cli.bench.pages.measure import Asker, measure
from core.cli.bench.pages.questions import Question, numbered
from core.cli.bench.pages.site import Site
from core.cli.bench.pages.visitor import Visitor
from core.cli.bench.server import free_port, started
from core.cli.session import operate
from core.entity.node import Looks
from core.run.beside import beside
from core.run.home import Home
from core.run.live import Platform
from core.run.seeing import Seeing

COUNTY = "430481"
SNAPSHOT = 1  # what the door in this process calls its own
PEOPLE: dict[str, dict[str, Any]] = {"admin": {"roles": ["admin"]}, "county": {"roles": ["county"], "region": COUNTY}}
LEGEND = (
    "medians of the rounds; ratio: the door of searches ÷ the page's SQL by hand, both in one process, rows fetched;"
    " http ratio: the server ÷ a small one written by hand, both with the session looked up; partly: looked so far and"
    " said so, SQL looks as far"
)
OFTEN = "SELECT plate FROM r_weighing WHERE id < 50000 GROUP BY plate ORDER BY count(*) DESC, plate LIMIT 1"


def run(site: Site, rounds: int, only: str, step: Callable[[str], None]) -> list[dict[str, Any]]:
    """The rows of `measure` on a site that has its weighings; `only` is in the names of the questions to ask."""
    file = site.home.root / "config" / "site.yaml"
    store = yaml.safe_load(file.read_text(encoding="utf-8"))["store"]
    with closing(ByHand.at(store, site.home.root)) as by_hand, ExitStack() as servers:
        plate = by_hand.found(OFTEN)[0][0]
        part = plate[2:6]
        asked = numbered(plate, part, Looks.of(part, site.alike).part, ZoneInfo(site.zone), only)
        port = servers.enter_context(_served(site.home))
        other = servers.enter_context(_served_by_hand(site, store, asked))
        platform = servers.enter_context(beside(site.home, site.digest, SNAPSHOT))
        askers = [_asker(site.home, platform, port, other, login) for login in PEOPLE]
        for asker in askers:
            servers.callback(asker.visitor.close)
            servers.callback(asker.by_hand.close)
        return measure(askers, by_hand, asked, rounds, step)


@contextmanager
def _served(home: Home) -> Iterator[int]:
    """The port at which `zc run` serves the home."""
    port = free_port()
    command = [sys.executable, "-m", "core.cli", "run", "--home", str(home.root), "--port", str(port)]
    with started("zc", command, port, home.data, dict(os.environ)):
        yield port


@contextmanager
def _served_by_hand(site: Site, store: str, asked: list[Question]) -> Iterator[int]:
    """The port at which the small server serves the same."""
    served = Served(free_port(), store, str(site.home.root.resolve()), site.zone, asked)
    command = [sys.executable, "-m", "core.cli.bench.pages.hand_server", msgspec.json.encode(served).decode()]
    folder = site.home.root / "by_hand"
    folder.mkdir(exist_ok=True)
    with started("the server by hand", command, served.port, folder, dict(os.environ)):
        yield served.port


def _asker(home: Home, platform: Platform, port: int, other: int, login: str) -> Asker:
    """A demo person who is logged in, added where it is not there yet."""
    known = {one["login"] for one in operate(home, "user.list")}
    name = f"bench-{login}"
    said: dict[str, Any] = {"login": name, "title": "演示", **PEOPLE[login]}
    made = operate(home, "user.reset", login=name) if name in known else operate(home, "user.add", **said)
    visitor = Visitor(port)
    visitor.enter(name, made["password"])
    door = Seeing(platform, platform.accounts.account_of(name), platform.snapshot)
    return Asker(login, door, visitor, visitor.at(other), said.get("region"))
