"""A million weighings, late, amended and void ones among them, back-filled and reloaded meanwhile: a page, the API, a
file, the command line and a report say of every measure of every shipped statistic what the records say.

ZC_SOAK_RECORDS makes it shorter. The home lies under var/soak; a run that was broken off goes on with the next round.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable

import pytest

from core.run.home import Home
from core.run.live import Platform
from tests.core.cli.command import exit_code
from tests.core.run import homes
from tests.plugins.reports.recounting import BY, MONTHS, differing
from tests.plugins.reports.seeding import load, seeded
from tests.soak.progress import FOLDER, Progress, kept

Tell = Callable[[str], None]
RECORDS = int(os.environ.get("ZC_SOAK_RECORDS", 1_000_000))
ROUNDS = 20
A_LOAD = 5_000
CHANGES = 50
EXTENDED = "like: truck_structure\nsum: [gross_kg]\n"


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
    """One round: records are loaded, some again with other weights, some set aside; a statistic changes and is
    counted anew while more come. A round that was broken off loads the same records again, which changes nothing."""
    chance = random.Random(number)
    size = RECORDS // ROUNDS
    file = platform.home.root / "config" / "statistics" / "truck_structure.yaml"
    if number % 4 == 0:
        file.unlink() if file.exists() else homes.write(platform.home.root, str(file), EXTENDED)
        assert homes.operate(platform, "reload", who="test")["activated"]
    for start in range((number - 1) * size, number * size, A_LOAD):
        rows = seeded(min(A_LOAD, number * size - start), start)
        load(platform, rows)
        load(platform, [{**row, "gross_kg": 105_000} for row in chance.sample(rows, CHANGES)])
    entity = platform.snapshot.entities["weighing"]
    with platform.store.database.reading() as session:
        [[last]] = session.execute("SELECT max(id) FROM r_weighing", ()).fetchall()
    for record_id in chance.sample(range(1, last + 1), CHANGES):
        error = platform.store.writer.void(entity, record_id, who="test", why="测试作废").exception()
        assert error is None or "is void" in str(error), error
    platform.store.statistics.fill()


def agreed(platform: Platform, tell: Tell) -> None:
    """Every way agrees with the records, and every cell with a recount."""
    began = time.monotonic()
    assert [line for name in BY for month in MONTHS for line in differing(platform, name, month)] == []
    found = platform.store.statistics.recount(platform.snapshot.statistics)
    assert [one.differences for one in found] == [[] for _ in found]
    tell(f"all agree, looked at in {time.monotonic() - began:.1f} s")
