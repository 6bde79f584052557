"""Half an hour at twenty times a city's peak with bad rows, rows sent twice, reloads and kill -9: every row is
accounted for, on both databases."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from tests.soak import contents
from tests.soak.changing import Declared
from tests.soak.conftest import Tell
from tests.soak.meanwhile import meanwhile
from tests.soak.progress import Progress, kept, minutes
from tests.soak.site import DEMO_ROWS, Site, make_site
from tests.soak.station import Station
from tests.soak.test_reloads import reload

CITY_A_DAY = 150_000  # weighings of a city with 40 to 60 sites on a busy day
PEAK_HOUR_SHARE = 0.1  # of a day's traffic in its busiest hour
TIMES = 20
A_SECOND = TIMES * CITY_A_DAY * PEAK_HOUR_SHARE / 3600
PIECES, KILLS = 3, 2  # a kill in each of the first pieces
RELOADS = 30  # over all pieces: one a minute
MINUTES = 30.0


@pytest.fixture
def site(tmp_path: Path, store_url: str) -> Iterator[Site]:
    """A site on either database."""
    with make_site(tmp_path / "home", tmp_path / "server.log", store_url) as made:
        yield made


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_every_row_is_accounted_for_on_sqlite(site: Site, store_url: str, tell: Tell):
    soak(site, store_url, Progress.taken_up(kept("peak-sqlite"), PIECES), minutes(MINUTES), tell)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_every_row_is_accounted_for_on_postgresql(site: Site, store_url: str, tell: Tell):
    soak(site, store_url, Progress.taken_up(kept("peak-postgresql"), PIECES), minutes(MINUTES), tell)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_a_short_peak(site: Site, store_url: str, tmp_path: Path):
    soak(site, store_url, Progress.taken_up(tmp_path / "peak.json", 1), 0.15, print)


def soak(site: Site, store: str, progress: Progress, whole_minutes: float, tell: Tell) -> None:
    """Run the missing pieces, say each; all that was sent since the first of them is compared after each."""
    declared = Declared(site.home, random.Random())
    declared.write()
    stations = make_stations(progress.missing.start)
    site.start()
    for number in progress.missing:
        seconds = whole_minutes * 60 / PIECES
        with weighing_at(site, stations) as measured:
            disturb(site, declared, seconds, killed=number <= KILLS)
        figures = {**measured, **compare(site, store, stations)}
        progress.add(**figures)
        said = ", ".join(f"{name} {value}" for name, value in figures.items())
        tell(f"{store.partition(':')[0]} piece {number} of {progress.wanted}, {seconds:.0f} s: {said}")
    site.stop()
    tell(
        f"{store.partition(':')[0]}: {progress.total('rows')} rows, with those sent again {A_SECOND:.0f} a second,"
        f" {progress.total('bad rows')} of them bad, {progress.total('duplicates')} duplicates,"
        f" {progress.total('unanswered')} posts without an answer: records, refusals and statistics to the row"
    )


def make_stations(piece: int) -> list[Station]:
    """The demo stations, each with its share of the city's pace."""
    lines = (DEMO_ROWS / "station.csv").read_text(encoding="utf-8").splitlines()[1:]
    pace = A_SECOND / len(lines)
    return [
        Station(f"p{piece}s{place}", line.partition(",")[0], random.Random(), pace) for place, line in enumerate(lines)
    ]


@contextmanager
def weighing_at(site: Site, stations: list[Station]) -> Iterator[dict[str, object]]:
    """All stations weigh meanwhile; afterwards what they counted, and the rows a second."""
    for station in stations:
        station.figures.clear()
    token, ended, measured = site.token(), threading.Event(), {}
    begun = time.monotonic()
    with meanwhile(ended, [partial(station.run, site, token, ended) for station in stations]):
        yield measured
    total: Counter[str] = Counter()
    for station in stations:
        total.update(station.figures)
    names = ("rows", "bad rows", "batches sent again", "duplicates", "unanswered", "busy")
    measured.update({name: total[name] for name in names})
    measured["rows a second"] = round(total["rows"] / (time.monotonic() - begun), 1)


def disturb(site: Site, declared: Declared, seconds: float, *, killed: bool) -> None:
    """Reload at the pace of RELOADS over all pieces, and once, somewhere, kill -9 and start again."""
    until = time.monotonic() + seconds
    kill_at = until - seconds * declared.dice.uniform(0.2, 0.8) if killed else until + 1
    for turn in range(1, RELOADS // PIECES + 1):
        reload_at = until - seconds * (1 - turn / (RELOADS // PIECES + 1))
        if kill_at <= reload_at:
            time.sleep(max(0, kill_at - time.monotonic()))
            kill_at = until + 1
            site.kill()
            site.start()
        time.sleep(max(0, reload_at - time.monotonic()))
        declared.mend_and_change()
        assert reload(site)["activated"]
    time.sleep(max(0, until - time.monotonic()))


def compare(site: Site, store: str, stations: list[Station]) -> dict[str, object]:
    """The database against what was sent and answered, to the row; what is there."""
    assert [fault for station in stations for fault in station.faults] == []
    there = contents.read(store)
    assert there.agree(sum(there.refused.values())) == []
    stored = {code for station in stations for code in station.stored}
    assert stored - there.codes == set(), "acknowledged and lost"
    waiting = {code for station in stations if station.waiting for code in station.waiting.codes}
    assert there.codes - stored - waiting == set(), "stored and never acknowledged"
    for station in stations:
        for code in {*station.refused, *station.unsure}:
            least, most = station.refused[code], station.refused[code] + station.unsure[code]
            assert least <= there.refused[code] <= most, f"{code}: {there.refused[code]} refusals, {least} to {most}"
    sent_bad = {code for station in stations for code in (*station.refused, *station.unsure)}
    assert set(there.refused) - sent_bad - waiting == set(), "refused and never sent bad"
    recounted = site.zc.json("check", "--statistics")["statistics"]
    assert recounted
    assert [item for item in recounted if item["differing"]] == []
    return {
        "records": len(there.records),
        "refusals": there.refusals,
        "statistics' cells": sum(item["cells"] for item in recounted),
    }
