"""Seeded test weighings at the demo stations of two counties, loaded as a person loads a file."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.core.run import homes

ZONE = ZoneInfo("Asia/Shanghai")
LIMITS = {2: 18_000, 3: 27_000, 4: 36_000, 5: 43_000, 6: 49_000}
STATIONS = ("DEMO-430481-01", "DEMO-430481-02", "DEMO-430482-01")


def seeded(number=260, start=0):
    """[{code, station, weighed_at, plate, axles, gross_kg, lane, speed}] of September and October, numbered from
    `start`; some have no lane, some no speed."""
    chance = random.Random(47 + start)
    first = datetime(2026, 9, 1, tzinfo=ZONE)
    rows = []
    for at_number in range(start, start + number):
        at = first + timedelta(seconds=chance.randrange(61 * 86_400))
        plate = f"{chance.choice('湘湘湘粤赣')}D{chance.randrange(10_000, 99_999)}"
        rows.append({
            "code": f"SEED-{at_number}", "station": chance.choice(STATIONS), "weighed_at": f"{at:%Y-%m-%d %H:%M:%S}",
            "plate": plate, "axles": chance.choice(list(LIMITS)), "gross_kg": chance.randrange(3_000, 130_000),
            "lane": at_number % 5 or "", "speed": 20 + at_number % 67 if at_number % 11 else "",
        })  # fmt: skip
    return rows


def clock_lies(platform, record_ids):
    """Let the clocks of these records' devices be ahead: they count when they came."""
    entity, day = platform.snapshot.entities["weighing"], int(f"{datetime.now(ZONE):%Y%m%d}")
    for record_id in record_ids:
        said = {"clock": "ahead", "day": day}
        error = platform.store.writer.amend(entity, record_id, said, "test", "测试时钟").exception()
        assert error is None or "nothing to change" in str(error) or "is void" in str(error), error


def load(platform, rows):
    names = list(rows[0])
    text = "\n".join([",".join(names), *(",".join(str(row[name]) for name in names) for row in rows)])
    said = {"entity": "weighing", "name": "seed.csv", "data": text.encode().hex(), "replace": False, "who": "test"}
    done = homes.operate(platform, "load", **said)
    assert not done["refused"], done
