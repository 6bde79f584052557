"""The sides beside ours: the same raw rows in SQLite, where ours keeps them, in PostgreSQL and in one Parquet file for
DuckDB, asked in SQL by hand."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote

import yaml

from core.cli.bench.analytics.aims import DUCKDB, POSTGRESQL, SQLITE
from core.cli.bench.pages.by_hand import READER_KIB
from core.cli.bench.postgresql import NoPostgreSQL, served
from core.declare.problem import ZcError
from core.entity.entity import Entity
from core.run.home import Home
from core.store import duck
from core.store.store import Store

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FOLDER = "by_hand"
A_FILE = 500_000
CHUNK = 1 << 20
RECORDS, STATIONS = "records", "stations"
PARQUET = "(FORMAT parquet, COMPRESSION zstd)"
SETTINGS = {"listen_addresses": "''", "shared_buffers": "512MB", "max_wal_size": "4GB"}
COLUMN_TYPES = {"text": "text", "integer": "bigint", "real": "double precision", "boolean": "boolean"}
INDEXES = ("station, weighed_at", "weighed_at")
Rows = list[tuple[Any, ...]]


class Side(Protocol):
    """Somebody's own connection to the raw rows."""

    def rows(self, sql: str) -> Rows:
        """The rows of a query over {records} and {stations}."""


class Asking:
    """A connection with these names of the tables."""

    def __init__(self, connection: Any, records: str = RECORDS, stations: str = STATIONS) -> None:
        self._connection = connection
        self._names = {RECORDS: records, STATIONS: stations}

    def rows(self, sql: str) -> Rows:
        """The rows of a query over {records} and {stations}."""
        found: Rows = self._connection.execute(sql.format(**self._names)).fetchall()
        return found


@contextmanager
def sides(home: Home, store: Store, entity: Entity) -> Iterator[tuple[Mapping[str, Side], dict[str, str]]]:
    """({name: side}, {name of a side that is not here: why}); what they need is made in the home the first time."""
    folder = home.root / FOLDER
    file = sqlite_file(home)
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as rows:
        rows.execute(f"PRAGMA cache_size = -{READER_KIB}")
        stations = rows.execute("SELECT code, region FROM r_station").fetchall()
        with closing(_duckdb(exported(home, store, entity), stations)) as hand:
            found: dict[str, Side] = {SQLITE: Asking(rows, entity.table, "r_station"), DUCKDB: Asking(hand)}
            try:
                with _postgresql(folder / POSTGRESQL, hand, entity, stations) as connection:
                    yield found | {POSTGRESQL: Asking(connection)}, {}
                    return
            except NoPostgreSQL as error:
                missing = {POSTGRESQL: str(error)}
            yield found, missing


def sqlite_file(home: Home) -> Path:
    """The home's database. ZcError where it is none of SQLite's."""
    said = yaml.safe_load((home.root / "config" / "site.yaml").read_text(encoding="utf-8"))["store"]
    if not said.startswith("sqlite:///"):
        raise ZcError("this bench compares with SQLite", "Name another folder")
    return (home.root / unquote(said.removeprefix("sqlite:///"))).absolute()


def is_exported(home: Home) -> bool:
    """Whether the raw rows lie beside the home already."""
    return (home.root / FOLDER / RECORDS).is_dir()


def exported(home: Home, store: Store, entity: Entity) -> Path:
    """The folder with all records as Parquet, as somebody who asks DuckDB by hand would have them."""
    folder = home.root / FOLDER
    target, scratch = folder / RECORDS, folder / f"{RECORDS}.new"
    if not target.is_dir():
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        folder.chmod(0o755)
        columns = ", ".join(f'"{name}"' for name in duck.columns_of(entity))
        with closing(duck.connect(folder)) as connection, store.database.reading() as session:
            last = session.execute(f'SELECT coalesce(max("id"), 0) FROM "{entity.table}"').fetchone()[0]  # noqa: S608 - a compiled name
            for number, start in enumerate(range(0, last, A_FILE)):
                within = f'"id" > {start} AND "id" <= {start + A_FILE}'
                sql = f'SELECT {columns} FROM "{entity.table}" WHERE {within} ORDER BY "id"'  # noqa: S608 - compiled names
                duck.create_table(connection, RECORDS, entity)
                duck.pour(connection, RECORDS, entity, session.dialect.stream(session, sql), folder)
                path = duck.literal(str((scratch / f"{number:04d}.parquet").absolute()))
                connection.execute(f"COPY {RECORDS} TO {path} {PARQUET}")
        scratch.rename(target)
    return target


def _duckdb(folder: Path, stations: Rows) -> DuckDBPyConnection:
    """A connection as anybody has it, of as many threads as ours."""
    connection: DuckDBPyConnection = duck.library().connect()
    connection.execute(f"SET threads = {duck.THREADS}")
    connection.execute("SET integer_division = true")
    files = duck.literal(str(folder.absolute() / "*.parquet"))
    connection.execute(f"CREATE VIEW {RECORDS} AS SELECT * FROM read_parquet({files})")  # noqa: S608 - our own files
    connection.execute(f"CREATE TABLE {STATIONS} (code VARCHAR, region VARCHAR)")
    connection.executemany(f"INSERT INTO {STATIONS} VALUES (?, ?)", stations)  # noqa: S608 - our own name
    return connection


@contextmanager
def _postgresql(folder: Path, hand: DuckDBPyConnection, entity: Entity, stations: Rows) -> Iterator[Any]:
    """A connection to a server of the bench's own that has the same rows. NoPostgreSQL."""
    if find_spec("psycopg") is None:
        raise NoPostgreSQL("psycopg is not installed", "pip install -e '.[bench]'")
    import psycopg  # of the extra bench

    folder.mkdir(exist_ok=True)
    with (
        served(folder, SETTINGS) as url,
        closing(psycopg.connect(url.format(name="postgres"), autocommit=True)) as connection,
    ):
        if connection.execute("SELECT to_regclass('records')").fetchone() == (None,):
            file = folder.parent / f"{RECORDS}.csv"
            with connection.transaction():
                _fill(connection, file, hand, entity, stations)
            connection.execute(f"VACUUM ANALYZE {RECORDS}")
        yield connection


def _fill(connection: Any, file: Path, hand: DuckDBPyConnection, entity: Entity, stations: Rows) -> None:
    """Both tables, with indexes as ours has them."""
    columns = ", ".join(f'"{name}" {COLUMN_TYPES[kind]}' for name, kind in duck.columns_of(entity).items())
    connection.execute(f"CREATE TABLE {RECORDS} ({columns})")
    connection.execute(f"CREATE TABLE {STATIONS} (code text, region text)")
    connection.cursor().executemany(f"INSERT INTO {STATIONS} VALUES (%s, %s)", stations)  # noqa: S608 - our own name
    hand.execute(f"COPY {RECORDS} TO {duck.literal(str(file.absolute()))} (FORMAT csv, HEADER false)")
    try:
        with file.open("rb") as lines, connection.cursor().copy(f"COPY {RECORDS} FROM STDIN (FORMAT csv)") as copy:
            while chunk := lines.read(CHUNK):
                copy.write(chunk)
    finally:
        file.unlink(missing_ok=True)
    for index in INDEXES:
        connection.execute(f"CREATE INDEX ON {RECORDS} ({index})")
