"""The peers: what a city could take instead, each with the payload's table and indexes on a SQLite file of its own."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from core.cli.bench.payload import SCHEMA, TABLE
from core.cli.bench.server import INSTALL, Server


class Peer(Server):
    """One with the payload's table, made for it with the indexes that ours has."""

    needs: tuple[str, ...] = ()

    @property
    def missing(self) -> str:
        """Which libraries are not installed."""
        lacking = [name for name in self.needs if find_spec(name) is None]
        return f"{', '.join(lacking)} is not installed: {INSTALL}" if lacking else ""

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / "bench.sqlite"

    def renew(self) -> None:
        """The table with its indexes, the log written ahead; every commit is synced where nobody says otherwise."""
        for file in self.folder.glob("bench.sqlite*"):
            file.unlink()
        with closing(sqlite3.connect(self.database, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            for statement in SCHEMA:
                database.execute(statement)


class Orm(Peer):
    """FastAPI, Pydantic, SQLAlchemy's ORM."""

    title = "FastAPI + ORM"
    before, after = '{"records":[', "]}"
    needs = ("fastapi", "uvicorn", "sqlalchemy")
    program = "core.cli.bench.peers.orm"

    def command(self) -> list[str]:
        """The peer's own program."""
        return [sys.executable, "-m", self.program, str(self.database), str(self.port)]


class Core(Orm):
    """FastAPI, Pydantic, SQLAlchemy Core."""

    title = "FastAPI + Core"
    program = "core.cli.bench.peers.core"


class Datasette(Peer):
    """Datasette's insert API, which checks nothing and is told to ignore what is there already; open to all, as many
    rows a post as the bench sends."""

    title = "Datasette"
    path = f"/bench/{TABLE}/-/insert"
    before, after = '{"rows":[', '],"ignore":true}'
    needs = ("datasette",)

    def command(self) -> list[str]:
        """Datasette's own server."""
        settings = ["-s", "permissions.insert-row", "true", "--setting", "max_insert_rows", "1000"]
        return [sys.executable, "-m", "datasette", "serve", str(self.database), "-p", str(self.port), *settings]
