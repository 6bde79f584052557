"""kill -9 at random moments under load: what was acknowledged is there once, and the server starts by itself."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.soak import contents
from tests.soak.conftest import Tell
from tests.soak.progress import Progress, kept, rounds
from tests.soak.sender import Sender
from tests.soak.site import Site, make_site

SENDERS = 4
LOAD_S = (0.5, 2.0)
START_S = (0.0, 1.5)
KILLED_WHILE_STARTING = 5  # in every so manieth round the server is killed once more, before it serves


@pytest.fixture
def site(tmp_path: Path, store_url: str) -> Iterator[Site]:
    """A site on either database."""
    with make_site(tmp_path / "home", tmp_path / "server.log", store_url) as made:
        yield made


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_nothing_acknowledged_is_lost_on_sqlite(site, store_url, tell):
    soak(site, store_url, Progress.taken_up(kept("kill-sqlite"), rounds(50)), LOAD_S, tell)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_nothing_acknowledged_is_lost_on_postgresql(site, store_url, tell):
    soak(site, store_url, Progress.taken_up(kept("kill-postgresql"), rounds(20)), LOAD_S, tell)


def test_a_kill_loses_nothing(site, store_url, tmp_path):
    soak(site, store_url, Progress.taken_up(tmp_path / "kill.json", 2), (0.2, 0.4), print)


def soak(site: Site, store: str, progress: Progress, load_s: tuple[float, float], tell: Tell) -> None:
    """Run the missing rounds, say each, and compare all at the end by `zc find` too."""
    dice = random.Random()
    first = progress.missing.start
    senders = [Sender(f"r{first}s{number}", random.Random(dice.random())) for number in range(1, SENDERS + 1)]
    site.start()
    for number in progress.missing:
        kill_under_load(site, senders, dice.uniform(*load_s))
        if number % KILLED_WHILE_STARTING == 0:
            site.launch()
            time.sleep(dice.uniform(*START_S))
            site.kill()
        site.start()
        figures = compare(store, senders)
        progress.add(**figures)
        tell(f"round {number} of {progress.wanted}: " + ", ".join(f"{name} {said}" for name, said in figures.items()))
    found = {item["code"] for sender in senders for item in site.find(f"{sender.name}-")}
    assert found == contents.read(store).codes
    assert sum(len(sender.acknowledged) for sender in senders) > 0
    site.stop()
    tell(
        f"{progress.wanted} kills: {progress.total('acknowledged')} acknowledged and there once, 0 lost, 0 twice;"
        f" {progress.total('unanswered')} without an answer, {progress.total('of them stored')} of them stored;"
        f" {progress.total('resent')} resent, {progress.total('of them duplicates')} of them duplicates"
    )


def kill_under_load(site: Site, senders: list[Sender], load_s: float) -> None:
    """Let all senders post for a while, then kill -9 while they do."""
    token, ended = site.token(), threading.Event()
    threads = [threading.Thread(target=sender.run, args=(site.url, token, ended)) for sender in senders]
    for thread in threads:
        thread.start()
    time.sleep(load_s)
    site.kill()
    ended.set()
    for thread in threads:
        thread.join()


def compare(store: str, senders: list[Sender]) -> dict[str, int]:
    """What the database has against what was acknowledged in all rounds; this round's figures."""
    there = contents.read(store)
    acknowledged = {code for sender in senders for code in sender.acknowledged}
    unanswered = {code for sender in senders for code in sender.codes(sender.waiting)}
    assert [fault for sender in senders for fault in sender.faults] == []
    assert there.agree() == []
    assert acknowledged - there.codes == set(), "acknowledged and lost"
    assert there.codes - acknowledged - unanswered == set(), "stored and never sent"
    figures = {
        "acknowledged": sum(sender.confirmed for sender in senders),
        "unanswered": len(unanswered),
        "of them stored": len(unanswered & there.codes),
        "resent": sum(sender.resent for sender in senders),
        "of them duplicates": sum(sender.duplicates for sender in senders),
        "busy": sum(sender.busy for sender in senders),
        "found in all": len(there.records),
    }
    for sender in senders:
        sender.count_afresh()
    return figures
