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
from core.store.archive import forget_all
from core.store.database import Session
from core.store.dump import SYSTEM, Manifest, Progress, our_tables, verify
from core.store.filling import drop_all
from core.store.store import Store
from core.store.tables import Migration

ROWS_A_CHUNK = 5_000
NAME = re.compile(r"[a-z][a-z0-9_]*")
REPLACED = ("state", "fingerprint")
"""Tables that a new store may have lines in already; the dump's replace them."""
OF_ROWS = frozenset({"0006_ordered_keys"})
"""Migrations of our own that change rows. A dump made before one has rows as they were, so it runs when the store is
opened next."""


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
    drop_all(session)
    forget_all(store.writer, session)
    ran = _take_migrations(session)
    for table in manifest:
        with gzip.open(folder / f"{table}.jsonl.gz", "rb") as lines:
            _load(session, table, iter(lines), progress)
        _compare_count(session, table, int(manifest[table]["rows"]))
    _put_back(session, ran)
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
    number = 0
    while chunk := list(islice(lines, ROWS_A_CHUNK)):
        rows = [_values(json.decode(line), in_bytes) for line in chunk]
        session.dialect.insert_rows(session, table, tuple(kinds), rows)
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
        if row[place] is not None:
            row[place] = base64.b64decode(row[place])
    return tuple(row)


def _take_migrations(session: Session) -> list[dict[str, Any]]:
    """Take out what ran when this store was made; `_put_back` adds it to what the dump says ran, but for what changed
    rows."""
    ran = list(session.run(Migration.select().dicts()))
    session.run(Migration.delete())
    return ran


def _put_back(session: Session, ran: list[dict[str, Any]]) -> None:
    for migration in ran:
        if migration["owner"] == "core" and migration["name"] in OF_ROWS:
            continue
        session.run(Migration.insert(migration).on_conflict_ignore())


def _compare_count(session: Session, table: str, rows: int) -> None:
    found = session.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - a table of the manifest
    if found != rows:
        raise ZcError(f"{table} has {found} rows after the restore, the manifest says {rows}", "Restore another backup")
