"""Copies of the whole store: made while it runs, proved by restoring to scratch, restored into an empty home."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.declare.library import Cache
from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.run.build import read
from core.run.home import Home
from core.run.stores import open_store
from core.store import dump as dumping
from core.store.restore import restore
from core.store.store import Store

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

Tables = Mapping[str, Mapping[str, Any]]
Tell = Callable[[str], None]


def dump(platform: Platform, progress: Progress, *, folder: str) -> dict[str, Any]:
    """Every table of one moment into `folder`: {tables: {table: {rows, sha256, content}}, snapshot, dialect, title}."""

    def tell(table: str, rows: int) -> None:
        progress(phrase("{table}: {rows} rows written", table=table, rows=f"{rows:,}"))

    tables = dumping.dump(platform.store, Path(folder), tell)
    snapshot = platform.snapshot
    return {
        "tables": tables,
        "snapshot": snapshot.number,
        "dialect": platform.store.dialect,
        "title": snapshot.site["title"],
        "demo": snapshot.site["demo"],
    }


def wrong_files(folder: Path, tables: Tables) -> list[str]:
    """What is wrong with a dump's files, in words; empty when every byte is what the manifest says."""
    return dumping.verify(folder, tables)


def prove(folder: Path, tables: Tables, tell: Tell) -> None:
    """Restore a dump to a scratch store and compare counts and contents. ZcError says what differs."""
    with tempfile.TemporaryDirectory(prefix="zc-scratch-") as scratch:
        store = Store.open(f"sqlite:///{scratch}/scratch.sqlite")
        try:
            restore(store, folder, tables, _restored(tell))
            _compare(dumping.measure(store), tables)
        finally:
            store.close()


def restore_into(into: Path, folder: Path, tables: Tables, tell: Tell) -> None:
    """Restore a dump into the empty store of the home `into`, whose declarations are there already, and compare it
    with the manifest. ZcError where the home is bad, the store is not empty, or anything differs."""
    home = Home(into)
    home.require()
    reading = read(home, Cache())
    if reading.site is None:
        raise ZcError("the restored config/site.yaml has problems", f"See them with: zc check --home {into}")
    with home.lock():
        store = open_store(reading.site.data, reading.secrets, home)
        try:
            restore(store, folder, tables, _restored(tell))
            _compare(dumping.measure(store), tables)
        finally:
            store.close()


def _compare(measured: Tables, tables: Tables) -> None:
    for table, said in tables.items():
        found = measured.get(table, {"rows": 0, "content": ""})
        if (found["rows"], found["content"]) != (said["rows"], said["content"]):
            what = phrase(
                "{table} has {found} rows where the manifest says {said}, or other contents",
                table=table,
                found=found["rows"],
                said=said["rows"],
            )
            raise ZcError(what, phrase("Do not rely on this backup; take another, and keep this to find the cause."))


def _restored(tell: Tell) -> Callable[[str, int], None]:
    return lambda table, rows: tell(phrase("{table}: {rows} rows restored", table=table, rows=f"{rows:,}"))
