"""DuckDB, where the extra analytics is installed: bounded, and open to the files of the archive alone."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.entity import Entity
from core.store.database import PIECES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

TYPES = {"text": "VARCHAR", "integer": "BIGINT", "real": "DOUBLE", "boolean": "BOOLEAN"}
SCRATCH = ".scratch"
MEMORY = "512MB"
SCRATCH_ROOM = "2GB"
THREADS = 2
LIMIT_S = 30.0
ROWS_A_STEP = 10_000
MENDING = "Install it: pip install 'zc-overload-control[analytics]', then start zc again"


class NoDuckDB(ZcError):
    """DuckDB is not installed."""


class TooLong(ZcError):
    """A question was broken off for the time it took."""


class TooMuch(ZcError):
    """A question was broken off for the room it took, in memory and in the scratch folder."""


def connect(folder: Path) -> DuckDBPyConnection:
    """A database in memory that reads and writes below `folder` and nowhere else, whatever it is asked. NoDuckDB."""
    duckdb = library()
    (folder / SCRATCH).mkdir(parents=True, exist_ok=True)
    allowed = str(folder.absolute())
    connection: DuckDBPyConnection = duckdb.connect()
    for name, value in (
        ("memory_limit", MEMORY),
        ("threads", THREADS),
        ("temp_directory", str(folder.absolute() / SCRATCH)),
        ("max_temp_directory_size", SCRATCH_ROOM),
        ("parquet_metadata_cache", True),
        ("GLOBAL integer_division", True),
        ("autoinstall_known_extensions", False),
        ("autoload_known_extensions", False),
        ("allowed_directories", [allowed]),
        ("enable_external_access", False),
        ("lock_configuration", True),
    ):
        connection.execute(f"SET {name} = {literal(value)}")
    return connection


def library() -> Any:
    """The package. NoDuckDB where it is not installed."""
    try:
        import duckdb
    except ImportError as error:
        raise NoDuckDB("DuckDB is not installed", MENDING) from error
    return duckdb


def file_is_gone() -> type[Exception]:
    """What DuckDB raises for a file that is not there. NoDuckDB."""
    error: type[Exception] = library().IOException
    return error


def literal(value: Any) -> str:
    """A text, number, boolean or list of such as SQL, where no parameter may stand."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    return str(value).lower() if isinstance(value, bool | int) else "'" + str(value).replace("'", "''") + "'"


def create_table(connection: DuckDBPyConnection, name: str, entity: Entity) -> None:
    """An empty table of an entity's records."""
    columns = ", ".join(f'"{column}" {TYPES[kind]}' for column, kind in columns_of(entity).items())
    connection.execute(f'CREATE OR REPLACE TABLE "{name}" ({columns})')


def columns_of(entity: Entity) -> dict[str, str]:
    """{column: text, integer, real or boolean}, id first."""
    return {"id": "integer", **entity.columns}


def pour(connection: DuckDBPyConnection, name: str, entity: Entity, rows: Iterator[Sequence[Any]], folder: Path) -> int:
    """Add records, id first and then the entity's columns, to a table; how many there were. They go by way of a file of
    JSON lines, which DuckDB reads about four times as fast as the same in a parameter."""
    columns = columns_of(entity)
    path = folder / SCRATCH / f"{secrets.token_hex(8)}.jsonl"
    encode = msgspec.json.Encoder().encode
    number = 0
    try:
        with path.open("wb") as file:
            while chunk := list(islice(rows, ROWS_A_STEP)):
                lines = [encode(dict(zip(columns, row, strict=True))) for row in chunk]
                file.write(b"\n".join(lines) + b"\n")
                number += len(chunk)
        if number:
            kinds = ", ".join(f"{literal(column)}: {literal(TYPES[kind])}" for column, kind in columns.items())
            source = f"read_json({literal(str(path.absolute()))}, columns={{{kinds}}}, format='newline_delimited')"
            connection.execute(f'INSERT INTO "{name}" SELECT * FROM {source}')  # noqa: S608 - compiled names
    finally:
        path.unlink(missing_ok=True)
    return number


@contextmanager
def limited(cursor: DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """What runs inside is broken off after so long, or where it takes more room than there is. TooLong, TooMuch."""
    duckdb = library()
    timer = threading.Timer(seconds, cursor.interrupt)
    timer.start()
    try:
        yield
    except duckdb.InterruptException as error:
        raise TooLong(
            phrase("the question took longer than {limit} s", limit=f"{seconds:g}"),
            phrase("Ask for less time or fewer dimensions"),
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise TooMuch(
            phrase("the question takes more memory than it may"), phrase("Ask for less time or fewer dimensions")
        ) from error
    finally:
        timer.cancel()


class DuckDialect:
    """What questions to figures have to know of DuckDB."""

    name = "duckdb"
    mark = "?"

    def pieces(self) -> str:
        """Each line by its place in the list."""
        columns = [f"line ->> '$[{at}]'" for at in range(len(PIECES))]
        typed = [columns[0], *(f"CAST({column} AS BIGINT)" for column in columns[1:])]
        named = ", ".join(f'{column} AS "{name}"' for column, name in zip(typed, PIECES, strict=True))
        return f"SELECT {named} FROM (SELECT unnest(from_json(CAST(? AS JSON), '[\"JSON\"]')) AS line)"  # noqa: S608 - constants


class DuckSession:
    """One cursor, asked as a session of the store is."""

    def __init__(self, cursor: DuckDBPyConnection) -> None:
        self.dialect = DuckDialect()
        self._cursor = cursor

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; its rows."""
        return self._cursor.execute(sql, list(params)).fetchall()
