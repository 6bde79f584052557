"""SQLite: write-ahead log, every commit synced, readers that cannot write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import peewee
from playhouse.pool import PooledSqliteDatabase

from core.declare.problem import ZcError
from core.store.database import PIECES, READER_WAIT_S, READERS, Session
from core.store.statements import insert_row

BUSY_TIMEOUT_S = 5
PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "cache_size": -65_536, "wal_autocheckpoint": 4_000}
SYNCHRONOUS_FULL = 2
OLDEST = (3, 37, 0)  # strict tables
TYPES = {"text": "TEXT", "integer": "INTEGER", "real": "REAL", "boolean": "INTEGER", "bytes": "BLOB"}
UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)


class Sqlite:
    """One file, one writer."""

    name = "sqlite"
    mark = "?"

    def __init__(self, path: Path) -> None:
        if sqlite3.sqlite_version_info < OLDEST:
            raise ZcError(f"SQLite {sqlite3.sqlite_version} is too old", "Use a Python built with SQLite 3.37 or newer")
        self.path = path.absolute()

    def writing(self) -> Any:
        """The file, made with its folder if it is not there."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        return peewee.SqliteDatabase(str(self.path), pragmas=PRAGMAS, timeout=BUSY_TIMEOUT_S)

    def reading(self) -> Any:
        """Read-only connections on the same file."""
        return PooledSqliteDatabase(
            f"{self.path.as_uri()}?mode=ro",
            uri=True,
            check_same_thread=False,  # a pooled connection serves one thread at a time, but not always the same
            max_connections=READERS,
            timeout=READER_WAIT_S,
            pragmas={"cache_size": -16_384},
        )

    def assert_durable(self, session: Session) -> None:
        """ZcError unless the log is written ahead and every commit synced."""
        journal = session.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = session.execute("PRAGMA synchronous").fetchone()[0]
        if journal != "wal" or synchronous != SYNCHRONOUS_FULL:
            raise ZcError(
                f"{self.path} cannot be opened durably (journal_mode {journal}, synchronous {synchronous})",
                "Keep it on a local disk; network folders have no write-ahead log",
            )

    def is_unavailable(self, error: BaseException) -> bool:
        """True for a full disk, input or output errors, locks and a damaged file."""
        return isinstance(error, sqlite3.Error) and (getattr(error, "sqlite_errorcode", 0) & 0xFF) in UNAVAILABLE

    def begin(self) -> str:
        """Take the write lock at once, so that no transaction fails half-way for want of it."""
        return "BEGIN IMMEDIATE"

    def begin_snapshot(self) -> str:
        """In the write-ahead log a reading transaction sees one state."""
        return "BEGIN"

    def column_type(self, column: str) -> str:
        """The type in a strict table; a boolean is 0 or 1."""
        return TYPES[column]

    def columns(self, session: Session, table: str) -> dict[str, str]:
        """{column: declared type} of a table, in order."""
        rows = session.execute("SELECT name, type FROM pragma_table_info(?) ORDER BY cid", (table,))
        return {name: kind.upper() for name, kind in rows}

    def tables(self, session: Session) -> list[str]:
        """Names of all tables but SQLite's own, sorted."""
        rows = session.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [name for (name,) in rows if not name.startswith("sqlite_")]

    def partitions(self, session: Session, table: str) -> list[str]:
        """SQLite has none."""
        return []

    def indexes(self, session: Session, table: str) -> set[str]:
        """Names of a table's indexes."""
        rows = session.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?", (table,))
        return {name for (name,) in rows}

    def create_table(self, table: str, columns: str) -> list[str]:
        """A strict table: no value of another type gets in."""
        return [f'CREATE TABLE "{table}" ("id" INTEGER PRIMARY KEY, {columns}) STRICT']

    def create_keyed_table(self, table: str, columns: str, key: str) -> str:
        """A strict table in the order of its key."""
        return f'CREATE TABLE "{table}" ({columns}, PRIMARY KEY ({key})) STRICT, WITHOUT ROWID'

    def index_columns(self, columns: Sequence[str]) -> str:
        """Null is the smallest value here anyway."""
        return ", ".join(f'"{column}"' for column in columns)

    def reserve_ids(self, session: Session, table: str) -> range:
        """All ids after the greatest: there is one writer."""
        last = session.execute(f'SELECT max("id") FROM "{table}"').fetchone()[0] or 0  # noqa: S608 - a compiled name
        return range(last + 1, 1 << 62)

    def insert_keys(self, session: Session, entity: str, keys: Sequence[tuple[bytes, bytes, int]]) -> int:
        """One statement for all keys."""
        into = f"INSERT INTO ledger (entity, key_hash, content_hash, record_id) VALUES ('{entity}', ?, ?, ?)"  # noqa: S608 - a compiled name
        return session.executemany(f"{into} ON CONFLICT DO NOTHING", keys)

    def find_keys(self, session: Session, entity: str, hashes: list[bytes]) -> list[tuple[bytes, bytes, int]]:
        """By key hash."""
        marks = ", ".join("?" * len(hashes))
        sql = f"SELECT key_hash, content_hash, record_id FROM ledger WHERE entity = ? AND key_hash IN ({marks})"  # noqa: S608 - marks only
        return list(session.execute(sql, (entity, *hashes)))

    def insert_rows(self, session: Session, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        """One statement for all rows."""
        session.executemany(insert_row(table, columns), rows)

    def stream(self, session: Session, sql: str) -> Iterator[tuple[Any, ...]]:
        """SQLite hands out rows as they are read."""
        return iter(session.execute(sql))

    def pieces(self) -> str:
        """Each line by its place in the list."""
        columns = (f"json_extract(value, '$[{at}]') AS \"{name}\"" for at, name in enumerate(PIECES))
        return f"SELECT {', '.join(columns)} FROM json_each(?)"  # noqa: S608 - constants

    def after_restore(self, session: Session, table: str) -> None:
        """Nothing to do: the next id is the greatest one and 1."""
