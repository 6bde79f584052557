"""Reloads under load, a third of them broken: no post fails, each reply is of one snapshot, old snapshots go."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import psutil
import pytest

from core.http import admin
from core.run.home import Home
from tests.soak.changing import PATH, TOO_LONG, Declared, Stand
from tests.soak.conftest import Tell
from tests.soak.meanwhile import meanwhile
from tests.soak.progress import Progress, kept, rounds
from tests.soak.sender import Line, weighing
from tests.soak.site import Site, make_site

POSTERS = 3
PAUSE_S = 0.02  # between the posts of one poster
RELOADS_A_ROUND = 10
BETWEEN_RELOADS_S = (0.1, 0.6)
BROKEN_EVERY = 3
FRESH_EVERY = 20  # the rest are sent again and again, so that the database does not grow
SENT_AGAIN = 100
SETTLE_S = 3.0
MORE_MEMORY = 1.05


@dataclass(frozen=True)
class Seen:
    """One answer: its snapshot and code, the fields refused, the rows stored; the record number if it was new."""

    snapshot: int
    code: str
    fields: list[str]
    there: int
    fresh: str | None


@dataclass
class Poster:
    """Posts a good row and one with a too long axle type, over and over."""

    name: str
    seen: list[Seen] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def run(self, url: str, token: str, ended: threading.Event) -> None:
        """Post until `ended` is set; anything but an answer of 200 is a fault."""
        with closing(Line(url, token, PATH)) as line:
            while not ended.wait(PAUSE_S):
                try:
                    self._post(line)
                except Exception as error:
                    self.faults.append(f"{type(error).__name__}: {error}")
                    return

    def _post(self, line: Line) -> None:
        number = next(self.numbers)
        is_fresh = number % FRESH_EVERY == 0
        code = f"{self.name}-{number:06d}" if is_fresh else f"{self.name}-again-{number % SENT_AGAIN}"
        good = weighing(code, truckcode="157") if is_fresh else weighing(code)
        answer = line.post([good, weighing(f"{code}-long", truckcode=TOO_LONG)])
        if answer.status != 200:
            self.faults.append(f"{answer.status} {answer.body}")
            return
        refused = [row["field"] for row in answer.body["rejected"]]
        there = answer.body["accepted"] + answer.body["duplicates"]
        snapshot = int(answer.headers["x-snapshot"])
        self.seen.append(Seen(snapshot, answer.body["code"], refused, there, code if is_fresh else None))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_reloads_under_load(tmp_path: Path, tell: Tell):
    progress = Progress.taken_up(kept("reloads"), rounds(20))
    with make_site(tmp_path / "home", tmp_path / "server.log") as site:
        soak(site, progress, tell)
    half = max(1, progress.wanted // 2)
    first, last = progress.rounds[half - 1]["resident_kib"], progress.rounds[-1]["resident_kib"]
    tell(f"resident memory: {first / 1024:.1f} MiB after the first half, {last / 1024:.1f} MiB after the last")
    assert last <= first * MORE_MEMORY


def test_a_few_reloads_under_load(tmp_path: Path):
    with make_site(tmp_path / "home", tmp_path / "server.log") as site:
        soak(site, Progress.taken_up(tmp_path / "reloads.json", 1), print, settle_s=0)


def soak(site: Site, progress: Progress, tell: Tell, settle_s: float = SETTLE_S) -> None:
    """Reload in rounds while posts come in; what each said must be what its snapshot declared."""
    dice = random.Random()
    declared = Declared(site.home, dice)
    declared.write()
    site.start()
    posters = [Poster(f"r{progress.missing.start}p{number}") for number in range(1, POSTERS + 1)]
    stands = {reload(site)["number"]: declared.stand}
    for number in progress.missing:
        with posting(site, posters):
            turns = range((number - 1) * RELOADS_A_ROUND, number * RELOADS_A_ROUND)
            broken = [way for turn in turns if (way := one_reload(site, declared, stands, turn))]
        posts = check(posters, stands)
        time.sleep(settle_s)
        resident_kib = psutil.Process(site.pid).memory_info().rss // 1024
        progress.add(reloads=RELOADS_A_ROUND, broken=len(broken), posts=posts, resident_kib=resident_kib)
        tell(
            f"round {number} of {progress.wanted}: {RELOADS_A_ROUND} reloads, broken: {', '.join(broken)};"
            f" {posts} posts answered, {resident_kib / 1024:.1f} MiB resident"
        )
    check_records(site, posters, stands)
    site.stop()
    tell(
        f"{progress.total('reloads')} reloads, {progress.total('broken')} broken; {progress.total('posts')} posts,"
        f" 0 failed, each answered by the snapshot it names"
    )


@contextmanager
def posting(site: Site, posters: list[Poster]) -> Iterator[None]:
    """All posters post meanwhile."""
    token, ended = site.token(), threading.Event()
    with meanwhile(ended, [partial(poster.run, site.url, token, ended) for poster in posters]):
        yield


def one_reload(site: Site, declared: Declared, stands: dict[int, Stand], turn: int) -> str | None:
    """After a moment, change or break the declarations and reload; how they were broken, if they were."""
    time.sleep(declared.dice.uniform(*BETWEEN_RELOADS_S))
    if turn % BROKEN_EVERY != BROKEN_EVERY - 1:
        declared.mend_and_change()
        done = reload(site)
        assert done["activated"], done
        assert stands.setdefault(done["number"], declared.stand) == declared.stand
        return None
    way = declared.mend_and_break()
    done = reload(site)
    assert not done["activated"], (way, done)
    assert any(item["level"] == "error" for item in done["problems"]), (way, done)
    assert stands[done["number"]] == declared.stand, "a broken reload changed what is in force"
    return way


def reload(site: Site) -> dict[str, object]:
    """What `zc reload` asks of the running server."""
    return admin.operate(Home(site.home).socket, "reload", {"who": "soak"}, lambda _: None)


def check(posters: list[Poster], stands: dict[int, Stand]) -> int:
    """Every answer is what its snapshot declared; how many there were since the last check."""
    posts = 0
    for poster in posters:
        assert poster.faults == []
        for seen in poster.seen:
            assert (seen.code, seen.fields, seen.there) == stands[seen.snapshot].answer, seen
        posts += len(poster.seen)
        poster.seen = [seen for seen in poster.seen if seen.fresh]
    return posts


def check_records(site: Site, posters: list[Poster], stands: dict[int, Stand]) -> None:
    """Every new record says the snapshot that its answer said, and has the axle type where that mapped it."""
    records = {item["code"]: item for poster in posters for item in site.find(f"{poster.name}-")}
    new = [seen for poster in posters for seen in poster.seen]
    assert new
    for seen in new:
        record = records[seen.fresh]
        assert record["snapshot"] == seen.snapshot
        assert (record["vehicle_type"] == "157") is stands[seen.snapshot].mapped
    for code, record in records.items():
        if str(code).endswith("-long"):
            assert not stands[record["snapshot"]].mapped, f"{code} was stored though its axle type was mapped"
