"""The same lists as SQL that somebody wrote for them by hand, on a connection of the bench's own."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from core.cli.bench.pages.questions import LIMIT, Question

READER_KIB = 16_384  # what a reader of ours has of memory

ROWS = (
    "SELECT p.*, s.title FROM (SELECT r.* FROM r_weighing r WHERE {where}"
    " ORDER BY r.weighed_at DESC NULLS LAST, r.id DESC LIMIT {limit}) AS p LEFT JOIN r_station s ON s.code = p.station"
    " ORDER BY p.weighed_at DESC NULLS LAST, p.id DESC"
)
COUNT = "SELECT count(*) FROM r_weighing r WHERE {where}"
STANDS = "r.voided_at IS NULL"
BEYOND = "(r.weighed_at, r.id) < (?, ?)"
STATION = {"sqlite": ("r.station", "+r.station"), "postgresql": ("r.station",)}
"""How the station is spelled where only a county's are asked for; with a plus SQLite goes by another index."""

WITHIN_COUNTY = (
    "{station} IN (SELECT code FROM r_station WHERE voided_at IS NULL AND region IN ("
    "WITH RECURSIVE tree (code) AS (SELECT code FROM r_region WHERE code = ? UNION"
    " SELECT x.code FROM r_region x JOIN tree ON x.parent = tree.code) SELECT code FROM tree))"
)
HOLDS_PART = {
    "sqlite": "r.plate IN (SELECT value FROM p_weighing_plate WHERE id IN"
    " (SELECT rowid FROM p_weighing_plate_trigrams WHERE folded MATCH ?) AND value LIKE ?)",
    "postgresql": "r.plate IN (SELECT value FROM p_weighing_plate WHERE folded LIKE ? AND value LIKE ?)",
}


@dataclass
class ByHand:
    """A connection to the database of a home."""

    dialect: str
    connection: Any
    columns: tuple[str, ...] = ()  # of the last rows

    @classmethod
    def at(cls, url: str, home: Path) -> ByHand:
        """Connect to read; `url` as site.yaml has it."""
        parts = urlsplit(url)
        if parts.scheme == "sqlite":
            file = (home / unquote(parts.path[1:])).absolute()
            connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
            connection.execute(f"PRAGMA cache_size = -{READER_KIB}")
            return cls("sqlite", connection)
        import psycopg  # of the extra for PostgreSQL

        host = parse_qs(parts.query).get("host", [parts.hostname or "localhost"])[0]
        made = psycopg.connect(dbname=unquote(parts.path[1:]), host=host, user=parts.username, autocommit=True)
        return cls("postgresql", made)

    def rows(
        self, question: Question, county: str | None, after: Sequence[Any] | None, end_ms: int | None, form: int = 0
    ) -> tuple[float, list[Any]]:
        """(seconds, rows with id first): one page and one row more, behind the time and id of `after`, not older than
        `end_ms`, in that spelling."""
        where, values = self._where(question, county, form)
        where, values = (f"{where} AND {BEYOND}", (*values, *after)) if after else (where, values)
        where, values = (f"{where} AND r.weighed_at >= ?", (*values, end_ms)) if end_ms else (where, values)
        return self._timed(ROWS.format(where=where, limit=LIMIT + 1), values)

    def forms(self, county: str | None) -> int:
        """How many spellings there are."""
        return len(STATION[self.dialect]) if county else 1

    def count(self, question: Question, county: str | None) -> int:
        """How many there are."""
        where, values = self._where(question, county)
        return int(self._timed(COUNT.format(where=where), values)[1][0][0])

    def found(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """The rows of a query."""
        return self._timed(sql, values)[1]

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def _where(self, question: Question, county: str | None, form: int = 0) -> tuple[str, tuple[Any, ...]]:
        own = HOLDS_PART[self.dialect] if question.part else question.where
        values = question.values
        if question.part:
            folded = f'"{question.part}"' if self.dialect == "sqlite" else f"%{question.part}%"
            values = (folded, *values)
        within = WITHIN_COUNTY.format(station=STATION[self.dialect][form])
        parts = [(own, values), (within, (county,)) if county else ("", ()), (STANDS, ())]
        told = [part for part in parts if part[0]]
        return " AND ".join(text for text, _ in told), tuple(value for _, some in told for value in some)

    def _timed(self, sql: str, values: Sequence[Any]) -> tuple[float, list[Any]]:
        marked = sql if self.dialect == "sqlite" else sql.replace("%", "%%").replace("?", "%s")
        began = time.perf_counter()
        cursor = self.connection.execute(marked, values)
        rows = cursor.fetchall()
        seconds = time.perf_counter() - began
        self.columns = tuple(column[0] for column in cursor.description)
        return seconds, rows
