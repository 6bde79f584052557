"""A server that pulls a partner's table is killed in the midst; every row is there once in the end."""

from __future__ import annotations

import signal
import sqlite3
import time
from pathlib import Path

from tests.core.cli.command import Zc, serving

ROWS = 600
INTERFACE = """title: 测试取数
entity: weighing
path: null
reply: tender
pull: {{by: table_poll, partner: pulled, every: 1 second, url: "sqlite:///{file}", table: rows, batch: 20,
  columns: [no, station, at, kg], watermark: changed, key: [no]}}
fields:
  code: {{from: no, required: true}}
  station: {{required: true}}
  weighed_at: {{from: at, required: true}}
  gross_kg: {{from: kg, required: true}}
"""


def partner_of(file: Path, station: str) -> None:
    """A partner's table: every tenth row is of a station that nobody knows, many share a watermark."""
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE rows (no TEXT, station TEXT, at TEXT, kg INTEGER, changed INTEGER)")
    rows = [
        (f"PULL-{number:04}", "NOWHERE" if number % 10 == 0 else station, "2026-11-01 08:00:00", 900, number // 50)
        for number in range(ROWS)
    ]
    connection.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", rows)
    connection.commit()
    connection.close()


def test_a_kill_in_the_midst_of_a_pull_loses_and_doubles_nothing(zc: Zc, tmp_path: Path) -> None:
    station = zc.json("find", "station", "--limit", "1")[0]["code"]
    partner_of(tmp_path / "partner.db", station)
    (zc.home / "config" / "partners").mkdir(exist_ok=True)
    (zc.home / "config" / "partners" / "pulled.yaml").write_text("title: 测试厂商\nstations: ['*']\n")
    (zc.home / "interfaces" / "pulled.yaml").write_text(INTERFACE.format(file=tmp_path / "partner.db"))
    with serving(zc.home) as server:
        until = time.monotonic() + 30
        while not stored(zc.home) and time.monotonic() < until:
            time.sleep(0.002)
        server.stop(signal.SIGKILL)
    between = stored(zc.home)
    zc("pull", "pulled")
    assert between > 0
    assert zc("find", "weighing", "--where", "provenance=pulled", "--count").strip() == str(ROWS * 9 // 10)
    refused = zc.json("refusals", "--interface", "pulled")
    assert sum(row["count"] for row in refused) in range(ROWS // 10, ROWS // 10 + 3)  # those of one body, at most again


def stored(home: Path) -> int:
    """How many rows of the pull are durable, read past the server."""
    connection = sqlite3.connect(f"file:{home / 'data' / 'zc.sqlite'}?mode=ro", uri=True, timeout=10)
    try:
        number: int = connection.execute("SELECT count(*) FROM r_weighing WHERE provenance = 'pulled'").fetchone()[0]
    finally:
        connection.close()
    return number
