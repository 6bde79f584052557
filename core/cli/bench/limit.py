"""The limit: what sqlite3's executemany alone does in this process, with the same indexes and durability. As
everywhere here, a key that is there already is passed over."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.cli.bench.payload import SCHEMA, TABLE, batches, rows

GROUP_ROWS = 5_000  # as many as ours puts into one transaction
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-65536", "wal_autocheckpoint=4000")
OURS = {"ledger": "record_id", "r_weighing": "id"}
"""Our tables, and by what their rows come in the order in which ours took them."""
KEYED = frozenset({"ledger", TABLE})
"""Tables that hold the key of a record."""

Batch = Sequence[Sequence[tuple[Any, ...]]]
"""For one transaction, the rows of each table."""


@dataclass(frozen=True, slots=True)
class Limited:
    """Records a second, and CPU microseconds a record of this process."""

    rate: float
    cpu_us: float


def peers_table(file: Path, size: int, connections: int, seconds: float) -> Limited:
    """The payload's records into the peers' table, as many in a transaction as there may be posts in flight."""
    source = ((batch,) for batch in batches(rows(), _group(size, connections)))
    return _stretch(file, SCHEMA, (TABLE,), source, seconds, skip_id=True)


def our_tables(file: Path, stored: Path, size: int, connections: int, seconds: float) -> Limited:
    """The rows that ours stored into the same tables with the same indexes: record and ledger."""
    group = _group(size, connections)
    with closing(sqlite3.connect(stored)) as source:
        marks = ", ".join("?" * len(OURS))
        schema = source.execute(
            f"SELECT sql FROM sqlite_master WHERE tbl_name IN ({marks}) AND sql IS NOT NULL",  # noqa: S608 - marks
            tuple(OURS),
        ).fetchall()
        tables = [
            source.execute(f"SELECT * FROM {table} {where} ORDER BY {order}").fetchall()  # noqa: S608 - our own names
            for (table, order), where in zip(OURS.items(), ("WHERE entity = 'weighing'", ""), strict=True)
        ]
    number = len(tables[0])
    source_rows = (tuple(table[at : at + group] for table in tables) for at in range(0, number, group))
    return _stretch(file, [sql for (sql,) in schema], tuple(OURS), source_rows, seconds)


def _group(size: int, connections: int) -> int:
    return min(size * connections, max(size, GROUP_ROWS))


def _stretch(
    file: Path,
    schema: Sequence[str],
    tables: Sequence[str],
    source: Iterator[Batch],
    seconds: float,
    skip_id: bool = False,
) -> Limited:
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()
    done, wall, cpu = 0, 0.0, 0.0
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        for pragma in PRAGMAS:
            database.execute(f"PRAGMA {pragma}")
        for statement in schema:
            database.execute(statement)
        inserts = [_insert(database, table, skip_id) for table in tables]
        for batch in source:
            began, spent = time.perf_counter(), time.process_time()
            database.execute("BEGIN IMMEDIATE")
            for insert, lines in zip(inserts, batch, strict=True):
                database.executemany(insert, lines)
            database.execute("COMMIT")
            wall, cpu = wall + time.perf_counter() - began, cpu + time.process_time() - spent
            done += len(batch[0])
            if wall >= seconds:
                break
    return Limited(done / wall, cpu / done * 1e6)


def _insert(database: sqlite3.Connection, table: str, skip_id: bool) -> str:
    names = [name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", (table,))][skip_id:]
    marks = ", ".join("?" * len(names))
    once = " ON CONFLICT DO NOTHING" if table in KEYED else ""
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks}){once}"  # noqa: S608 - our own names
