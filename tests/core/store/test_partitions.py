"""A table that the migration of examples/months.py has partitioned goes on as one that was made by the store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.store.dump import dump, measure
from core.store.request import State
from core.store.restore import restore
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store
from tests.core.store.counted import ALL, agree
from tests.core.store.records import ENTITIES, WEIGHING, put, rows_of, weighing

MONTHS = Path(__file__).parents[3] / "plugins" / "dynamic_weighing" / "examples" / "months.py"
MONTH_MS = 31 * 86_400_000
NOW = int(datetime.now(UTC).timestamp() * 1000)
TIMES = {"now": NOW, "last": NOW - MONTH_MS, "before": NOW - 3 * MONTH_MS, "early": 0, "ahead": NOW + 60 * MONTH_MS}
"""By code; a record called none has no time."""


def at(code: str, time: int | None, **other: object) -> object:
    """A weighing of that moment, on its day."""
    day = int(f"{datetime.fromtimestamp((NOW if time is None else time) / 1000, UTC):%Y%m%d}")
    return weighing(code, weighed_at=time, received_at=NOW if time is None else time, day=day, gross_kg=9000, **other)


def partition(store: Store, folder: Path, number: int = 1) -> None:
    """Run the migration under that number, with fewer months ahead; nothing is left for a plan to do."""
    folder.mkdir(exist_ok=True)
    script = MONTHS.read_text(encoding="utf-8")
    assert "MONTHS_AHEAD = 10, 24" in script
    fewer = script.replace("MONTHS_AHEAD = 10, 24", "MONTHS_AHEAD = 10, 2")
    (folder / f"{number:04}_months.py").write_text(fewer, encoding="utf-8")
    pending, problems = store.pending_migrations({"home": folder})
    assert problems == store.migrate(pending) == []
    assert (store.plan(ENTITIES).steps, store.plan(ENTITIES).problems) == ((), ())


def where(store: Store) -> dict[str, str]:
    """The partition of each record by its code."""
    with store.database.reading() as session:
        return dict(session.execute('SELECT "code", tableoid::regclass::text FROM "r_weighing"').fetchall())


@pytest.fixture
def partitioned(postgresql_url: str, tmp_path: Path) -> Iterator[Store]:
    """A store with a record in each of some months, partitioned then, with statistics."""
    store = Store.open(postgresql_url)
    store.apply(store.plan(ENTITIES))
    put(store, *(at(code, time) for code, time in TIMES.items()), at("none", None))
    store.statistics.adopt(ALL)
    store.statistics.fill()
    partition(store, tmp_path / "migrations")
    yield store
    store.close()


def test_each_record_lies_in_its_month_and_what_has_none_in_the_rest(partitioned: Store) -> None:
    places = where(partitioned)
    assert {code for code, place in places.items() if place == "p_weighing_rest"} == {"early", "ahead", "none"}
    assert len({places[code] for code in ("now", "last", "before")}) == 3
    assert {row["code"] for row in rows_of(partitioned)} == {*TIMES, "none"}


def test_records_of_any_time_are_stored_once(partitioned: Store) -> None:
    rows = [at(f"{code}-2", time) for code, time in TIMES.items()] + [at("none-2", None)]
    rows += [at(f"many{n}", NOW - n * MONTH_MS // 9) for n in range(100)]  # more than go in one by one
    assert put(partitioned, *rows).states == [State.STORED] * len(rows)
    assert put(partitioned, *rows).states == [State.DUPLICATE] * len(rows)
    assert len(rows_of(partitioned)) == 2 * (len(TIMES) + 1) + 100
    agree(partitioned, ALL)


def test_a_record_is_amended_into_another_month_and_voided(partitioned: Store) -> None:
    record = next(row for row in rows_of(partitioned) if row["code"] == "now")
    moved = {"weighed_at": TIMES["last"], "day": int(f"{datetime.fromtimestamp(TIMES['last'] / 1000, UTC):%Y%m%d}")}
    partitioned.writer.amend(WEIGHING, record["id"], moved, "test-user", "test").result()
    assert where(partitioned)["now"] == where(partitioned)["last"]
    partitioned.writer.void(WEIGHING, record["id"], "test-user", "test").result()
    assert "now" not in {row["code"] for row in rows_of(partitioned)}
    agree(partitioned, ALL)


def test_pages_go_through_all_partitions_in_order(partitioned: Store) -> None:
    found, after = [], None
    while True:
        search = Search(WEIGHING, columns=("code",), sort=("-weighed_at",), limit=2, after=after)
        page = partitioned.search(search, Scope.whole(), ENTITIES)
        found += [row["code"] for row in page.rows]
        after = page.after
        if after is None:
            break
    assert found == ["ahead", "now", "last", "before", "early", "none"]


def test_columns_and_indexes_are_added_to_every_partition(partitioned: Store) -> None:
    wider = replace(WEIGHING, indexes=(("plate", "weighed_at"), *WEIGHING.indexes))
    steps = partitioned.plan({"weighing": wider}).steps
    assert steps[-1].words == "build the index r_weighing (plate, weighed_at)"
    assert len(steps) > 6
    assert all("CONCURRENTLY" in step.sql[0] for step in steps[:-1])
    partitioned.apply(partitioned.plan({"weighing": wider}))
    assert partitioned.plan({"weighing": wider}).steps == ()
    with partitioned.database.reading() as session:
        invalid = session.execute("SELECT count(*) FROM pg_index WHERE NOT indisvalid").fetchone()[0]
    assert invalid == 0


def test_a_year_later_the_following_months_are_made(partitioned: Store, tmp_path: Path) -> None:
    place = where(partitioned)["last"]
    partitioned.writer.run(lambda session: session.execute(f'ALTER TABLE r_weighing DETACH PARTITION "{place}"'))
    partitioned.writer.run(lambda session: session.execute(f'INSERT INTO r_weighing SELECT * FROM "{place}"'))
    partitioned.writer.run(lambda session: session.execute(f'DROP TABLE "{place}"'))
    assert where(partitioned)["last"] == "p_weighing_rest"
    partition(partitioned, tmp_path / "migrations", 2)
    assert where(partitioned)["last"] == place


def test_a_copy_goes_to_a_plain_table_and_is_the_same(partitioned: Store, sqlite_url: str, tmp_path: Path) -> None:
    manifest = dump(partitioned, tmp_path / "dump")
    assert manifest["r_weighing"]["rows"] == len(TIMES) + 1
    assert [table for table in manifest if table.startswith("p_")] == []
    copy = Store.open(sqlite_url)
    restore(copy, tmp_path / "dump", manifest)
    measured = measure(copy)
    assert {table: said["content"] for table, said in measured.items()} == {
        table: said["content"] for table, said in manifest.items()
    }
    copy.close()


def test_on_sqlite_the_migration_changes_nothing(sqlite_url: str, tmp_path: Path) -> None:
    store = Store.open(sqlite_url)
    store.apply(store.plan(ENTITIES))
    put(store, at("now", NOW))
    partition(store, tmp_path / "migrations")
    assert [row["code"] for row in rows_of(store)] == ["now"]
    store.close()
