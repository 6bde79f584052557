"""A million weighings, amended and void ones among them and such of devices whose clock lies, statistics being changed,
reloaded and back-filled while they come: a page, the API, a file, the command line and a report say of every measure of
every shipped statistic what the records say.

ZC_SOAK_RECORDS makes it shorter. The home lies under var/soak; a run that was broken off goes on with the next round.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import pytest

from core.run.home import Home
from core.run.live import Platform
from tests.core.cli.command import exit_code
from tests.core.run import homes
from tests.plugins.reports.recounting import BY, MONTHS, differing
from tests.plugins.reports.seeding import clock_lies, load, seeded
from tests.soak.meanwhile import meanwhile
from tests.soak.progress import FOLDER, Progress, kept

Tell = Callable[[str], None]
RECORDS = int(os.environ.get("ZC_SOAK_RECORDS", 1_000_000))
ROUNDS = 20
A_LOAD = 5_000
CHANGES = 50
VOIDED = 10
STEPS = 3
"""Of a back-fill before the next reload breaks into it."""
CHANGED = {
    "truck_structure": "like: truck_structure\nsum: [gross_kg]\n",
    "weighings": "like: weighings\ndimensions: [overload_class, axles]\n",
    "traffic_by_lane": "like: traffic_by_lane\nsum: [gross_kg]\n",
}


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_million_records_say_what_the_statistics_say(tell: Tell) -> None:
    progress = Progress.taken_up(kept(f"million-{RECORDS}"), ROUNDS)
    root = FOLDER / f"million-{RECORDS}"
    if not progress.rounds:
        shutil.rmtree(root, ignore_errors=True)
        assert exit_code(["init", str(root)]) == 0
    with homes.opened(Home(root)) as platform:
        for number in progress.missing:
            began = time.monotonic()
            happened(platform, number)
            progress.add(records=RECORDS // ROUNDS, seconds=round(time.monotonic() - began, 1))
            tell(f"round {number} of {ROUNDS}: {progress.rounds[-1]}")
            if number % (ROUNDS // 2) == 0:
                agreed(platform, tell)
    shutil.rmtree(root)


def happened(platform: Platform, number: int) -> None:
    """One round: records are loaded, some of them again with other weights, some set aside, some found to be of a lying
    clock, while another thread changes statistics and counts them anew, or compares what every way says. A round that
    was broken off loads the same records again, which changes nothing."""
    ended, faults = Event(), []
    beside = [_reloaded] if number % 4 == 0 else [_looked_at] if number % 5 == 0 else []
    with meanwhile(ended, [partial(work, platform, ended, faults) for work in beside]):
        _written(platform, number)
    assert faults == []
    platform.store.statistics.fill()


def _reloaded(platform: Platform, ended: Event, faults: list[Any]) -> None:
    """Statistics are changed and reloaded, each while the one before is not yet filled in, and changed back."""
    root = platform.home.root
    try:
        for name, text in [*CHANGED.items()] * 2:
            file = root / "config" / "statistics" / f"{name}.yaml"
            file.unlink() if file.exists() else homes.write(root, str(file), text)
            assert homes.operate(platform, "reload", who="test")["activated"]
            steps = iter(range(STEPS))
            platform.store.statistics.fill(lambda steps=steps: ended.is_set() or next(steps, None) is None)
    except Exception as error:  # noqa: BLE001 - told by the round
        faults.append(error)


def _looked_at(platform: Platform, ended: Event, faults: list[Any]) -> None:
    """All ways agree with the records at any moment at which more come."""
    try:
        while not ended.is_set():
            with platform.store.database.steadily():
                faults += differing(platform, "weighings_by_day", MONTHS[0])
    except Exception as error:  # noqa: BLE001 - told by the round
        faults.append(error)


def _written(platform: Platform, number: int) -> None:
    chance, size = random.Random(number), RECORDS // ROUNDS
    entity = platform.snapshot.entities["weighing"]
    for start in range((number - 1) * size, number * size, A_LOAD):
        rows = seeded(min(A_LOAD, number * size - start), start)
        load(platform, rows)
        load(platform, [{**row, "gross_kg": 105_000} for row in chance.sample(rows, min(CHANGES, len(rows)))])
        with platform.store.database.reading() as session:
            [[last]] = session.execute("SELECT max(id) FROM r_weighing", ()).fetchall()
        for record_id in chance.sample(range(1, last + 1), VOIDED):
            error = platform.store.writer.void(entity, record_id, who="test", why="测试作废").exception()
            assert error is None or "is void" in str(error), error
        clock_lies(platform, chance.sample(range(1, last + 1), VOIDED))


def agreed(platform: Platform, tell: Tell) -> None:
    """Every way agrees with the records, and every cell with a recount."""
    began = time.monotonic()
    assert [line for name in BY for month in MONTHS for line in differing(platform, name, month)] == []
    found = platform.store.statistics.recount(platform.snapshot.statistics)
    assert [one.differences for one in found] == [[] for _ in found]
    tell(f"all agree, looked at in {time.monotonic() - began:.1f} s")
