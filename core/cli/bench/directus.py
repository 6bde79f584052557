"""Directus' items API as a server of the bench. It comes from npm, so whoever runs the bench says where it is."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from core.cli.bench.payload import SCHEMA, TABLE
from core.cli.bench.peer import Peer
from core.declare.problem import ZcError

FOLDER = "DIRECTUS_FOLDER"
"""The environment variable that names the folder."""

INSTALL = f"run npm install directus@11.3.5 sqlite3@5.1.7 in a folder of its own and name it: {FOLDER}=/path"
BOOTSTRAP_S = 120
TOKEN = "of-a-database-that-is-thrown-away"  # noqa: S105 - nobody else's
SETTINGS = {
    "HOST": "127.0.0.1",
    "DB_CLIENT": "sqlite3",
    "KEY": TOKEN,
    "SECRET": TOKEN,
    "ADMIN_EMAIL": "bench@example.org",
    "ADMIN_PASSWORD": TOKEN,
    "LOG_LEVEL": "error",
    "TELEMETRY": "false",
    "RATE_LIMITER_ENABLED": "false",
    "MAX_PAYLOAD_SIZE": "16mb",
}


class Directus(Peer):
    """Directus 11 on SQLite, its table among its collections."""

    title = "Directus"
    path = f"/items/{TABLE}"
    before, after = "[", "]"

    @property
    def missing(self) -> str:
        """Whether it is installed where it is said to be."""
        if shutil.which("node") is None:
            return "node is not installed"
        return "" if self._program.is_file() else f"it is not installed: {INSTALL}"

    def renew(self) -> None:
        """A database that Directus made once, with the payload's table."""
        made = self.folder / "made.sqlite"
        if not made.exists():
            self._make(made)
        for file in self.folder.glob("bench.sqlite*"):
            file.unlink()
        shutil.copy(made, self.database)

    def command(self) -> list[str]:
        """Its own server."""
        return ["node", str(self._program), "start"]

    def environment(self) -> dict[str, str]:
        """Its settings, which it takes from there alone."""
        return {**os.environ, **SETTINGS, "PORT": str(self.port), "DB_FILENAME": str(self.database)}

    def headers(self) -> dict[str, str]:
        """The token of its administrator."""
        return {"Authorization": f"Bearer {TOKEN}"}

    @property
    def _program(self) -> Path:
        return Path(os.environ.get(FOLDER, "")) / "node_modules" / "directus" / "cli.js"

    def _make(self, file: Path) -> None:
        done = subprocess.run(  # noqa: S603 - our own arguments
            ["node", str(self._program), "bootstrap"],  # noqa: S607 - the node of whoever runs the bench
            env={**self.environment(), "DB_FILENAME": str(file)},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=BOOTSTRAP_S,
            check=False,
        )
        if done.returncode:
            raise ZcError(f"Directus cannot make its database: {(done.stdout + done.stderr)[-1000:]}", INSTALL)
        with closing(sqlite3.connect(file, isolation_level=None)) as database:
            for statement in SCHEMA:
                database.execute(statement)
            database.execute("UPDATE directus_users SET token = ?", (TOKEN,))
            database.execute("PRAGMA journal_mode=WAL")
