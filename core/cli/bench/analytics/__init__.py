"""The bench of figures: statistics in force, questions that nobody declared and the pages' whole data, beside the same
by hand in SQLite's, PostgreSQL's and DuckDB's raw rows; and what keeping statistics costs intake."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.cli.bench.analytics import home_screen, intake_cost
from core.cli.bench.analytics.aims import OF_A_PAGE, OURS, row_of
from core.cli.bench.analytics.by_hand import Rows, Side, exported, is_exported, sides
from core.cli.bench.analytics.questions import Asked, questions
from core.cli.bench.pages.site import Site, prepared
from core.cli.bench.pages.weighings import CITY, Traffic
from core.declare.problem import ZcError
from core.entity.statistic import HOUR_MS
from core.run.ad_hoc import ask_ad_hoc, declared_in
from core.run.answer import ask
from core.run.live import Platform
from core.store.scope import Scope

CHANGED = 200
HOURS_BEFORE_MIDNIGHT = 6
CLOSE = 1e-9
WHO, WHY = "bench", "records that changed since their month was archived"
LEGEND = (
    "medians of the rounds in turns, ratios turn by turn; times sqlite, times postgresql: their time by hand ÷ ours; of"
    " duckdb: our time ÷ DuckDB's by hand on Parquet files; a page: what all its blocks ask of statistics, one after"
    " the other; cost percent: of the records that intake takes in a second of CPU, those that it takes less"
)


@dataclass(frozen=True)
class Report:
    """The rows, and {side that was not there: why}."""

    rows: list[dict[str, Any]]
    skipped: dict[str, str]


def made(folder: Path, records: int, step: Callable[[int], None], say: Callable[[str], None]) -> Site:
    """The home with its weighings, statistics, archive and raw rows, made or gone on with; a few records changed after
    their months were archived."""
    site = prepared(folder, records, None, step, stations=CITY)
    if not is_exported(site.home):
        with site.home.lock(), Platform.opened(site.home) as platform:
            platform.operate("archive.write", say, entity="weighing")
            say("records change")
            _change_some(platform, records)
            say("raw rows")
            exported(site.home, platform.store, platform.snapshot.entities["weighing"])
    return site


def run(site: Site, records: int, rounds: int, step: Callable[[str], None]) -> Report:
    """A row for each question, page and the intake, each compared before it is timed. ZcError where sides differ."""
    zone = ZoneInfo(site.zone)
    with site.home.lock(), Platform.opened(site.home) as platform:
        step("the sides by hand")
        entity = platform.snapshot.entities["weighing"]
        with sides(site.home, platform.store, entity) as (by_hand, skipped):
            asked = questions(site.end_ms, zone, next(iter(CITY)))
            rows = [_measured(platform, by_hand, one, rounds, step) for one in asked]
        now_ms = site.end_ms - HOURS_BEFORE_MIDNIGHT * HOUR_MS
        rows += [_of_page(platform, page, now_ms, rounds, step) for page in home_screen.PAGES]
    traffic = Traffic(records, site.end_ms, zone, stations=CITY)
    with tempfile.TemporaryDirectory(prefix="zc-bench-") as folder:
        rows.append(intake_cost.measure(Path(folder), traffic, rounds, step))
    return Report(rows, skipped)


def _change_some(platform: Platform, records: int) -> None:
    """Every other one of some records is set aside, the others are amended."""
    entity, writer = platform.snapshot.entities["weighing"], platform.store.writer
    with platform.store.database.reading() as session:
        ids = [number for (number,) in session.execute("SELECT id FROM r_weighing WHERE voided_at IS NULL ORDER BY id")]
    for at, number in enumerate(ids[:: max(1, records // CHANGED)]):
        if at % 2:
            writer.void(entity, number, WHO, WHY).result()
        else:
            writer.amend(entity, number, {"gross_kg": 12_340}, WHO, WHY).result()


def _measured(
    platform: Platform, by_hand: Mapping[str, Side], asked: Asked, rounds: int, step: Callable[[str], None]
) -> dict[str, Any]:
    ways: dict[str, Callable[[], Rows]] = {OURS: partial(_ours, platform, asked)}
    ways |= {name: partial(side.rows, asked.by_hand) for name, side in by_hand.items()}
    step(f"{asked.name}: compared")
    ours = ways[OURS]()
    for name, way in ways.items():
        compare(asked, name, ours, way())
    return row_of(asked.name, len(ours), _timed(asked.name, ways, rounds, step), asked.aims)


def _ours(platform: Platform, asked: Asked) -> Rows:
    """The answer's rows, in the order of the SQL's columns."""
    if asked.statistic:
        answer = ask(Scope.whole(), platform.store, platform.snapshot, asked.question)
    else:
        snapshot = replace(platform.snapshot, statistics={})  # none in force answers in place of the records
        declared = declared_in(asked.declared, snapshot, asked.by)
        answer = ask_ad_hoc(Scope.whole(), platform.store, platform.columnar, snapshot, declared, asked.question)
    names = (*asked.by, *asked.measures)
    return [tuple(row[name] for name in names) for row in answer.rows]


def compare(asked: Asked, side: str, ours: Rows, theirs: Rows) -> None:
    """ZcError where a group or a value of one is not the other's."""
    number = len(asked.by)
    one, other = ({row[:number]: row[number:] for row in rows} for rows in (ours, theirs))
    for group in one.keys() | other.keys():
        if not _same(one.get(group), other.get(group)):
            raise ZcError(
                f"{asked.name}: at {group} ours is {one.get(group)} and {side} by hand {other.get(group)}",
                "A figure is wrong: see core/store/figures.py and core/store/columnar.py",
            )


def _same(one: Sequence[Any] | None, other: Sequence[Any] | None) -> bool:
    if one is None or other is None:
        return False
    return all(
        a == b or (a is not None and b is not None and math.isclose(a, float(b), rel_tol=CLOSE))
        for a, b in zip(one, other, strict=True)
    )


def _of_page(platform: Platform, page: str, now_ms: int, rounds: int, step: Callable[[str], None]) -> dict[str, Any]:
    asked = home_screen.asked_by(platform, page, now_ms)
    if wrong := home_screen.differing(platform, asked):
        raise ZcError(f"page {page}: what statistics say differs from the records: {'; '.join(wrong)}")
    ways = {OURS: partial(home_screen.told, platform, asked)}
    name = f"page {page}, {len(asked)} questions"
    return row_of(name, len(asked), _timed(name, ways, rounds, step), [OF_A_PAGE])


def _timed(
    name: str, ways: Mapping[str, Callable[[], Any]], rounds: int, step: Callable[[str], None]
) -> dict[str, list[float]]:
    """Seconds of each way, in turns that begin with another one each time."""
    found: dict[str, list[float]] = {way: [] for way in ways}
    order = list(ways)
    for turn in range(rounds):
        for way in order[turn % len(order) :] + order[: turn % len(order)]:
            step(f"{name}: {way}")
            began = time.perf_counter()
            ways[way]()
            found[way].append(time.perf_counter() - began)
    return found
