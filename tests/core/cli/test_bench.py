"""zc bench: real servers and posts for a moment; that what it prints is measured, and what it finds wrong is said."""

from __future__ import annotations

import asyncio
import itertools
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.cli.bench import kept, load, validate
from core.cli.bench.analytics import compare
from core.cli.bench.analytics.aims import AD_HOC, IN_ALL, row_of
from core.cli.bench.analytics.questions import questions
from core.cli.bench.intake import Cell, Result, Turn, chosen, generator, take_turn
from core.cli.bench.pages.weighings import DAY_MS, DAYS, SPREADS, Traffic
from core.cli.bench.payload import COLUMNS, bodies, record, rows
from core.cli.bench.peer import Orm
from core.cli.bench.report import goals
from core.cli.bench.report import rows as figures
from core.declare.problem import ZcError
from tests.core.cli.command import ROOT, Zc, exit_code, serving


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """One that any account may enter: where root runs the tests, PostgreSQL runs as another."""
    with tempfile.TemporaryDirectory(prefix="zc-bench-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def bench(*arguments: str) -> str:
    """`zc bench` in a process of its own; what it prints."""
    command = [sys.executable, "-m", "core.cli", "bench", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_bodies_hold_every_record_once() -> None:
    found = [json.loads(body)["bodys"] for body in islice(bodies('{"bodys":[', "]}", 300), 100)]
    codes = [one["previewcode"] for body in found for one in body]
    assert len(codes) == len(set(codes)) == 30_000
    assert all(set(one) == set(COLUMNS) for one in found[-1])
    assert found[0][7] == record(7) == dict(zip(COLUMNS, next(islice(rows(), 7, None)), strict=True))


def test_ours_is_measured_over_http_beside_the_limits(tmp_path: Path) -> None:
    keep = tmp_path / "figures.json"
    arguments = (
        "--cells",
        "20:2",
        "--rounds",
        "1",
        "--seconds",
        "0.2",
        "--only",
        "none",
        "--keep",
        str(keep),
        "--json",
    )
    said = json.loads(bench("intake", *arguments))
    ours, *limits = said["figures"]
    assert (ours["server"], ours["ours_is"]) == ("zc", 1.0)
    assert ours["records_per_s"] > 0
    assert ours["cpu_us"] > 0
    assert 0 < ours["p50_ms"] <= ours["p99_ms"]
    assert [limit["server"] for limit in limits] == ["executemany, our tables", "executemany, peers' table"]
    assert said["goals"] == []
    assert figures(kept(keep)) == said["figures"]


def test_figures_that_are_none_are_told(tmp_path: Path) -> None:
    (tmp_path / "figures.json").write_text("[{}]")
    assert kept(tmp_path / "none.json") == kept(None) == []
    with pytest.raises(ZcError, match="does not hold figures"):
        kept(tmp_path / "figures.json")


def test_a_peer_that_fails_ends_no_run_and_its_goals_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Orm, "command", lambda _: [sys.executable, "-c", "raise SystemExit('no such thing')"])
    result = Result(Cell(1000, 8), Orm.title)
    take_turn(Orm(tmp_path), result, 0.1)
    assert "no such thing" in result.failure
    ours = Result(Cell(1000, 8), "zc", [Turn(1000, 1, 1, 2)])
    found = [(goal["measured"], goal["met"]) for goal in goals([ours, result]) if "ORM" in goal["goal"]]
    assert found == [(None, False)]
    assert [row["ours_is"] for row in figures([ours, result])] == [1.0, None]


def test_a_cell_that_is_none_is_told() -> None:
    assert exit_code(["bench", "intake", "--cells", "1:64,many"]) == 2


def test_a_peer_that_is_not_there_is_skipped_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Orm, "needs", ("no_such_library",))
    running, skipped = chosen(tmp_path, ["ORM"])
    assert [server.title for server in running] == ["zc"]
    assert "no_such_library is not installed" in skipped["FastAPI + ORM"]


def test_posts_that_are_not_taken_are_told(zc: Zc) -> None:
    with serving(zc.home) as server:
        job = load.Load(int(server.url.rpartition(":")[2]), "/nowhere", {}, "", "", 1, 2, 0.1)
        stretch = asyncio.run(load.run(job, endless(b"{}")))
        assert stretch.posts == 0
        assert stretch.failed > 0
        assert stretch.failure.startswith("HTTP/1.1 404")
        with generator() as process, pytest.raises(Exception, match="posts were not taken"):
            process.run(job)


async def _asked_twice() -> load.Stretch:
    """A stretch on a server that says of every other post that it is busy."""
    answers = itertools.cycle((b"503 Busy\r\nRetry-After: 0", b"200 OK"))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(asyncio.IncompleteReadError):
                while await reader.readuntil(b"\r\n\r\n{}"):
                    writer.write(b"HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n" % next(answers))
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        return await load.run(load.Load(port, "/", {}, "", "", 1, 1, 0.1), endless(b"{}"))


def test_a_post_that_is_told_to_come_again_does() -> None:
    stretch = asyncio.run(_asked_twice())
    assert stretch.posts == stretch.busy > 0
    assert stretch.failed == 0


def test_goals_are_met_or_missed_by_the_median_of_the_turns() -> None:
    ours, orm = Result(Cell(1, 64), "zc"), Result(Cell(1, 64), "FastAPI + ORM")
    ours.turns = [Turn(1000, 1, 1, 2), Turn(3000, 1, 1, 2), Turn(9000, 1, 1, 2)]
    orm.turns = [Turn(100, 1, 1, 40), Turn(100, 1, 1, 60), Turn(1000, 1, 1, 60)]
    found = {goal["goal"]: (goal["measured"], goal["met"]) for goal in goals([ours, orm])}
    assert found == {
        "single posts: × FastAPI + ORM": (10.0, True),
        "single posts: its p99 ÷ ours, FastAPI + ORM": (30.0, True),
    }


def test_lists_are_measured_beside_sql_by_hand_and_found_alike(tmp_path: Path) -> None:
    arguments = ("--records", "1000", "--rounds", "1", "--only", "class", "--folder", str(tmp_path / "home"), "--json")
    rows = json.loads(bench("pages", *arguments))
    pages = [row for row in rows if row["what"] == "first page"]
    assert {(row["question"], row["who"]) for row in pages} == {
        (question, who)
        for question in ("class", "class, 7 days", "class, rare", "class, rare, 7 days")
        for who in ("admin", "county")
    }
    assert all(min(row["door_ms"], row["sql_ms"], row["ratio"], row["http_ms"], row["by_hand_ms"]) > 0 for row in pages)
    assert {row["what"] for row in rows} >= {"first page", "count", "facet axles"}


def test_figures_are_measured_beside_sql_by_hand_and_say_the_same(open_folder: Path) -> None:
    arguments = ("--records", "5000", "--rounds", "1", "--folder", str(open_folder / "home"), "--json")
    said = json.loads(bench("analytics", *arguments))
    *asked, home, wall, intake = said["figures"]
    assert said["skipped"] == {}
    assert {row["question"].partition(":")[0] for row in asked} == {"a year", "a month", "a station's month", "ad hoc"}
    sides = ("ours_ms", "sqlite_ms", "postgresql_ms", "duckdb_ms", "of_duckdb")
    assert all(row["groups"] > 0 and min(row[side] for side in sides) > 0 for row in asked)
    assert [page["question"].split()[1] for page in (home, wall)] == ["home,", "wall,"]
    assert min(home["ours_ms"], wall["ours_ms"], intake["ours_ms"]) > 0
    assert intake["cost_percent"] < 100
    assert all(row["aim"] and row["met"] in (True, False) for row in said["figures"])


def test_a_figure_that_differs_is_told() -> None:
    asked = next(questions(1_790_000_000_000, ZoneInfo("Asia/Shanghai"), "S"))
    compare(asked, "sqlite", [(202611, "none", 2), (202611, None, 1)], [(202611, None, 1.0), (202611, "none", 2)])
    for wrong in ([(202611, "none", 3)], [(202611, "none", 2), (202610, "none", 1)], [(202611, "none", None)], []):
        with pytest.raises(ZcError, match="sqlite by hand"):
            compare(asked, "sqlite", [(202611, "none", 2)], wrong)


def test_an_aim_is_met_from_its_bound_on() -> None:
    seconds = {"ours": [0.1, 0.2, 0.1], "sqlite": [5.0, 8.0, 5.0], "duckdb": [0.05, 0.05, 0.05]}
    row = row_of("one", 7, seconds, (IN_ALL,))
    assert (row["ours_ms"], row["times_sqlite"], row["of_duckdb"], row["met"]) == (100.0, 50.0, 2.0, True)
    assert (row["postgresql_ms"], row["times_postgresql"]) == (None, None)
    assert not row_of("one", 7, {"ours": [0.1], "sqlite": [4.9]}, (IN_ALL,))["met"]
    assert [aim.is_met(row) for aim in AD_HOC] == [True, True]


def test_a_report_is_made_and_its_time_and_memory_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "home"
    arguments = ["bench", "report", "--records", "1000", "--rounds", "1", "--folder", str(folder), "--alone", "--json"]
    assert exit_code(arguments) == 0
    said = json.loads(capsys.readouterr().out)
    [row] = said["figures"]
    assert (row["records"], row["times"]) == (1000, 1.0)
    assert row["seconds"] == pytest.approx(row["asking_s"] + row["making_s"], abs=0.02)
    assert min(row["asking_s"], row["making_s"], row["making_mb"], row["pdf_kb"]) > 0
    assert [goal["goal"] for goal in said["goals"]] == ["seconds", "mb"]
    [file] = (folder / "data" / "reports").rglob("dataset.json")
    total = json.loads(file.read_bytes())["answers"]["total"]
    assert total["totals"]["trucks"] == 1000
    assert total["changes"]["totals"]["trucks"]["previous"] == pytest.approx(100 * (1000 - 33) / 33)


def test_a_month_is_the_last_that_is_over_and_has_the_one_before() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    before, month = SPREADS["month"](60, datetime(2026, 3, 24, tzinfo=zone), zone)
    days = [
        {f"{datetime.fromtimestamp(one.at_ms(index) / 1000, zone):%Y-%m-%d}" for index in range(one.records)}
        for one in (before, month)
    ]
    assert all(day.startswith("2026-01") for day in days[0])
    assert days[1] == {f"2026-02-{day:02d}" for day in range(1, 29)}
    assert (before.records, month.first) == (2, 2)


def test_demo_weighings_are_the_same_for_one_number_and_rise() -> None:
    traffic = Traffic(5_000, 1_790_000_000_000, ZoneInfo("Asia/Shanghai"))
    (first_at, first), *_ = traffic.batches(1_000)
    _, (again_at, again), *_ = traffic.batches(0)
    assert (first_at, first) == (again_at, again)
    assert sum(map(len, first.values())) == 1_000
    times = [traffic.at_ms(index) for index in range(5_000)]
    assert times == sorted(times)
    assert traffic.end_ms - DAYS * DAY_MS <= times[0] <= times[-1] < traffic.end_ms


def test_the_plan_takes_nothing_that_cerberus_refuses() -> None:
    said = json.loads(bench("validate", "--records", "2000", "--rounds", "1", "--json"))
    assert said["sound"]
    assert [row["interface"] for row in said["soundness"]] == ["preview", "bench"]
    for row in said["soundness"]:
        assert row["plan_alone"] == row["unlike"] == 0
        assert min(row["both_accept"], row["both_refuse"]) > 200


def test_mutated_records_are_the_same_for_one_seed() -> None:
    assert list(validate.mutated(50, 3)) == list(validate.mutated(50, 3)) != list(validate.mutated(50, 4))


def endless(body: bytes) -> Iterator[bytes]:
    """The same body for ever."""
    while True:
        yield body
