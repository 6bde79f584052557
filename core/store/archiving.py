"""Writing the archive and proving it: a month of records from the store into a Parquet file, and both compared."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.declare.problem import ZcError
from core.entity.entity import Entity
from core.store import duck
from core.store.archive import Archive, MonthFile, digest_of, of_month
from core.store.database import Database, Session, now_ms

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NAME_DIGITS = 12
MONTH = "month"
PARQUET = "(FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2)"
"""The second version keeps whole numbers as differences: ids, which every question with marks reads, in a fraction of
the time."""

Progress = Callable[[str], None]


def write(database: Database, archive: Archive, entity: Entity, before: int, progress: Progress) -> list[int]:
    """Write every month before the month `before` (202611) that is due, each checked before it serves; the months.
    NoDuckDB."""
    written = []
    with closing(duck.connect(archive.folder)) as connection:
        for month in archive.due(entity, before):
            file = _write_month(connection, database, archive, entity, month)
            progress(f"{entity.id} {month}: {file.records} records, {file.bytes} bytes")
            written.append(month)
    archive.settle(entity)
    return written


def _write_month(
    connection: DuckDBPyConnection, database: Database, archive: Archive, entity: Entity, month: int
) -> MonthFile:
    last_mark = archive.begin(entity, month)
    folder = archive.folder_of(entity.id)
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / f"{month}.new"
    duck.create_table(connection, MONTH, entity)
    with database.reading() as session:
        rows = session.dialect.stream(session, of_month(entity, month))
        number = duck.pour(connection, MONTH, entity, rows, archive.folder)
    target = duck.literal(str(scratch.absolute()))
    connection.execute(f'COPY (SELECT * FROM "{MONTH}" ORDER BY "id") TO {target} {PARQUET}')  # noqa: S608 - our own names
    found = _fingerprint(connection, f"read_parquet({target})", entity)
    if found != _fingerprint(connection, f'"{MONTH}"', entity) or found[0] != number:
        raise ZcError(f"{scratch} does not hold what was read", "See whether the disk is sound, then run it again")
    sha256 = digest_of(scratch)
    path = folder / f"{month // 100}-{month % 100:02d}.{sha256[:NAME_DIGITS]}.parquet"
    size = scratch.stat().st_size
    _sync(scratch)
    scratch.replace(path)
    file = MonthFile(month, path.name, tuple(entity.columns), number, size, sha256, now_ms())
    archive.keep(entity, file, last_mark)
    return file


def verify(database: Database, archive: Archive, entity: Entity) -> list[dict[str, Any]]:
    """[{entity, month, file, records, wrong}] of each file: its bytes against the manifest, and its records, but for
    those that changed since, against the store's; `wrong` is empty where all is well."""
    with closing(duck.connect(archive.folder)) as connection:
        return [
            {
                **{name: line[name] for name in ("entity", "month", "file", "records")},
                "wrong": _wrong(connection, database, archive, entity, line),
            }
            for line in archive.status(entity)
        ]


def _wrong(
    connection: DuckDBPyConnection, database: Database, archive: Archive, entity: Entity, line: dict[str, Any]
) -> str:
    path = archive.folder_of(entity.id) / line["file"]
    if not path.is_file():
        return "the file is missing"
    if digest_of(path) != line["sha256"]:
        return "its SHA-256 is not that of the manifest"
    duck.create_table(connection, MONTH, entity)
    connection.execute("CREATE OR REPLACE TABLE changed (id BIGINT)")
    with database.reading() as session:
        rows = session.dialect.stream(session, of_month(entity, line["month"]))
        duck.pour(connection, MONTH, entity, rows, archive.folder)
        marked = _marked(session, entity)
    if marked:
        connection.execute(f"INSERT INTO changed SELECT unnest([{', '.join(map(str, marked))}])")
    file = next(file for file in _standing(database, archive, entity) if file.file == line["file"])
    columns = ", ".join(f'"{name}"' for name in ("id", *(name for name in file.columns if name in entity.columns)))
    unchanged = "WHERE id NOT IN (SELECT id FROM changed)"
    archived = f"SELECT {columns} FROM read_parquet({duck.literal(str(path.absolute()))}) {unchanged}"  # noqa: S608 - our own names
    stored = f'SELECT {columns} FROM "{MONTH}" {unchanged}'  # noqa: S608 - our own names
    for one, other, words in ((archived, stored, "not as the store has them"), (stored, archived, "not in the file")):
        found = connection.execute(f"SELECT count(*) FROM ({one} EXCEPT ALL {other})").fetchone()  # noqa: S608 - our own names
        if found is not None and found[0]:
            return f"{found[0]} records are {words}"
    return ""


def _standing(database: Database, archive: Archive, entity: Entity) -> tuple[MonthFile, ...]:
    with database.reading() as session:
        return archive.standing(session, entity).files


def _marked(session: Session, entity: Entity) -> list[int]:
    rows = session.execute("SELECT DISTINCT record_id FROM archive_mark WHERE entity = ?", (entity.id,))
    return sorted(row[0] for row in rows.fetchall())


def _fingerprint(connection: DuckDBPyConnection, table: str, entity: Entity) -> tuple[Any, ...]:
    """How many records a table has, and a sum over each column that differs where any value does."""
    columns = duck.columns_of(entity)
    sums = ", ".join(f'sum(hash("id", "{name}"))' for name in columns)
    found = connection.execute(f"SELECT count(*), {sums} FROM {table}").fetchone()  # noqa: S608 - our own names
    return tuple(found or ())


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
