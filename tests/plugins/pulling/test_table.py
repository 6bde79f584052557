"""Rows of a partner's table, in a SQLite file and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.declare.problem import ZcError
from tests.core.run import homes
from tests.plugins.pulling.conftest import codes, pull

COLUMNS = ["no", "gate", "at", "kg"]
TABLE = {"by": "table_poll", "table": "weighing", "columns": COLUMNS, "watermark": "changed", "key": ["id"]}


class Partner:
    """A partner's database in a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        with sqlite3.connect(file) as connection:
            connection.execute("CREATE TABLE weighing (id INTEGER, no TEXT, gate TEXT, at TEXT, kg REAL, changed TEXT)")
        connection.close()
        self.number = 0

    def add(self, *codes: str, changed: str = "2026-11-01 08:00:00", gate: str = "G1") -> None:
        connection = sqlite3.connect(self.file)
        for code in codes:
            self.number += 1
            row = (self.number, code, gate, "2026-11-01 08:00:00", 900.0, changed)
            connection.execute("INSERT INTO weighing VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.commit()
        connection.close()

    @property
    def said(self) -> dict[str, Any]:
        return {**TABLE, "url": f"sqlite:///{self.file}"}


@pytest.fixture
def partner(tmp_path: Path) -> Partner:
    return Partner(tmp_path / "partner.db")


def test_new_rows_are_taken_once_and_marked_as_pulled(partner: Partner, pulling: Callable[..., Any]) -> None:
    partner.add("A1", "A2")
    with pulling(partner.said) as platform:
        assert pull(platform) == {"interface": "rows", "bodies": 1, "stored": 2, "duplicates": 0, "refused": 0}
        partner.add("A3", changed="2026-11-01 08:05:00")
        assert pull(platform)["stored"] == 1
        rows = homes.found(platform)
        assert {(row["provenance"], row["partner"], row["interface"]) for row in rows} == {("pulled", "vendor", "rows")}
        assert {row["weight_kg"] for row in rows} == {900}


def test_equal_watermarks_are_never_lost(partner: Partner, pulling: Callable[..., Any]) -> None:
    partner.add(*(f"A{number}" for number in range(7)))
    with pulling({**partner.said, "batch": 3}) as platform:
        assert pull(platform)["bodies"] == 3
        assert len(codes(platform)) == 7
        partner.add("B1")  # at the very watermark that was reached
        assert pull(platform)["stored"] == 1
        assert "B1" in codes(platform)


def test_rows_committed_late_are_found_by_looking_back(partner: Partner, pulling: Callable[..., Any]) -> None:
    said = {**partner.said, "pattern": "yyyy-MM-dd HH:mm:ss", "look_back": "10 minutes"}
    partner.add("A1", changed="2026-11-01 08:30:00")
    with pulling(said) as platform:
        pull(platform)
        partner.add("LATE", changed="2026-11-01 08:25:00")
        partner.add("TOO_LATE", changed="2026-11-01 08:15:00")
        assert pull(platform)["stored"] == 1
        assert codes(platform) == ["A1", "LATE"]


def test_without_looking_back_the_watermark_alone_decides(partner: Partner, pulling: Callable[..., Any]) -> None:
    partner.add("A1", changed="2026-11-01 08:30:00")
    with pulling(partner.said) as platform:
        pull(platform)
        partner.add("LATE", changed="2026-11-01 08:25:00")
        assert pull(platform)["stored"] == 0


def test_a_number_that_grows_is_read_from_behind(partner: Partner, pulling: Callable[..., Any]) -> None:
    partner.add("A1", "A2")
    with pulling({**partner.said, "watermark": "id", "key": []}) as platform:
        pull(platform)
        assert pull(platform) == {"interface": "rows", "bodies": 0, "stored": 0, "duplicates": 0, "refused": 0}
        partner.add("A3")
        assert pull(platform)["stored"] == 1


def test_it_begins_where_it_is_told(partner: Partner, pulling: Callable[..., Any]) -> None:
    partner.add("OLD", changed="2025-01-01 00:00:00")
    partner.add("A1")
    with pulling({**partner.said, "first": "2026-01-01 00:00:00"}) as platform:
        pull(platform)
        assert codes(platform) == ["A1"]


def test_the_watermark_survives_a_restart(partner: Partner, pulling: Callable[..., Any]) -> None:
    said = {**partner.said, "watermark": "id", "key": []}
    partner.add("A1")
    with pulling(said) as platform:
        pull(platform)
    with pulling(said) as platform:
        assert pull(platform)["bodies"] == 0
        assert pull(platform, again=True)["duplicates"] == 1


def test_another_table_begins_anew(partner: Partner, pulling: Callable[..., Any]) -> None:
    partner.add("A1")
    connection = sqlite3.connect(partner.file)
    connection.execute("CREATE VIEW others AS SELECT * FROM weighing")
    connection.commit()
    connection.close()
    with pulling(partner.said) as platform:
        pull(platform)
    with pulling({**partner.said, "table": "others"}) as platform:
        assert pull(platform)["duplicates"] == 1


def test_refused_rows_are_kept_and_the_watermark_goes_on(partner: Partner, pulling: Callable[..., Any]) -> None:
    partner.add("A1")
    partner.add("BAD", gate="NOWHERE")
    with pulling({**partner.said, "watermark": "id", "key": []}) as platform:
        assert pull(platform)["refused"] == 1
        kept = homes.operate(platform, "refusals", with_rows=True)
        assert [(row["interface"], row["partner"]) for row in kept] == [("rows", "vendor")]
        assert pull(platform)["bodies"] == 0
        homes.load_gates(platform, "NOWHERE")
        assert homes.operate(platform, "replay", interface="rows", dry_run=False)["passed"] == 1


def test_the_partners_database_is_only_read(partner: Partner, pulling: Callable[..., Any]) -> None:
    before = partner.file.read_bytes()
    partner.file.chmod(0o400)
    with pulling(partner.said) as platform:
        assert pull(platform)["bodies"] == 0
    assert partner.file.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"table": "nothing"}, "the database does not give the rows: no such table: nothing"),
        ({"columns": ["no", "none"]}, "no such column: none"),
        ({"url": "sqlite:///none/here.db"}, "the database cannot be reached: unable to open database file"),
        ({"look_back": 5}, "look_back does not go with the watermark's values"),
        ({"pattern": "yyyyMMdd", "look_back": "5 minutes"}, "a watermark is no time written as yyyyMMdd"),
    ],
)
def test_what_fails_is_told_and_counted(
    partner: Partner, pulling: Callable[..., Any], change: dict[str, Any], reason: str
) -> None:
    partner.add("A1")
    with pulling(partner.said) as platform:
        pull(platform)
    with pulling({**partner.said, **change}) as platform:
        with pytest.raises(ZcError) as raised:
            pull(platform)
        status = homes.operate(platform, "status")
        assert status["pulls"][0]["error"] == raised.value.reason
        assert status["pulls"][0]["state"] == "failing"
        assert [row["last_outcome"] for row in status["interfaces"] if row["id"] == "rows"] == ["pull_failed"]
    assert reason in raised.value.reason


def test_a_look_without_taking(partner: Partner, pulling: Callable[..., Any]) -> None:
    partner.add("A1")
    with pulling(partner.said) as platform:
        seen = pull(platform, only_look=True)
        assert seen["name"] == "1 rows of weighing"
        assert any("A1" in line for line in seen["map"])
        assert codes(platform) == []
        assert pull(platform)["stored"] == 1


def test_a_refused_row_is_kept_once_however_often_it_is_read(partner: Partner, pulling: Callable[..., Any]) -> None:
    partner.add("A1")
    partner.add("BAD", gate="NOWHERE")
    with pulling(partner.said) as platform:
        assert [pull(platform)["refused"] for _ in range(3)] == [1, 0, 0]
        connection = sqlite3.connect(partner.file)
        connection.execute("UPDATE weighing SET kg = 800 WHERE no = 'A1'")
        connection.commit()
        connection.close()
        assert [pull(platform)["refused"] for _ in range(3)] == [1, 0, 0]  # another content of a known number
        states = {row["state"] for row in homes.operate(platform, "refusals", with_rows=True, state="all")}
        assert states == {"refused", "conflict"}
        homes.load_gates(platform, "NOWHERE")
        assert pull(platform, again=True)["stored"] == 1
