"""The database behind the store: one writing connection a thread, a pool of read-only ones, durability asserted."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import peewee

from core.declare.problem import ZcError
from core.store.request import StoreBusy

URL_FORMS = "Write sqlite:///data/zc.db or postgresql://user@host:5432/name"
READERS = 8
PIECES = ("key", "since", "until", "place")
"""Columns of what a dialect's `pieces` says."""
READER_WAIT_S = 30


def now_ms() -> int:
    """The time now, UTC milliseconds."""
    return time.time_ns() // 1_000_000


@lru_cache(maxsize=4096)
def with_parameters(sql: str, mark: str) -> str:
    """`sql`, written with ? for each parameter, in the database's own way of marking them."""
    return sql if mark == "?" else sql.replace("?", mark)


class Dialect(Protocol):
    """What differs between the databases."""

    name: str
    mark: str

    def writing(self) -> Any:
        """A Peewee database for writing."""

    def reading(self) -> Any:
        """A pooled Peewee database that cannot write."""

    def assert_durable(self, session: Session) -> None:
        """ZcError if an acknowledged record would not survive a power cut."""

    def is_unavailable(self, error: BaseException) -> bool:
        """True if the database cannot be written now, whatever the rows."""

    def begin(self) -> str:
        """The statement that begins a writing transaction."""

    def begin_snapshot(self) -> str:
        """The statement that begins a reading transaction which sees one state throughout."""

    def column_type(self, column: str) -> str:
        """The SQL type of text, integer, real, boolean or bytes."""

    def columns(self, session: Session, table: str) -> dict[str, str]:
        """{column: SQL type as the catalogue says} of a table, in order; empty without such a table."""

    def tables(self, session: Session) -> list[str]:
        """Names of all tables, sorted; partitions are left out."""

    def partitions(self, session: Session, table: str) -> list[str]:
        """Names of the partitions of a table, sorted; empty where it is a plain one."""

    def indexes(self, session: Session, table: str) -> set[str]:
        """Names of the usable indexes of a table."""

    def create_table(self, table: str, columns: str) -> list[str]:
        """Statements for a table of records: `columns` is the list of column definitions after id."""

    def create_keyed_table(self, table: str, columns: str, key: str) -> str:
        """The statement for a table found by its key alone: definitions of all columns, and those of the key."""

    def index_columns(self, columns: Sequence[str]) -> str:
        """The column list of an index in the order that lists are sorted: null is the smallest value."""

    def reserve_ids(self, session: Session, table: str) -> range:
        """Ids that nobody else will use for new records of `table`."""

    def insert_keys(self, session: Session, entity: str, keys: Sequence[tuple[bytes, bytes, int]]) -> int:
        """Insert (key hash, content hash, record id) into the ledger; how many of them were new."""

    def find_keys(self, session: Session, entity: str, hashes: list[bytes]) -> list[tuple[bytes, bytes, int]]:
        """The ledger's lines of these key hashes."""

    def insert_rows(self, session: Session, table: str, columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
        """Insert rows that have a value for each of `columns` in order."""

    def stream(self, session: Session, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query in bounded memory."""

    def pieces(self) -> str:
        """The query of what one parameter says, a JSON text of [[key, since, until, place]…]: a text, three numbers."""

    def after_restore(self, session: Session, table: str) -> None:
        """Let new ids of `table` follow the restored ones."""


class Session:
    """One connection inside a transaction. SQL marks parameters with ?; names come from compiled entities only."""

    def __init__(self, peewee_database: Any, dialect: Dialect) -> None:
        self.peewee = peewee_database
        self.dialect = dialect

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """Run one statement; a DB-API cursor."""
        cursor = self.peewee.cursor()
        cursor.execute(with_parameters(sql, self.dialect.mark), params)
        return cursor

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run one statement for each row; how many rows it changed in all."""
        cursor = self.peewee.cursor()
        cursor.executemany(with_parameters(sql, self.dialect.mark), rows)
        return int(cursor.rowcount)

    def run(self, query: Any) -> Any:
        """Run a Peewee query; its rows or row count."""
        return query.execute(self.peewee)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """What is done inside is undone alone if it raises."""
        self.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK TO SAVEPOINT attempt")
            self.execute("RELEASE SAVEPOINT attempt")
            raise
        self.execute("RELEASE SAVEPOINT attempt")


class Database:
    """Hands out sessions."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._writing = dialect.writing()
        self._reading = dialect.reading()
        self._steady = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A writing transaction on this thread's connection, which is kept; opened and asserted durable when new."""
        session = Session(self._writing, self.dialect)
        if self._writing.is_closed():
            self._writing.connect()
            self.dialect.assert_durable(session)
        session.execute(self.dialect.begin())
        try:
            yield session
            session.execute("COMMIT")
        except BaseException:
            self._roll_back(session)
            raise

    def _roll_back(self, session: Session) -> None:
        try:
            session.execute("ROLLBACK")
        except Exception:  # noqa: BLE001 - the first error is the one to tell; the connection is of no more use
            self.drop_connection()

    @contextmanager
    def statements(self) -> Iterator[Session]:
        """A connection outside any transaction, closed afterwards; for statements that must not be inside one."""
        try:
            self._writing.connect(reuse_if_open=True)
            yield Session(self._writing, self.dialect)
        finally:
            self.drop_connection()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A read-only connection of the pool; everything read inside is of one moment. StoreBusy when the database
        cannot be reached."""
        steady = getattr(self._steady, "session", None)
        if steady is not None:
            yield steady
            return
        try:
            with self._read() as session:
                yield session
        except Exception as error:
            if self.is_unavailable(error):
                raise StoreBusy(why=str(error).strip()) from error
            raise

    @contextmanager
    def steadily(self) -> Iterator[None]:
        """All that this thread reads inside is of the moment at which it began, whatever is written meanwhile."""
        with self.reading() as session:
            outer = getattr(self._steady, "session", None)
            self._steady.session = session
            try:
                yield
            finally:
                self._steady.session = outer

    @contextmanager
    def _read(self) -> Iterator[Session]:
        with self._reading.connection_context():
            session = Session(self._reading, self.dialect)
            session.execute(self.dialect.begin_snapshot())
            try:
                yield session
            finally:
                with suppress(Exception):  # a broken connection has nothing to end, the pool drops it
                    session.execute("ROLLBACK")

    def is_unavailable(self, error: BaseException) -> bool:
        """True if the database cannot be written now, whatever the rows: full, gone, locked."""
        driver_error = getattr(error, "orig", None) if isinstance(error, peewee.PeeweeException) else None
        return self.dialect.is_unavailable(driver_error or error)

    def drop_connection(self) -> None:
        """Close this thread's writing connection; the next transaction opens a new one."""
        with suppress(Exception):  # closing what is broken may raise; nothing is left to lose
            self._writing.close()

    def renew_readers(self) -> None:
        """Close idle readers, so that none keeps a plan made for an older table."""
        self._reading.close_idle()

    def close(self) -> None:
        """Close this thread's connection and all readers."""
        self.drop_connection()
        self._reading.close_all()


def open_database(url: str, password: str | None, home: Path | None) -> Database:
    """The database that `url` names; a relative SQLite path begins at `home`. ZcError for any other URL."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError as error:
        raise ZcError(f"'{url}' is no URL: {error}", URL_FORMS) from error
    if parts.scheme == "sqlite" and not parts.netloc and len(parts.path) > 1:
        from core.store.sqlite import Sqlite

        path = (home or Path()) / unquote(parts.path[1:])
        return Database(Sqlite(path))
    if parts.scheme == "postgresql" and len(parts.path) > 1:
        return Database(_postgresql(url, password))
    raise ZcError(f"'{url}' names no database", URL_FORMS)


def _postgresql(url: str, password: str | None) -> Dialect:
    parts = urlsplit(url)
    if parts.password:
        raise ZcError("the database URL has a password in it", "Move it to config/secrets.yaml and name it there")
    try:
        from core.store.postgresql import Postgresql
    except ImportError as error:
        raise ZcError(
            "PostgreSQL's driver is not installed", "Run pip install 'zc-overload-control[postgres]'"
        ) from error
    host = parse_qs(parts.query).get("host", [parts.hostname or "localhost"])[0]
    return Postgresql(
        name=unquote(parts.path[1:]),
        host=host,
        port=parts.port or 5432,
        user=unquote(parts.username or ""),
        password=password,
    )
