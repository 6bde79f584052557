"""What is in a site's database, read past the server: the table, the ledger, and whether the file is whole."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

KEPT = (
    'SELECT by_station, hour, by_overload_class, sum("count"), sum(sum_gross_kg) FROM {name} WHERE "level" = 0'
    " GROUP BY by_station, hour, by_overload_class"
)
COUNTED = (
    "SELECT station, at / 3600000 * 3600000, overload_class, count(*), sum(gross_kg) FROM ("
    " SELECT *, CASE WHEN clock = 'ok' THEN weighed_at ELSE received_at END AS at FROM r_weighing"
    " WHERE voided_at IS NULL) AS standing GROUP BY 1, 2, 3"
)


@dataclass(frozen=True)
class Contents:
    """Weighings by (id, code), the ledger's record ids of them, how often each record number was refused, the number
    of refusals, whole bodies too, what SQLite's own check says; and by
    station, hour and class, (count, gross_kg) as the shipped statistic has them and as the records have."""

    records: list[tuple[int, str]]
    ledger: list[int]
    refused: Counter[str]
    refusals: int
    check: str
    kept: set[tuple[Any, ...]]
    counted: set[tuple[Any, ...]]

    @property
    def codes(self) -> set[str]:
        """All record numbers."""
        return {code for _, code in self.records}

    def agree(self, refusals: int = 0) -> list[str]:
        """What is wrong inside the database itself: a code twice, a ledger line without its record, …, or another
        number of refusals."""
        ids = [record_id for record_id, _ in self.records]
        wrong = [] if self.check == "ok" else [f"integrity_check: {self.check}"]
        if len(self.codes) != len(self.records):
            wrong.append(f"{len(self.records) - len(self.codes)} records are there twice")
        if sorted(ids) != sorted(self.ledger):
            wrong.append(f"{len(set(ids) ^ set(self.ledger))} ids are in the ledger or in the table alone")
        if self.refusals != refusals:
            wrong.append(f"{self.refusals} refusals are kept, not {refusals}")
        if self.kept != self.counted:
            wrong.append(f"{len(self.kept ^ self.counted)} cells of the statistic are not what the records say")
        return wrong


def read(store: str) -> Contents:
    """All of a database, at one moment."""
    if store.startswith("sqlite:"):
        with closing(sqlite3.connect(f"{Path(urlsplit(store).path[1:]).as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("BEGIN")
            return _read(connection, str(connection.execute("PRAGMA integrity_check").fetchone()[0]))
    with closing(psycopg.connect(store)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        return _read(connection, "ok")


def _read(connection: Any, check: str) -> Contents:
    records = connection.execute("SELECT id, code FROM r_weighing").fetchall()
    ledger = connection.execute("SELECT record_id FROM ledger WHERE entity = 'weighing'").fetchall()
    refusals = connection.execute("SELECT count(*) FROM refusal").fetchone()[0]
    rows = connection.execute('SELECT raw FROM refusal WHERE "index" >= 0').fetchall()  # the rest are whole bodies
    tables = connection.execute(
        "SELECT name FROM statistic WHERE statistic = 'weighings' AND state = 'kept'"
    ).fetchall()
    kept = [row for (name,) in tables for row in connection.execute(KEPT.format(name=name)).fetchall()]
    counted = connection.execute(COUNTED).fetchall()
    return Contents(
        [tuple(row) for row in records],
        [row[0] for row in ledger],
        Counter(json.loads(bytes(raw)).get("previewcode", "") for (raw,) in rows),
        refusals,
        check,
        {tuple(map(_plain, row)) for row in kept},
        {tuple(map(_plain, row)) for row in counted},
    )


def _plain(value: Any) -> Any:
    """PostgreSQL sums to decimals."""
    return value if value is None or isinstance(value, str) else int(value)
