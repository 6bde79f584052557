"""A full disk under a SQLite site: posts are refused busy, nothing breaks, it goes on by itself once there is room."""

from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.soak import contents
from tests.soak.conftest import Tell
from tests.soak.progress import Progress, kept, rounds
from tests.soak.sender import Answer, Line, weighing
from tests.soak.site import Site, make_site

DISK_MIB, BALLAST_MIB = 64, 4
ROUNDS = 5
BUSY_ANSWERS = 20
BATCHES = (200, 1, 50)
MOST_POSTS = 5_000
MOST_TOKENS = 200  # they are small: what room is left may take some

Rows = list[dict[str, Any]]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system in memory that is soon full."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(disk)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(f"this soak must be allowed to mount a tmpfs (run it as root): {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_full_disk_refuses_and_recovers(small_disk: Path, tmp_path: Path, tell: Tell):
    progress = Progress.taken_up(kept("full-disk"), rounds(ROUNDS))
    for number in progress.missing:
        (small_disk / f"ballast-{number}").write_bytes(os.urandom(BALLAST_MIB << 20))

    def free(number: int) -> None:
        (small_disk / f"ballast-{number}").unlink()

    with make_site(small_disk / "home", tmp_path / "server.log") as site:
        soak(site, progress, lambda _: None, free, tell)


def test_a_file_that_may_not_grow_refuses_and_recovers(tmp_path: Path):
    """The same where nothing may be mounted: the server's files may not grow beyond what the log has."""
    site = make_site(tmp_path / "home", tmp_path / "server.log")
    log = site.home / "data" / "zc.sqlite-wal"

    def fill(_: int) -> None:
        resource.prlimit(site.pid, resource.RLIMIT_FSIZE, (log.stat().st_size + 65_536, resource.RLIM_INFINITY))

    def free(_: int) -> None:
        resource.prlimit(site.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    with site:
        soak(site, Progress.taken_up(tmp_path / "full.json", 2), fill, free, print)


def soak(site: Site, progress: Progress, fill: Callable[[int], None], free: Callable[[int], None], tell: Tell) -> None:
    """Fill and free in each round, the same server throughout; all that was acknowledged is there once."""
    store = f"sqlite:///{site.home / 'data' / 'zc.sqlite'}"
    acknowledged: set[str] = set()
    site.start()
    with closing(Line(site.url, site.token())) as line:
        for number in progress.missing:
            fill(number)
            stored, refused = post_until_full(line, f"F{number}")
            acknowledged |= stored
            still_well(site, store, acknowledged)
            free(number)
            for rows in refused:
                answer = line.post(rows)
                assert (answer.status, answer.body["accepted"], answer.body["duplicates"]) == (200, len(rows), 0)
                acknowledged |= codes(rows)
            assert same(store, acknowledged) == []
            assert site.process is not None
            assert site.process.poll() is None, "the server ended"
            again = sum(map(len, refused))
            progress.add(stored=len(stored), refused=len(refused), again=again)
            tell(
                f"round {number} of {progress.wanted}: {len(stored)} records stored until full, {len(refused)} posts"
                f" refused busy, {again} records stored once there was room, {len(acknowledged)} found in all"
            )
    site.stop()
    tell(
        f"{progress.wanted} full disks: {progress.total('refused')} posts refused busy and stored later,"
        " 0 lost, 0 twice, file whole, no restart"
    )


def post_until_full(line: Line, name: str) -> tuple[set[str], list[Rows]]:
    """Post until enough posts were refused: the codes that were acknowledged, and the posts refused."""
    stored: set[str] = set()
    refused: list[Rows] = []
    for post in range(MOST_POSTS):
        rows = [weighing(f"{name}-{post:05d}-{row:03d}") for row in range(BATCHES[post % len(BATCHES)])]
        answer = line.post(rows)
        if answer.status == 200:
            assert answer.body["accepted"] == len(rows)
            stored |= codes(rows)
            continue
        assert_busy(answer)
        refused.append(rows)
        if len(refused) == BUSY_ANSWERS:
            return stored, refused
    raise AssertionError(f"the disk is not full after {MOST_POSTS} posts")


def still_well(site: Site, store: str, acknowledged: set[str]) -> None:
    """While the disk is full: health answers and says so, tokens are refused busy, and all that was stored is there."""
    health = httpx.get(f"{site.url}/-/health", timeout=30)
    assert health.json()["checks"]["declarations"] == ""
    assert "could not be written" in health.json()["checks"]["store"]
    bought = next(answer for answer in (site.buy() for _ in range(MOST_TOKENS)) if answer.status_code != 200)
    assert_busy(Answer(bought.status_code, dict(bought.headers), bought.json()))
    assert same(store, acknowledged) == []


def assert_busy(answer: Answer) -> None:
    """The code, the status and the header that say: come again."""
    assert (answer.status, answer.body["resultcode"], answer.body["errorcode"]) == (503, "1", "1110")
    assert int(answer.headers["retry-after"]) >= 1


def same(store: str, acknowledged: set[str]) -> list[str]:
    """What is wrong in the file, or differs from what was acknowledged."""
    there = contents.read(store)
    wrong = there.agree()
    if there.codes != acknowledged:
        wrong.append(f"{len(acknowledged - there.codes)} lost, {len(there.codes - acknowledged)} never acknowledged")
    return wrong


def codes(rows: Rows) -> set[str]:
    """The record numbers of a post."""
    return {row["previewcode"] for row in rows}
