"""Questions that nobody declared, against SQL of the tests' own over the records: whatever happened to them, before and
after months are archived."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.run.ad_hoc import ask_ad_hoc, declared_in
from core.run.question import Question
from core.run.words import NotAllowed
from core.store import archiving, duck, raw
from core.store.archive import Archive, forget_all
from core.store.columnar import Columnar
from core.store.scope import Scope
from tests.core.run.asked import TRAFFIC, World, ms, snapshot_of
from tests.core.run.naive import place, recounted, same
from tests.core.run.test_answer_agrees import GRAINS, KEPT, PATHS, WINDOWS, happen, moves, steps

RECORDS = [
    ({}, "1 = 1"),
    ({"gross_kg": {"above": 30_000}}, "w.gross_kg > 30000"),
    ({"plate": {"like": "湘%"}}, "w.plate LIKE '湘%'"),
    ({"plate": {"starts": "湘A"}}, "substr(w.plate, 1, 2) = '湘A'"),
    ({"not": {"axles": {"in": [2, 6]}}}, "(w.axles IS NULL OR w.axles NOT IN (2, 6))"),
    ({"any": [{"speed": {"present": False}}, {"speed": {"to": 80}}]}, "(w.speed IS NULL OR w.speed <= 800)"),
    ({"station": {"within": "C1"}}, "w.station IN (SELECT code FROM r_station WHERE region IN ('C1', 'T1'))"),
]
SCOPES = [
    (Scope.whole(), "1 = 1"),
    (Scope.within("station", {"S1", "S4"}), "w.station IN ('S1', 'S4')"),
    (Scope.within("region", {"P"}), "{station.region@1} = 'P'"),
    (Scope.within("station", {"nowhere"}), "1 = 0"),
    (Scope.any_of([]), "1 = 0"),
]
asked = st.fixed_dictionaries(
    {
        "by": st.lists(st.sampled_from([*GRAINS, *KEPT, *PATHS]), max_size=3, unique=True),
        "records": st.sampled_from(RECORDS),
        "scope": st.sampled_from(SCOPES),
        "window": st.sampled_from(WINDOWS),
        "demo": st.booleans(),
    }
)
archived = st.tuples(st.just("archive"), st.sampled_from([202611, 202612, 202701]))
happenings = st.lists(st.one_of(steps, archived), max_size=12)


@pytest.fixture
def world(store_url: str, tmp_path: Path) -> Iterator[World]:
    """The site of the answers' tests, with an archive; no statistic is kept, so that all is counted from records."""
    made = World(store_url, snapshot_of(tmp_path))
    made.snapshot = made.all = made.narrow = replace(made.snapshot, statistics={})
    made.archive = Archive(made.store.database, made.store.writer, tmp_path / "archive")
    made.columnar = Columnar(made.store.database, made.archive)
    yield made
    made.columnar.close()
    made.store.close()


def anew(world: World) -> None:
    world.anew()
    world.store.writer.run(lambda session: forget_all(world.store.writer, session))
    world.columnar.close()
    world.archive.follow(world.entities["weighing"])


def archive(world: World, before: int) -> None:
    archiving.write(world.store.database, world.archive, world.entities["weighing"], before, lambda _: None)


def agree(world: World, asking: dict[str, Any]) -> None:
    """One question, and the same by SQL."""
    where, sql = asking["records"]
    scope, seen = asking["scope"]
    by, window = tuple(asking["by"]), asking["window"]
    snapshot = world.demo() if asking["demo"] else world.snapshot
    text = TRAFFIC.replace("expected: {hours: 24}\n", "") + f"where: {json.dumps(where, ensure_ascii=False)}\n"
    declared = declared_in(text, snapshot, by)
    within = tuple(map(ms, window)) if window else None
    asks = partial(
        ask_ad_hoc, scope, world.store, world.columnar, snapshot, declared, Question(declared.id, by, within=within)
    )
    if scope.is_nothing:
        with pytest.raises(NotAllowed):
            asks()
        return
    answer = asks()
    dialect = world.store.dialect
    sql = f"{sql} AND {seen}"
    if window:
        first, end = map(ms, window)
        sql += f" AND {place('hour', dialect)} >= {first} AND {place('hour', dialect)} < {end}"
    for name in PATHS:
        sql = sql.replace(f"{{{name}}}", place(name, dialect))
    measures = [column["name"] for column in answer.columns if column["kind"] == "measure"]
    wanted = recounted(world, "traffic", by, measures, sql, False, asking["demo"])
    told = {tuple(row[name] for name in by): {name: row[name] for name in measures} for row in answer.rows}
    assert told.keys() == wanted.keys(), (asking, sorted(told, key=str), sorted(wanted, key=str))
    for key, row in told.items():
        assert same(row, wanted[key]), (asking, key, row, wanted[key])


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(what=happenings, moved=moves, asking=st.lists(asked, min_size=3, max_size=6), last=st.booleans())
def test_every_figure_is_what_the_records_say(world, what, moved, asking, last):
    anew(world)
    for each in what:
        if each[0] == "archive":
            archive(world, each[1])
        else:
            happen(world, *each)
        agree(world, asking[0])  # the tail is brought up step by step
    for at, (station, region) in zip((ms("2026-03-01 10:00:00"), ms("2026-11-01 10:00:00")), moved, strict=False):
        world.moves(station, region, at)
    for question in asking:
        agree(world, question)
    found = archiving.verify(world.store.database, world.archive, world.entities["weighing"])
    assert [one["wrong"] for one in found if one["wrong"]] == []
    if last:
        archive(world, 202701)
        agree(world, asking[-1])
        assert all(one["changed"] == 0 for one in world.archive.status(world.entities["weighing"]))


def test_a_file_that_is_gone_or_changed_is_told_and_never_missed(world):
    anew(world)
    at = ms("2026-10-05 08:00:00")
    said = {"station": "S1", "weighed_at": at, "received_at": at, "clock": "ok", "provenance": "live"}
    world.put([{**said, "plate": "湘A1", "axles": 3, "gross_kg": 20_000}] * 3)
    archive(world, 202611)
    asking = {"by": ["month"], "records": RECORDS[0], "scope": SCOPES[0], "window": None, "demo": True}
    agree(world, asking)
    entity = world.entities["weighing"]
    line = world.archive.status(entity)[0]
    path = world.archive.folder_of("weighing") / line["file"]
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert "SHA-256" in archiving.verify(world.store.database, world.archive, entity)[0]["wrong"]
    path.unlink()
    assert "missing" in archiving.verify(world.store.database, world.archive, entity)[0]["wrong"]
    agree(world, asking)
    archive(world, 202611)
    agree(world, asking)
    assert archiving.verify(world.store.database, world.archive, entity)[0]["wrong"] == ""


def test_duckdb_reads_and_writes_nothing_but_the_archive(world, tmp_path):
    import duckdb

    from core.store import duck

    connection = duck.connect(tmp_path / "archive")
    outside = tmp_path / "outside.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    for statement in (
        f"SELECT * FROM read_csv('{outside}')",
        f"COPY (SELECT 1) TO '{tmp_path / 'other.csv'}'",
        f"ATTACH '{tmp_path / 'other.db'}'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '8GB'",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(statement)
    connection.close()


def test_a_question_is_broken_off_after_its_limit(tmp_path):
    connection = duck.connect(tmp_path)
    with pytest.raises(duck.TooLong), duck.limited(connection, 0.2):
        connection.execute("SELECT sum(a.range * b.range) FROM range(10000000) AS a, range(1000000) AS b").fetchone()
    connection.close()


def test_a_question_that_takes_too_much_memory_is_broken_off():
    import duckdb

    connection = duckdb.connect(config={"memory_limit": "20MB", "temp_directory": ""})
    with closing(connection), pytest.raises(duck.TooMuch), duck.limited(connection, 20):
        connection.execute("CREATE TABLE t AS SELECT range AS i, md5(range::VARCHAR) AS m FROM range(2000000)")


def test_an_answer_of_too_many_rows_is_refused(world, monkeypatch):
    anew(world)
    at = ms("2026-10-05 08:00:00")
    said = {"station": "S1", "weighed_at": at, "received_at": at, "clock": "ok", "provenance": "live", "gross_kg": 1}
    world.put([{**said, "plate": f"湘A{axles}", "axles": axles} for axles in (2, 3, 4)])
    asking = {"by": ["axles"], "records": RECORDS[0], "scope": SCOPES[0], "window": None, "demo": True}
    monkeypatch.setattr(raw, "MOST_GROUPS", 3)
    agree(world, asking)
    monkeypatch.setattr(raw, "MOST_GROUPS", 2)
    with pytest.raises(raw.TooManyGroups, match="more than 2 rows"):
        agree(world, asking)
    agree(world, {**asking, "by": []})
