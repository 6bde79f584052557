"""A dump back into an empty store, in one transaction, proved by its manifest."""

from __future__ import annotations

import base64
import gzip
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import json

from core.declare.problem import ZcError
from core.store.database import Session
from core.store.dump import SYSTEM, Manifest, Progress, our_tables, verify
from core.store.store import Store
from core.store.tables import Migration

ROWS_A_CHUNK = 5_000
NAME = re.compile(r"[a-z][a-z0-9_]*")
REPLACED = ("state", "fingerprint")
"""Tables that a new store may have lines in already; the dump's replace them."""


def restore(store: Store, folder: Path, manifest: Manifest, progress: Progress = lambda _table, _rows: None) -> None:
    """Load the files that `dump` wrote into a store that has no records yet.

    ZcError, and the store is as before, if a file is not what the manifest says or the store is not empty.
    """
    wrong = verify(folder, manifest)
    if wrong:
        raise ZcError(f"the backup is damaged: {'; '.join(wrong)}", "Restore another one")
    store.writer.run(partial(_restore, store, folder, manifest, progress))
    store.forget_keys()
    store.database.renew_readers()


def _restore(store: Store, folder: Path, manifest: Manifest, progress: Progress, session: Session) -> None:
    _refuse_unless_empty(session)
    for table in REPLACED:
        session.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
    for table in manifest:
        with gzip.open(folder / f"{table}.jsonl.gz", "rb") as lines:
            _load(session, table, iter(lines), progress)
        _compare_count(session, table, int(manifest[table]["rows"]))
    for table in our_tables(session):
        if "id" in session.dialect.columns(session, table):
            session.dialect.after_restore(session, table)
    store.writer.forget()


def _refuse_unless_empty(session: Session) -> None:
    for table in our_tables(session):
        if table in (*REPLACED, "migration"):
            continue
        if session.execute(f'SELECT 1 FROM "{table}" LIMIT 1').fetchone():  # noqa: S608 - a table of the catalogue
            raise ZcError(f"the store is not empty: {table} has rows", "Restore into a new home, made by `zc init DIR`")


def _load(session: Session, table: str, lines: Iterator[bytes], progress: Progress) -> None:
    kinds: dict[str, str] = json.decode(next(lines))["columns"]
    if not all(NAME.fullmatch(name) for name in (table, *kinds)) or (table not in SYSTEM and table[:2] != "r_"):
        raise ZcError(f"{table} is not a table of this version", "Restore with the version that made the backup")
    _make_table(session, table, kinds)
    in_bytes = [at for at, kind in enumerate(kinds.values()) if kind == "bytes"]
    done = _migrations(session) if table == "migration" else set()
    number = 0
    while chunk := list(islice(lines, ROWS_A_CHUNK)):
        rows = [_values(json.decode(line), in_bytes) for line in chunk]
        new = [row for row in rows if row[:2] not in done]
        if new:
            session.dialect.insert_rows(session, table, tuple(kinds), new)
        number += len(rows)
        progress(table, number)


def _make_table(session: Session, table: str, kinds: dict[str, str]) -> None:
    """Make a table of records that is not there; indexes come with the next plan."""
    there = session.dialect.columns(session, table)
    missing = set(kinds) - set(there)
    if there and missing:
        raise ZcError(f"{table} has no column {', '.join(sorted(missing))}", "Restore into a new home")
    if not there:
        definitions = [f'"{name}" {session.dialect.column_type(kind)}' for name, kind in kinds.items() if name != "id"]
        for statement in session.dialect.create_table(table, ", ".join(definitions)):
            session.execute(statement)


def _values(row: list[Any], in_bytes: list[int]) -> tuple[Any, ...]:
    for place in in_bytes:
        row[place] = base64.b64decode(row[place])
    return tuple(row)


def _migrations(session: Session) -> set[tuple[Any, ...]]:
    """(owner, name) of what ran already when this store was made."""
    return set(session.run(Migration.select(Migration.owner, Migration.name).tuples()))


def _compare_count(session: Session, table: str, rows: int) -> None:
    found = session.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - a table of the manifest
    if found != rows and table != "migration":
        raise ZcError(f"{table} has {found} rows after the restore, the manifest says {rows}", "Restore another backup")
