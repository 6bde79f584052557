"""PostgreSQL: synced commits, ids from sequences in blocks, COPY for many rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import peewee
import psycopg
from playhouse.pool import PooledPostgresqlDatabase

from core.declare.problem import ZcError
from core.store.database import PIECES, READER_WAIT_S, READERS, Session
from core.store.statements import copy_rows, insert_row

COPY_FROM_ROWS = 64
IDS_A_BLOCK = 1_000
STREAM_ROWS = 2_000
LOCK_TIMEOUT_MS = 5_000
PROGRAM_LIMIT_EXCEEDED = "54"  # a row too large for a page or an index: the row's fault, not the server's
TYPES = {
    "text": 'TEXT COLLATE "C"',  # code point order, as SQLite and Python have it
    "integer": "BIGINT",
    "real": "DOUBLE PRECISION",
    "boolean": "BOOLEAN",
    "bytes": "BYTEA",
}


class Postgresql:
    """One database of a PostgreSQL server."""

    name = "postgresql"
    mark = "%s"

    def __init__(self, *, name: str, host: str, port: int, user: str, password: str | None) -> None:
        self.database = name
        self.parameters: dict[str, Any] = {"host": host, "port": port, "client_encoding": "utf8"}
        self.parameters |= {"user": user} if user else {}
        self.parameters |= {"password": password} if password else {}

    def _options(self, **settings: str) -> dict[str, Any]:
        return {"options": " ".join(f"-c {name}={value}" for name, value in settings.items())}

    def writing(self) -> Any:
        """A connection whose commits are synced and which waits for no lock longer than 5 s."""
        options = self._options(synchronous_commit="on", lock_timeout=str(LOCK_TIMEOUT_MS))
        return peewee.PostgresqlDatabase(self.database, prefer_psycopg3=True, **self.parameters, **options)

    def reading(self) -> Any:
        """Read-only connections."""
        return PooledPostgresqlDatabase(
            self.database,
            prefer_psycopg3=True,
            max_connections=READERS,
            timeout=READER_WAIT_S,
            **self.parameters,
            **self._options(default_transaction_read_only="on"),
        )

    def assert_durable(self, session: Session) -> None:
        """ZcError unless server and session sync every commit, and texts are UTF-8."""
        asked = {"synchronous_commit": "on", "fsync": "on", "full_page_writes": "on", "server_encoding": "UTF8"}
        for setting, wanted in asked.items():
            found = session.execute(f"SHOW {setting}").fetchone()[0]
            if found != wanted:
                raise ZcError(
                    f"PostgreSQL has {setting} = {found}",
                    f"Records could be lost or garbled so; set {setting} = {wanted} on the server",
                )

    def is_unavailable(self, error: BaseException) -> bool:
        """True when the server is gone, full, locked or read-only; not for a row that is too large."""
        if isinstance(error, psycopg.OperationalError):
            return not (error.sqlstate or "").startswith(PROGRAM_LIMIT_EXCEEDED)
        return isinstance(error, psycopg.InterfaceError | psycopg.errors.ReadOnlySqlTransaction)

    def begin(self) -> str:
        """An ordinary transaction."""
        return "BEGIN"

    def begin_snapshot(self) -> str:
        """A read-only transaction that sees one state."""
        return "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    def column_type(self, column: str) -> str:
        """The type; texts compare by code point, whatever the server's locale."""
        return TYPES[column]

    def columns(self, session: Session, table: str) -> dict[str, str]:
        """{column: type} of a table, in order."""
        rows = session.execute(
            "SELECT column_name, upper(data_type) FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = ? ORDER BY ordinal_position",
            (table,),
        )
        return dict(rows.fetchall())

    def tables(self, session: Session) -> list[str]:
        """Names of the tables in the current schema, sorted; partitions are no tables of their own."""
        rows = session.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
        return sorted(name for (name,) in rows)

    def partitions(self, session: Session, table: str) -> list[str]:
        """Names of its partitions, sorted."""
        rows = session.execute(
            "SELECT part.relname FROM pg_inherits i JOIN pg_class part ON part.oid = i.inhrelid"
            " JOIN pg_class t ON t.oid = i.inhparent JOIN pg_namespace n ON n.oid = t.relnamespace"
            " WHERE n.nspname = current_schema() AND t.relname = ?",
            (table,),
        )
        return sorted(name for (name,) in rows)

    def indexes(self, session: Session, table: str) -> set[str]:
        """Names of a table's valid indexes."""
        rows = session.execute(
            "SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid"
            " JOIN pg_class t ON t.oid = x.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace"
            " WHERE n.nspname = current_schema() AND t.relname = ? AND x.indisvalid",
            (table,),
        )
        return {name for (name,) in rows}

    def create_table(self, table: str, columns: str) -> list[str]:
        """The table and the sequence of its ids."""
        return [
            f'CREATE TABLE "{table}" ("id" BIGINT PRIMARY KEY, {columns})',
            f'CREATE SEQUENCE "{table}_id" INCREMENT BY {IDS_A_BLOCK} OWNED BY "{table}"."id"',
        ]

    def create_keyed_table(self, table: str, columns: str, key: str) -> str:
        """A table with that primary key."""
        return f'CREATE TABLE "{table}" ({columns}, PRIMARY KEY ({key}))'

    def index_columns(self, columns: Sequence[str]) -> str:
        """Null is the smallest value, as lists sort."""
        return ", ".join(f'"{column}" NULLS FIRST' for column in columns)

    def reserve_ids(self, session: Session, table: str) -> range:
        """The next block of the table's sequence."""
        start = session.execute("SELECT nextval(?)", (f'"{table}_id"',)).fetchone()[0]
        return range(start, start + IDS_A_BLOCK)

    def insert_keys(self, session: Session, entity: str, keys: Sequence[tuple[bytes, bytes, int]]) -> int:
        """One statement: the keys go as arrays."""
        columns = [list(column) for column in zip(*keys, strict=True)]
        cursor = session.execute(
            "INSERT INTO ledger (entity, key_hash, content_hash, record_id)"
            " SELECT ?, * FROM unnest(?::bytea[], ?::bytea[], ?::bigint[]) ON CONFLICT DO NOTHING",
            (entity, *columns),
        )
        return int(cursor.rowcount)

    def find_keys(self, session: Session, entity: str, hashes: list[bytes]) -> list[tuple[bytes, bytes, int]]:
        """By key hash."""
        sql = "SELECT key_hash, content_hash, record_id FROM ledger WHERE entity = ? AND key_hash = ANY(?)"
        return list(session.execute(sql, (entity, hashes)))

    def insert_rows(self, session: Session, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        """By COPY from 64 rows on."""
        if len(rows) < COPY_FROM_ROWS:
            session.executemany(insert_row(table, columns), rows)
            return
        with session.peewee.cursor().copy(copy_rows(table, columns)) as copy:
            for row in rows:
                copy.write_row(row)

    def stream(self, session: Session, sql: str) -> Iterator[tuple[Any, ...]]:
        """By a cursor of the server's."""
        connection = session.peewee.connection()
        with connection.cursor(name="stream") as cursor:
            cursor.itersize = STREAM_ROWS
            cursor.execute(sql)
            yield from cursor

    def pieces(self) -> str:
        """Each line by its place in the list."""
        columns = [f"value ->> {at}" for at in range(len(PIECES))]
        typed = [columns[0], *(f"CAST({column} AS BIGINT)" for column in columns[1:])]
        named = (f'{column} AS "{name}"' for column, name in zip(typed, PIECES, strict=True))
        return f"SELECT {', '.join(named)} FROM jsonb_array_elements(CAST(? AS JSONB))"  # noqa: S608 - constants

    def after_restore(self, session: Session, table: str) -> None:
        """Set the sequence behind `id`, whether the column owns it or has it as identity."""
        sequence = session.execute("SELECT pg_get_serial_sequence(?, 'id')", (f'"{table}"',)).fetchone()[0]
        following = f'SELECT setval(?, (SELECT coalesce(max("id"), 0) + 1 FROM "{table}"), false)'  # noqa: S608 - a table of the catalogue
        session.execute(following, (sequence,))
