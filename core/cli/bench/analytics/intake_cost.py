"""What keeping the shipped statistics costs intake: the same posts through the five steps, with and without them."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from core.cli.bench.analytics.aims import OF_INTAKE, judged, row_of
from core.cli.bench.pages.site import INTERFACE, RECEIVED_AFTER_MS, make
from core.cli.bench.pages.weighings import A_BATCH, CITY, Traffic, body
from core.declare.problem import ZcError
from core.intake.intake import Means, take
from core.intake.post import Partner, Post
from core.run import garbage
from core.run.home import Home
from core.run.live import Platform
from core.run.means import means_of

IN_FLIGHT = 8
POSTS_A_BLOCK = 16
WITH, WITHOUT = "with", "without"
NOBODY = Partner("bench", stations=frozenset("*"), simulated=True)
COUNT = "SELECT count(*) FROM r_weighing"


@dataclass(frozen=True)
class Taker:
    """A platform that takes posts."""

    platform: Platform
    means: Means

    def seconds(self, block: Sequence[tuple[int, bytes]]) -> float:
        """CPU time of this process for a block of (UTC ms, body)."""
        snapshot = self.platform.snapshot
        interface = snapshot.interfaces[INTERFACE]
        posts = [Post(text, {}, "127.0.0.1", at + RECEIVED_AFTER_MS, interface, snapshot.number) for at, text in block]
        began = time.process_time()
        asyncio.run(_take_all(iter(posts), self.means))
        return time.process_time() - began


def measure(folder: Path, traffic: Traffic, rounds: int, step: Callable[[str], None]) -> dict[str, Any]:
    """A row: blocks with all shipped statistics and with none, in turns; `cost_percent` is how many of the records that
    intake takes in a second it takes less with them. ZcError where a statistic counted other records than came."""
    garbage.look_seldom()
    garbage.give_back()
    with ExitStack() as stack:
        make(Home(folder / WITH), None, CITY)
        shutil.copytree(folder / WITH, folder / WITHOUT)
        takers = {name: _taker(stack, Home(folder / name)) for name in (WITH, WITHOUT)}
        takers[WITHOUT].platform.store.statistics.adopt({})
        source = _bodies(traffic)
        number = min(POSTS_A_BLOCK, max(1, traffic.records // (A_BATCH * (rounds + 1))))
        found: dict[str, list[float]] = {WITH: [], WITHOUT: []}
        for turn in range(rounds + 1):
            block = list(islice(source, number))
            for name in (WITH, WITHOUT) if turn % 2 else (WITHOUT, WITH):
                step(f"intake {name} statistics")
                seconds = takers[name].seconds(block)
                found[name] += [seconds] * (turn > 0)  # the first turn warms
        _compare(takers[WITH].platform)
    row = row_of("a post of 1,000, all statistics kept", number, {"ours": [one / number for one in found[WITH]]}, ())
    pairs = zip(found[WITHOUT], found[WITH], strict=True)
    row["cost_percent"] = round(100 * (1 - median(without / with_ for without, with_ in pairs)), 1)
    return judged(row, [OF_INTAKE])


def _taker(stack: ExitStack, home: Home) -> Taker:
    stack.enter_context(home.lock())
    platform = stack.enter_context(Platform.opened(home))
    return Taker(platform, means_of(platform, platform.snapshot, lambda _: NOBODY))


def _bodies(traffic: Traffic) -> Iterator[tuple[int, bytes]]:
    """(UTC ms of the last record, post) of 1,000 records each."""
    for at, by_partner in traffic.batches(0):
        yield at, body([record for records in by_partner.values() for record in records])


async def _take_all(posts: Iterator[Post], means: Means) -> None:
    async def worker() -> None:
        for post in posts:
            await take(post, means)
            if post.refused or post.duplicates:
                raise ZcError("the bench's own records were refused")

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


def _compare(platform: Platform) -> None:
    for recounted in platform.store.statistics.recount(platform.snapshot.statistics):
        if recounted.differing or not recounted.records:
            raise ZcError(f"the statistic {recounted.statistic} does not say what the records say")
