"""The home of the bench: made once, its weighings taken by the five steps of intake as if each had come when it was
weighed, so that ledger, statistics and the index of parts are as a year of intake leaves them."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import yaml

from core.cli.bench.pages.weighings import A_BATCH, SPREADS, STATIONS, Traffic, body
from core.cli.homes import load_demo_rows, make_home
from core.cli.session import operate
from core.declare.problem import ZcError
from core.intake.intake import Means, take
from core.intake.post import Partner, Post
from core.run import garbage
from core.run.home import Home
from core.run.live import Platform
from core.run.means import means_of

INTERFACE = "bench"
PARTNER = "bench-partner"
MADE = "bench.json"
IN_FLIGHT = 4
YEAR = "year"
RECEIVED_AFTER_MS = 20_000


@dataclass(frozen=True)
class Site:
    """A home that has its weighings, `traffics` one after the other, and the digest of its declarations. `alike` is
    which characters of plates are taken for which, `zone` the site's."""

    home: Home
    traffics: Sequence[Traffic]
    zone: str
    alike: Mapping[str, str]
    digest: str

    @property
    def end_ms(self) -> int:
        """The start of the civil day before which they lie, UTC milliseconds."""
        return self.traffics[-1].end_ms


def prepared(
    folder: Path,
    records: int,
    database: str | None,
    step: Callable[[int], None],
    spread: str = YEAR,
    stations: Mapping[str, int] = STATIONS,
) -> Site:
    """The home in `folder` with so many weighings at these stations, over which of SPREADS, made or gone on with;
    `step` hears how many are there. ZcError where the folder holds another bench's."""
    home = Home(folder)
    if not home.is_made:
        make(home, database, stations)
    with home.lock(), Platform.opened(home) as platform:
        of_spread = SPREADS[spread](records, _end_of(platform, records, spread), platform.snapshot.zone)
        traffics = [replace(traffic, stations=stations) for traffic in of_spread]
        garbage.look_seldom()
        garbage.give_back()
        for traffic in traffics:
            _fill(platform, traffic, step)
        platform.store.statistics.fill()
        platform.store.fill_parts(platform.snapshot.entities)
        plates = platform.snapshot.entities["weighing"].fields["plate"]
        return Site(home, traffics, str(platform.snapshot.zone), plates.type.alike, platform.snapshot.digest)


def make(home: Home, database: str | None, stations: Mapping[str, int]) -> None:
    """A demo home with the bench's interface and these stations."""
    make_home(home, demo=True)
    interface = Path(__file__).parents[1] / "interface.yaml"
    shutil.copy(interface, home.root / "interfaces" / f"{INTERFACE}.yaml")
    if database:
        file = home.root / "config" / "site.yaml"
        site = yaml.safe_load(file.read_text(encoding="utf-8")) | {"store": database}
        file.write_text(yaml.safe_dump(site, allow_unicode=True), encoding="utf-8")
    load_demo_rows(home, quiet=True)
    _add_stations(home, [code for code in stations if code not in STATIONS])


def _add_stations(home: Home, codes: Sequence[str]) -> None:
    """Demo stations beside those that every demo home has; DEMO-430481-11 lies in the county 430481."""
    if not codes:
        return
    table = io.StringIO()
    lines = csv.writer(table)
    lines.writerow(("code", "title", "region", "demo"))
    lines.writerows((code, f"演示 {code}", code.split("-")[1], "true") for code in codes)
    data = table.getvalue().encode().hex()
    done = operate(home, "load", entity="station", name="bench.csv", data=data, replace=False, who="bench")
    if done["refused"]:
        raise ZcError(f"the bench's stations were refused: {done['refused'][0]['message']}")


def _end_of(platform: Platform, records: int, spread: str) -> datetime:
    """The day before which they lie: it stays where it was when the home was begun."""
    file = platform.home.data / MADE
    zone = platform.snapshot.zone
    wanted = {"records": records, "spread": spread}
    if not file.exists():
        today = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        file.write_text(json.dumps({**wanted, "end_ms": int(today.timestamp() * 1000)}), encoding="utf-8")
    made = {"spread": YEAR, **json.loads(file.read_text(encoding="utf-8"))}
    if {name: made[name] for name in wanted} != wanted:
        was = f"{made['records']:,} weighings over a {made['spread']}"
        raise ZcError(f"{platform.home.root} was made for {was}", "Name another folder")
    return datetime.fromtimestamp(made["end_ms"] / 1000, zone)


def _fill(platform: Platform, traffic: Traffic, step: Callable[[int], None]) -> None:
    with platform.store.database.reading() as session:
        all_there = session.execute("SELECT count(*) FROM r_weighing").fetchone()[0]
    step(all_there)
    there = min(max(0, all_there - traffic.first), traffic.records)
    if there == traffic.records:
        return
    snapshot = platform.snapshot
    means = means_of(platform, snapshot, lambda post: Partner(post.headers[PARTNER], simulated=True))
    start = max(0, there // A_BATCH - IN_FLIGHT) * A_BATCH  # what was in flight when it was broken off comes again
    interface = snapshot.interfaces[INTERFACE]
    batches = (
        [Post(body(rows), {PARTNER: f"demo-{partner}"}, "127.0.0.1", at + RECEIVED_AFTER_MS, interface, snapshot.number)
         for partner, rows in by_partner.items()]
        for at, by_partner in traffic.batches(start)
    )  # fmt: skip
    asyncio.run(_take_all(batches, means, lambda number: step(traffic.first + start + number)))


async def _take_all(batches: Iterator[list[Post]], means: Means, step: Callable[[int], None]) -> None:
    done = 0

    async def worker() -> None:
        nonlocal done
        for posts in batches:
            for post in posts:
                await take(post, means)
                if post.refused:
                    raise ZcError(f"the bench's own records were refused: {post.refused[0].reasons}")
            done += A_BATCH
            step(done)

    await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
