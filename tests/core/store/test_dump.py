"""Dump and restore: equal by the manifest, of one moment under load, any changed byte found."""

from __future__ import annotations

import gzip
import random
import shutil
import threading

import pytest

from core.declare.problem import ZcError
from core.store.credentials import NewCredential
from core.store.dump import dump, measure, verify
from core.store.request import Refusal, State
from core.store.restore import restore
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store
from tests.core.store.counted import ALL, agree
from tests.core.store.records import ENTITIES, STATION, WEIGHING, row, weighing, write


def fill(store: Store) -> None:
    rows = [weighing(f"A{n}", plate="湘D\n\t\\", speed=n / 7, trusted=[True, False, None][n % 3]) for n in range(200)]
    refusal = Refusal(b"\0\xff raw", [{"outcome": "missing", "field": "code", "message": "缺少"}])
    store.writer.put(write(WEIGHING, *rows, refusals=(refusal,), outbox=[("alarm", {"n": 1})])).result()
    store.writer.put(write(STATION, row(STATION, code="S1", region="R1"))).result()
    store.writer.amend(WEIGHING, 1, {"axles": 3}, "test-user", "test").result()
    store.credentials.add(NewCredential("p", "token", "app", b"\0hash", b"salt"))
    store.job_runs.ended(store.job_runs.started("backup"), ok=True)
    assert store.state.next_snapshot() == 1


def contents(manifest) -> dict:
    return {table: (entry["rows"], entry["content"]) for table, entry in manifest.items()}


@pytest.fixture
def dumped(store, tmp_path):
    fill(store)
    return store, tmp_path / "dump", dump(store, tmp_path / "dump")


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request, tmp_path):
    """An empty store to restore into, of either database whatever the source is."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'target.db'}"
    else:
        url = request.getfixturevalue("second_postgresql_url")
    opened = Store.open(url)
    yield opened
    opened.close()


def test_a_restored_store_measures_as_the_manifest_says(dumped, target):
    _, folder, manifest = dumped
    assert verify(folder, manifest) == []
    restore(target, folder, manifest)
    assert contents(measure(target)) == contents(manifest)


def test_a_restored_store_goes_on(dumped, target):
    source, folder, manifest = dumped
    restore(target, folder, manifest)
    plan = target.plan(ENTITIES)
    assert {step.words.split(" r_")[0] for step in plan.steps} == {"build the index"}
    assert plan.problems == ()
    target.apply(plan)
    everything = Search(WEIGHING, limit=1_000)
    assert target.search(everything, Scope.whole(), ENTITIES) == source.search(everything, Scope.whole(), ENTITIES)
    written = target.writer.put(write(WEIGHING, weighing("A1", plate="other"), weighing("new"))).result()
    assert written.states == [State.CONFLICT, State.STORED]
    assert written.ids[1] > 200
    assert target.state.next_snapshot() == 2
    assert target.keys(STATION) == {"S1"}
    assert len(target.refusals.page()) == 2
    target.job_runs.ended(target.job_runs.started("backup"), ok=True)
    assert len(target.job_runs.last("backup", 5)) == 2


def test_a_dump_under_load_is_of_one_moment(store, target, tmp_path):
    fill(store)
    stop = threading.Event()

    def load():
        n = 0
        while not stop.is_set():
            store.writer.put(write(WEIGHING, *(weighing(f"L{n}-{m}") for m in range(20)))).result()
            n += 1

    thread = threading.Thread(target=load)
    thread.start()
    try:
        manifest = dump(store, tmp_path / "dump")
    finally:
        stop.set()
        thread.join()
    assert manifest["r_weighing"]["rows"] + manifest["r_station"]["rows"] == manifest["ledger"]["rows"]
    restore(target, tmp_path / "dump", manifest)
    assert contents(measure(target)) == contents(manifest)


def test_statistics_are_in_no_copy_and_counted_anew_after_a_restore(store, target, tmp_path):
    fill(store)
    for each in (store, target):
        each.apply(each.plan(ENTITIES))
        each.statistics.adopt(ALL)
    store.statistics.fill()
    manifest = dump(store, tmp_path / "dump")
    assert not [table for table in manifest if table.startswith("s_") or table in ("statistic", "dirty_cell")]
    restore(target, tmp_path / "dump", manifest)
    assert contents(measure(target)) == contents(manifest)
    target.statistics.adopt(ALL)
    target.statistics.fill()
    agree(target, ALL)


def test_equal_stores_make_equal_files(dumped, tmp_path):
    store, _, manifest = dumped
    assert dump(store, tmp_path / "again") == manifest


def test_any_flipped_byte_is_found(dumped, target):
    _, folder, manifest = dumped
    path = folder / "r_weighing.jsonl.gz"
    whole = path.read_bytes()
    for place in [0, 4, 9, len(whole) - 1, *random.Random(1).sample(range(len(whole)), 20)]:
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert verify(folder, manifest) == [
            "r_weighing.jsonl.gz is not what was written: its sha256 differs from the manifest's"
        ]
    with pytest.raises(ZcError, match="damaged"):
        restore(target, folder, manifest)
    assert "r_weighing" not in measure(target)


def test_missing_and_extra_files_are_found(dumped):
    _, folder, manifest = dumped
    (folder / "ledger.jsonl.gz").rename(folder / "other.jsonl.gz")
    assert verify(folder, manifest) == ["ledger.jsonl.gz is missing", "other.jsonl.gz is not in the manifest"]


def test_a_store_with_records_is_not_restored_into(dumped):
    store, folder, manifest = dumped
    before = contents(measure(store))
    with pytest.raises(ZcError, match="not empty"):
        restore(store, folder, manifest)
    assert contents(measure(store)) == before


def test_a_restore_that_fails_leaves_the_store_as_it_was(dumped, target):
    _, folder, manifest = dumped
    before = contents(measure(target))
    wrong = {**manifest, "r_weighing": {**manifest["r_weighing"], "rows": 1}}
    with pytest.raises(ZcError, match="the manifest says 1"):
        restore(target, folder, wrong)
    assert contents(measure(target)) == before


def test_a_table_of_another_version_is_refused(dumped, target):
    _, folder, manifest = dumped
    shutil.copy(folder / "ledger.jsonl.gz", folder / "later.jsonl.gz")
    with pytest.raises(ZcError, match="not a table of this version"):
        restore(target, folder, {**manifest, "later": manifest["ledger"]})


def test_progress_is_told(store, tmp_path):
    fill(store)
    told = []
    manifest = dump(store, tmp_path / "dump", lambda table, rows: told.append((table, rows)))
    assert ("r_weighing", 200) in told
    with gzip.open(tmp_path / "dump" / "r_weighing.jsonl.gz", "rt", encoding="utf-8") as lines:
        assert len(list(lines)) == manifest["r_weighing"]["rows"] + 1
