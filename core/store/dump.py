"""The whole store as files, one table a file: for backups, and for moving between databases.

A file is gzip of JSON lines: first {"table", "columns": {name: text | integer | real | boolean | bytes}}, then one
array of values a row, in the order of the primary key, bytes in base64. Equal tables make equal lines, so that
`content`, the hash of the lines, proves a restore; `sha256` is of the file itself and finds any byte that changed.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import peewee
from msgspec import json

from core.store.database import Session
from core.store.store import Store
from core.store.tables import MODELS, Fingerprint

Manifest = Mapping[str, Mapping[str, Any]]
"""{table: {rows, sha256, content}}"""

Progress = Callable[[str, int], None]
PROGRESS_ROWS = 50_000
SYSTEM = {model._meta.table_name: model for model in MODELS}


def dump(store: Store, folder: Path, progress: Progress = lambda _table, _rows: None) -> dict[str, dict[str, Any]]:
    """Write every table, all of one moment, to `folder`/<table>.jsonl.gz while others write on; the manifest.

    `progress(table, rows)` is called now and then. Memory is bounded whatever the number of rows.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest = {}
    with store.database.reading() as session:
        for table in our_tables(session):
            path = folder / f"{table}.jsonl.gz"
            with path.open("wb") as file:
                with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
                    rows, content = _write_lines(session, table, packed.write, progress)
                file.flush()
                os.fsync(file.fileno())
            manifest[table] = {"rows": rows, "sha256": file_digest(path), "content": content}
    return manifest


def measure(store: Store) -> dict[str, dict[str, Any]]:
    """{table: {rows, content}} of the store as it is, to compare with a manifest; writes no file."""
    measured = {}
    with store.database.reading() as session:
        for table in our_tables(session):
            rows, content = _write_lines(session, table, lambda _: None, lambda _table, _rows: None)
            measured[table] = {"rows": rows, "content": content}
    return measured


def verify(folder: Path, manifest: Manifest) -> list[str]:
    """What is wrong with the files, in words; empty when they are what the manifest says."""
    wrong = []
    for table, entry in manifest.items():
        path = folder / f"{table}.jsonl.gz"
        if not path.is_file():
            wrong.append(f"{path.name} is missing")
        elif file_digest(path) != entry["sha256"]:
            wrong.append(f"{path.name} is not what was written: its sha256 differs from the manifest's")
    extra = {path.name.removesuffix(".jsonl.gz") for path in folder.glob("*.jsonl.gz")} - set(manifest)
    return wrong + [f"{table}.jsonl.gz is not in the manifest" for table in sorted(extra)]


def file_digest(path: Path) -> str:
    """sha256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def our_tables(session: Session) -> list[str]:
    """Names of the store's own tables and of those of records, sorted; others in the same database are not ours."""
    return [table for table in session.dialect.tables(session) if table in SYSTEM or table.startswith("r_")]


def kinds_of(session: Session, table: str) -> dict[str, str]:
    """{column: text | integer | real | boolean | bytes} of a table.

    SQLite's catalogue calls a boolean an integer, so the models and fingerprints are asked for booleans.
    """
    dialect = session.dialect
    names = {
        dialect.column_type(kind).split(" COLLATE")[0]: kind for kind in ("boolean", "text", "integer", "real", "bytes")
    }
    kinds = {column: names[kind] for column, kind in dialect.columns(session, table).items()}
    return kinds | dict.fromkeys(_booleans(session, table), "boolean")


def _booleans(session: Session, table: str) -> set[str]:
    if table in SYSTEM:
        fields = SYSTEM[table]._meta.sorted_fields
        return {field.column_name for field in fields if isinstance(field, peewee.BooleanField)}
    query = Fingerprint.select(Fingerprint.body).where(Fingerprint.entity == table.removeprefix("r_")).tuples()
    shapes = [body for (body,) in session.run(query)]
    return {name for shape in shapes for name, field in shape["fields"].items() if field["column"] == "boolean"}


def _write_lines(session: Session, table: str, write: Callable[[bytes], Any], progress: Progress) -> tuple[int, str]:
    """Write the table's lines; how many rows, and the hash of the lines."""
    kinds = kinds_of(session, table)
    booleans = [at for at, kind in enumerate(kinds.values()) if kind == "boolean"]
    digest, number, encode = hashlib.sha256(), 0, json.Encoder().encode
    buffer = io.BytesIO()
    buffer.write(encode({"table": table, "columns": kinds}) + b"\n")
    for row in _rows(session, table, list(kinds)):
        buffer.write(encode(_with_booleans(row, booleans) if booleans else row) + b"\n")
        number += 1
        if number % PROGRESS_ROWS == 0:
            progress(table, number)
        if buffer.tell() > 1 << 20:
            digest.update(buffer.getbuffer())
            write(buffer.getvalue())
            buffer = io.BytesIO()
    digest.update(buffer.getbuffer())
    write(buffer.getvalue())
    progress(table, number)
    return number, digest.hexdigest()


def _rows(session: Session, table: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    key = SYSTEM[table]._meta.primary_key if table in SYSTEM else None
    order = key.field_names if isinstance(key, peewee.CompositeKey) else (key.column_name if key else "id",)
    selected, ordered = (", ".join(f'"{name}"' for name in names) for names in (columns, order))
    return session.dialect.stream(session, f'SELECT {selected} FROM "{table}" ORDER BY {ordered}')  # noqa: S608 - names of the catalogue


def _with_booleans(row: tuple[Any, ...], places: list[int]) -> list[Any]:
    values = list(row)
    for place in places:
        if values[place] is not None:
            values[place] = bool(values[place])
    return values
