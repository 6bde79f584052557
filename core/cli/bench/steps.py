"""The bench of intake: posts through the five steps against plain executemany of what they stored."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from core.cli.homes import load_demo_rows, make_home
from core.intake.intake import Means, take
from core.intake.post import Partner, Post
from core.run import garbage
from core.run.home import Home
from core.run.live import Platform
from core.run.means import means_of
from core.store.database import now_ms

IN_FLIGHT = 8
LEDGER = "ledger"


@dataclass
class Timing:
    """One measured stretch: records a second, and CPU microseconds a record of the whole process."""

    rate: float
    cpu_us: float


def measure(
    folder: Path, records: int, rounds: int, sizes: list[int], step: Callable[[], None]
) -> list[dict[str, Any]]:
    """[{records_a_post, ours_per_s, executemany_per_s, ratio, ours_cpu_us, executemany_cpu_us}], medians of rounds."""
    results = []
    garbage.look_seldom()
    garbage.give_back()
    for size in sizes:
        number = max(size, records if size > 1 else records // 10)
        ours, raw = [], []
        for turn in range(rounds):
            home = Home(folder / f"home-{size}-{turn}")
            make_home(home, demo=True)
            load_demo_rows(home, quiet=True)
            ours.append(_ours(home, number, size))
            step()
            raw.append(_executemany(home, folder / f"raw-{size}-{turn}.sqlite", size))
            step()
        results.append(
            {
                "records_a_post": size,
                "ours_per_s": round(median(item.rate for item in ours)),
                "executemany_per_s": round(median(item.rate for item in raw)),
                "ratio": round(median(a.rate / b.rate for a, b in zip(ours, raw, strict=True)), 2),
                "ours_cpu_us": round(median(item.cpu_us for item in ours), 1),
                "executemany_cpu_us": round(median(item.cpu_us for item in raw), 1),
            }
        )
    return results


def _ours(home: Home, number: int, size: int) -> Timing:
    bodies = [_body(start, min(size, number - start)) for start in range(0, number, size)]
    with home.lock(), Platform.opened(home) as platform:
        snapshot = platform.snapshot
        means = means_of(platform, snapshot, lambda post: Partner("bench", stations=frozenset("*")))
        posts = (
            Post(body, {}, "127.0.0.1", now_ms(), snapshot.interfaces["preview"], snapshot.number) for body in bodies
        )
        with _timed(number) as timing:
            asyncio.run(_all(posts, means))
    return timing[0]


async def _all(posts: Iterator[Post], means: Means) -> None:
    """Take them, so many at a time; as in a server, none is kept when it is answered."""

    async def worker() -> None:
        for post in posts:
            await take(post, means)
            if post.duplicates or post.refused:
                raise RuntimeError("the bench's own records were refused")

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))


def _executemany(home: Home, target: Path, size: int) -> Timing:
    """The rows that ours stored, put into the same tables with the same indexes by executemany alone."""
    source = sqlite3.connect(home.data / "zc.sqlite")
    names = ("r_weighing", LEDGER)
    orders = {"r_weighing": "id", LEDGER: "record_id"}  # in the order in which they came, as ours had to take them
    tables = {
        name: source.execute(f"SELECT * FROM {name} ORDER BY {orders[name]}").fetchall()  # noqa: S608 - our names
        for name in names
    }
    tables[LEDGER] = [row for row in tables[LEDGER] if row[0] == "weighing"]
    schema = source.execute("SELECT sql FROM sqlite_master WHERE tbl_name IN (?, ?) AND sql IS NOT NULL", names)
    database = sqlite3.connect(target, isolation_level=None)
    for (statement,) in schema.fetchall():
        database.execute(statement)
    source.close()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "wal_autocheckpoint=4000"):
        database.execute(f"PRAGMA {pragma}")
    number = len(tables["r_weighing"])
    inserts = {
        name: f"INSERT INTO {name} VALUES ({','.join('?' * len(rows[0]))}){once}"  # noqa: S608 - our names
        for (name, rows), once in zip(tables.items(), ("", " ON CONFLICT DO NOTHING"), strict=True)
    }
    group = size * IN_FLIGHT
    with _timed(number) as timing:
        for start in range(0, number, group):
            database.execute("BEGIN IMMEDIATE")
            for name, rows in tables.items():
                database.executemany(inserts[name], rows[start : start + group])
            database.execute("COMMIT")
    database.close()
    return timing[0]


@contextmanager
def _timed(number: int) -> Iterator[list[Timing]]:
    found: list[Timing] = []
    wall, cpu = time.perf_counter(), time.process_time()
    yield found
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    found.append(Timing(number / wall, cpu / number * 1e6))


def _body(start: int, count: int) -> bytes:
    """A post in the tender's form; stations, plates and weights vary so that indexes do real work."""
    rows = [
        {
            "previewdate": f"2026-11-{1 + index % 20:02d} {index % 24:02d}:{index % 60:02d}:{index * 7 % 60:02d}",
            "previewcode": f"BENCH-{index:09d}",
            "previewstationcode": "DEMO-430481-01" if index % 2 else "DEMO-430421-01",
            "truckno": f"湘D{index * 7919 % 90000 + 10000}",
            "truckcode": "157",
            "axisnum": 2 + index % 5,
            "speed": 30 + index % 40 + 0.5,
            "ianeno": 1 + index % 3,
            "totalweight": 12_000 + index * 131 % 45_000,
            "overlimited": 0,
        }
        for index in range(start, start + count)
    ]
    return json.dumps({"bodys": rows}, ensure_ascii=False).encode()
