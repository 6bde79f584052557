"""A million rows leave in a child process whose memory stays small, while posts are answered as quickly as before."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import psutil
import pytest

from tests.soak.conftest import Tell
from tests.soak.sender import Line, weighing
from tests.soak.site import Site, make_site
from tests.webui.browser import PASSWORD, Browser
from tests.webui.conftest import ZONE, add_person

ROWS = int(os.environ.get("ZC_SOAK_ROWS", 1_000_000))
A_POST = 1000
IDLE_S = 20.0  # before the export and again after it
PAUSE_S = 0.02  # between two posts of one weighing each
MOST_BYTES = 200 << 20
SLOWER = 2.0
COLUMNS = ["code", "station", "weighed_at", "plate", "axles", "gross_kg", "limit_kg", "overload_kg", "overload_class"]


@dataclass
class Measured:
    """Seconds of each post while nothing was exported and while something was, and the most memory of any child."""

    idle_s: list[float] = field(default_factory=list)
    beside_s: list[float] = field(default_factory=list)
    most_bytes: int = 0
    is_idle: bool = True

    @property
    def slower(self) -> float:
        """How many times as long 99 of 100 posts took during the export."""
        return p99(self.beside_s) / p99(self.idle_s)

    def __str__(self) -> str:
        figures = f"p99 {p99(self.beside_s) * 1000:.1f} ms beside it, {p99(self.idle_s) * 1000:.1f} ms idle"
        posts = f"{len(self.beside_s)} and {len(self.idle_s)} posts"
        return f"{figures} ({self.slower:.2f} times, {posts}), largest child {self.most_bytes >> 20} MiB"


def p99(seconds: list[float]) -> float:
    """The time within which 99 of 100 were done."""
    return sorted(seconds)[int(len(seconds) * 0.99)]


@pytest.mark.soak
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_million_rows_are_exported_beside_the_posts(tmp_path: Path, tell: Tell, form: str) -> None:
    with make_site(tmp_path / "home", tmp_path / "server.log") as site:
        site.start()
        fill(site, tell)
        browser = logged_in(site)
        with closing(browser.client):
            found = watched(site, lambda: exported(browser, form))
        tell(f"{form}: {found}")
        assert found.most_bytes < MOST_BYTES
        assert found.slower < SLOWER
        site.stop()


def fill(site: Site, tell: Tell) -> None:
    """Post that many weighings through the five steps."""
    token = site.token()
    with closing(Line(site.url, token)) as line:
        for start in range(0, ROWS, A_POST):
            rows = [one(number) for number in range(start, min(start + A_POST, ROWS))]
            answer = line.post(rows)
            while answer.status == 503:
                time.sleep(1)
                answer = line.post(rows)
            assert answer.body["accepted"] == len(rows), answer.body
            if (start // A_POST) % 100 == 99:
                tell(f"{start + A_POST:,} rows are there")


def one(number: int) -> dict[str, Any]:
    """A test weighing; plates and weights vary."""
    at = (datetime.now(ZONE) - timedelta(days=1, seconds=ROWS - number)).strftime("%Y-%m-%d %H:%M:%S")
    plate, gross = f"湘D{number * 7919 % 90_000 + 10_000}", 12_000 + number * 131 % 45_000
    said = {"previewdate": at, "truckno": plate, "totalweight": gross, "axisnum": 2 + number % 5}
    return weighing(f"EXPORT-{number:07d}", **said)


def logged_in(site: Site) -> Browser:
    """A browser of a test user who may export."""
    browser, first = Browser(site.url), add_person(site.zc, "exporter", roles=["admin"])
    assert browser.login("exporter", first).status_code == 200
    assert browser.post("/api/ui/password", {"old": first, "new": PASSWORD}).status_code == 200
    return browser


def exported(browser: Browser, form: str) -> None:
    """Export everything and wait until the file is there."""
    asked = {"format": form, "columns": COLUMNS, "query": {"code.starts": "EXPORT"}}
    begun = browser.post("/api/v1/categories/weighing/exports", asked).json()
    while True:
        state = browser.get(f"/api/v1/exports/{begun['export']}").json()
        if state["state"] != "running":
            break
        time.sleep(1)
    assert (state["state"], state["rows"]) == ("done", ROWS), state


def watched(site: Site, what: Callable[[], None]) -> Measured:
    """Do something while a station posts one weighing after the other, with the server idle else before and after."""
    found, ended = Measured(), Event()
    with ThreadPoolExecutor(2) as threads:
        others = [threads.submit(post, site, found, ended), threads.submit(look, site, found, ended)]
        try:
            time.sleep(IDLE_S)
            found.is_idle = False
            what()
            found.is_idle = True
            time.sleep(IDLE_S)
        finally:
            ended.set()
        for other in others:
            other.result()
    return found


def post(site: Site, found: Measured, ended: Event) -> None:
    """One weighing a post, on and on; one during which the export began or ended counts for neither."""
    codes = count()
    with closing(Line(site.url, site.token())) as line:
        while not ended.wait(PAUSE_S):
            row, idle = weighing(f"BESIDE-{next(codes):07d}"), found.is_idle
            began = time.perf_counter()
            answer = line.post([row])
            took_s = time.perf_counter() - began
            assert answer.body["accepted"] == 1, answer.body
            if idle == found.is_idle:
                (found.idle_s if idle else found.beside_s).append(took_s)


def look(site: Site, found: Measured, ended: Event) -> None:
    """Note the most memory of any child."""
    server = psutil.Process(site.pid)
    while not ended.wait(0.2):
        found.most_bytes = max([found.most_bytes, *(memory(child) for child in server.children(recursive=True))])


def memory(process: psutil.Process) -> int:
    """Its resident bytes; none where it is gone."""
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
