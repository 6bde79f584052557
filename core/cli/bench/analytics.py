"""Questions that nobody declared, beside the same counted by hand: in SQLite's rows, and by DuckDB in the same rows."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import yaml

from core.cli.bench.pages.site import Site
from core.declare.problem import ZcError
from core.run.ad_hoc import ask_ad_hoc, declared_in
from core.run.answer import ask
from core.run.live import Platform
from core.run.question import Question
from core.store import duck
from core.store.columnar import Columnar
from core.store.scope import Scope

LEGEND = (
    "medians of the rounds in turns; duckdb: by hand, on one file with all records; times sqlite: SQLite's time ÷ ours;"
    " of duckdb: our time ÷ DuckDB's by hand; kept: the same of a statistic in force"
)
ALL = "all.parquet"


@dataclass(frozen=True)
class Asked:
    """One question: as it is declared, asked by these, and by hand as SQL over {records}."""

    name: str
    declared: str
    by: tuple[str, ...]
    by_hand: str
    kept: tuple[str, ...] = ()  # the measures of the shipped statistic `weighings` that say the same


COUNTED = "measures: {trucks: {label: 辆, count: true}}"
WEIGHED = "measures: {mean: {label: 平均, mean: gross_kg}, heaviest: {label: 最大, max: gross_kg}}"
HAPPENED = "CASE WHEN clock = 'ok' AND weighed_at IS NOT NULL THEN weighed_at ELSE received_at END"
QUESTIONS = (
    Asked(
        name="month × class",
        declared=f"dimensions: [overload_class]\n{COUNTED}",
        by=("month", "overload_class"),
        by_hand="SELECT CAST(day / 100 AS INTEGER), overload_class, count(*)"
        " FROM {records} WHERE voided_at IS NULL GROUP BY 1, 2",
        kept=("trucks",),
    ),
    Asked(
        name="station × class, mean and max",
        declared=f"dimensions: [overload_class]\n{WEIGHED}",
        by=("station", "overload_class"),
        by_hand="SELECT station, overload_class, sum(gross_kg), count(gross_kg), max(gross_kg)"
        " FROM {records} WHERE voided_at IS NULL GROUP BY 1, 2",
        kept=("mean_gross", "heaviest"),
    ),
    Asked(
        name="five axles and over 49 t, by station",
        declared=f"where: {{axles: {{from: 5}}, gross_kg: {{above: 49000}}}}\n{COUNTED}",
        by=("station",),
        by_hand="SELECT station, count(*) FROM {records}"
        " WHERE voided_at IS NULL AND axles >= 5 AND gross_kg > 49000 GROUP BY 1",
    ),
    Asked(
        name="time of day × axles",
        declared=f"dimensions: [axles]\n{COUNTED}",
        by=("hour_of_day", "axles"),
        by_hand=f"SELECT ({HAPPENED} + 28800000) / 3600000 % 24, axles, count(*)"  # noqa: S608 - constants
        " FROM {records} WHERE voided_at IS NULL GROUP BY 1, 2",
    ),
)


def run(site: Site, rounds: int, step: Callable[[str], None]) -> list[dict[str, Any]]:
    """A row for each question. ZcError where an answer has other groups than the same by hand."""
    said = yaml.safe_load((site.home.root / "config" / "site.yaml").read_text(encoding="utf-8"))
    if not said["store"].startswith("sqlite:///"):
        raise ZcError("this bench compares with SQLite", "Leave --database out")
    file = site.home.root / said["store"].removeprefix("sqlite:///")
    with site.home.lock(), Platform.opened(site.home) as platform:
        step("archive")
        platform.operate("archive.write", step, entity="weighing")
        platform.archive.follow(platform.snapshot.entities["weighing"])
        records = _all_records(platform)
        open_rows, open_hand = (
            sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True),
            duck.connect(platform.archive.folder),
        )
        with closing(open_rows) as rows, closing(open_hand) as hand:
            return [_measured(platform, asked, rows, hand, records, rounds, step) for asked in QUESTIONS]


def _all_records(platform: Platform) -> str:
    """All records in one file, as somebody who asks DuckDB by hand would have them."""
    entity = platform.snapshot.entities["weighing"]
    path = platform.archive.folder / ALL
    target = duck.literal(str(path.absolute()))
    if not path.exists():
        with closing(duck.connect(platform.archive.folder)) as connection:
            duck.create_table(connection, "records", entity)
            columns = ", ".join(f'"{name}"' for name in duck.columns_of(entity))
            with platform.store.database.reading() as session:
                sql = f'SELECT {columns} FROM "{entity.table}" ORDER BY "id"'  # noqa: S608 - compiled names
                duck.pour(connection, "records", entity, session.dialect.stream(session, sql), platform.archive.folder)
            connection.execute(f"COPY records TO {target} (FORMAT parquet, COMPRESSION zstd)")
    return f"read_parquet({target})"


def _measured(
    platform: Platform, asked: Asked, rows: Any, hand: Any, records: str, rounds: int, step: Callable[[str], None]
) -> dict[str, Any]:
    snapshot = replace(platform.snapshot, statistics={}, site={**platform.snapshot.site, "demo": True})
    declared = declared_in(f"entity: weighing\n{asked.declared}\n", snapshot, asked.by)
    columnar: Columnar = platform.columnar

    def ours() -> int:
        question = Question(declared.id, asked.by, tuple(name for name in declared.measures if name != "count"))
        return len(ask_ad_hoc(Scope.whole(), platform.store, columnar, snapshot, declared, question).rows)

    ways: dict[str, Callable[[], int]] = {
        "ours": ours,
        "sqlite": lambda: len(rows.execute(asked.by_hand.format(records="r_weighing")).fetchall()),
        "duckdb": lambda: len(hand.execute(asked.by_hand.format(records=records)).fetchall()),
    }
    if asked.kept:
        demo = replace(platform.snapshot, site=snapshot.site)
        question = Question("weighings", asked.by, asked.kept)
        ways["kept"] = lambda: len(ask(Scope.whole(), platform.store, demo, question).rows)
    groups = {name: way() for name, way in ways.items()}  # warm, too
    if len(set(groups.values())) != 1:
        raise ZcError(f"{asked.name}: the ways differ: {groups}", "An answer is wrong; see core/store/columnar.py")
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            step(f"{asked.name}: {name}")
            times[name].append(_timed(way))
    ms = {name: median(found) * 1000 for name, found in times.items()}
    return {
        "question": asked.name,
        "groups": groups["ours"],
        **{f"{name}_ms": round(ms[name], 1) for name in ("ours", "sqlite", "duckdb")},
        "times_sqlite": round(ms["sqlite"] / ms["ours"], 1),
        "kept_ms": round(ms["kept"], 1) if asked.kept else None,
        "kept_times_sqlite": round(ms["sqlite"] / ms["kept"], 1) if asked.kept else None,
        "of_duckdb": round(ms["ours"] / ms["duckdb"], 2),
    }


def _timed(way: Callable[[], int]) -> float:
    start = time.perf_counter()
    way()
    return time.perf_counter() - start
