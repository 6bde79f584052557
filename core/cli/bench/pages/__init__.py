"""The bench of lists: a home with many weighings, the server's answers, and the same SQL written by hand."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import yaml

from core.cli.bench.pages.by_hand import ByHand
from core.cli.bench.pages.measure import Asker, measure
from core.cli.bench.pages.questions import questions
from core.cli.bench.pages.site import Site
from core.cli.bench.pages.visitor import Visitor
from core.cli.bench.server import free_port, started
from core.cli.session import operate
from core.entity.node import Looks
from core.run.home import Home

COUNTY = "430481"
PEOPLE: dict[str, dict[str, Any]] = {"admin": {"roles": ["admin"]}, "county": {"roles": ["county"], "region": COUNTY}}
OFTEN = "SELECT plate FROM r_weighing WHERE id < 50000 GROUP BY plate ORDER BY count(*) DESC, plate LIMIT 1"


def run(site: Site, rounds: int, only: str, step: Callable[[str], None]) -> list[dict[str, Any]]:
    """The rows of `measure` on a site that has its weighings; `only` is in the names of the questions to ask."""
    file = site.home.root / "config" / "site.yaml"
    store = yaml.safe_load(file.read_text(encoding="utf-8"))["store"]
    with closing(ByHand.at(store, site.home.root)) as by_hand, _served(site.home) as port:
        plate = by_hand.one(OFTEN)
        part = plate[2:6]
        asked = [one for one in questions(plate, part, Looks.of(part, site.alike).part) if only in one.name]
        askers = [_asker(site.home, port, login) for login in PEOPLE]
        try:
            return measure(askers, by_hand, asked, rounds, step)
        finally:
            for asker in askers:
                asker.visitor.close()


@contextmanager
def _served(home: Home) -> Iterator[int]:
    """The port at which `zc run` serves the home."""
    port = free_port()
    command = [sys.executable, "-m", "core.cli", "run", "--home", str(home.root), "--port", str(port)]
    with started("zc", command, port, home.data, dict(os.environ)):
        yield port


def _asker(home: Home, port: int, login: str) -> Asker:
    """A demo person who is logged in, added where it is not there yet."""
    known = {one["login"] for one in operate(home, "user.list")}
    name = f"bench-{login}"
    said: dict[str, Any] = {"login": name, "title": "演示", **PEOPLE[login]}
    made = operate(home, "user.reset", login=name) if name in known else operate(home, "user.add", **said)
    return Asker(login, Visitor(port, name, made["password"]), said.get("region"))
