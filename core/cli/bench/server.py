"""A server of the bench: started on an empty database for every turn, stopped after it."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from core.cli.bench.load import Load
from core.cli.bench.payload import TABLE
from core.declare.problem import ZcError

START_S = 60
INSTALL = "pip install -e '.[bench]', or run make bench"


class Server(ABC):
    """One that can be put under load. `folder` is its own.

    `path`, `before` and `after` are where posts go and what stands around their records; `count` says how many records
    its table holds.
    """

    title: str
    path: str = "/weighings"
    before: str
    after: str
    count: str = f"SELECT count(*) FROM {TABLE}"  # noqa: S608 - our own name

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0

    @property
    def missing(self) -> str:
        """Why it cannot be run here and what to do about it; empty where it can."""
        return ""

    @property
    @abstractmethod
    def database(self) -> Path:
        """Its SQLite file."""

    @abstractmethod
    def renew(self) -> None:
        """An empty database."""

    @abstractmethod
    def command(self) -> list[str]:
        """What starts it on `port`."""

    def environment(self) -> dict[str, str]:
        """The environment that it is started in."""
        return dict(os.environ)

    def headers(self) -> dict[str, str]:
        """What each post says beside its body; asked when it listens."""
        return {}

    @contextmanager
    def running(self) -> Iterator[int]:
        """The id of its process, once it listens on a new database, until the context ends."""
        self.renew()
        self.port = free_port()
        with started(self.title, self.command(), self.port, self.folder, self.environment()) as pid:
            yield pid

    def load(self, size: int, connections: int, seconds: float) -> Load:
        """A job for the load generator."""
        return Load(self.port, self.path, self.headers(), self.before, self.after, size, connections, seconds)

    def stored(self) -> int:
        """How many records its table holds."""
        with closing(sqlite3.connect(self.database)) as database:
            return int(database.execute(self.count).fetchone()[0])


@contextmanager
def started(title: str, command: list[str], port: int, folder: Path, environment: dict[str, str]) -> Iterator[int]:
    """The id of a server's process, once it listens on that port of 127.0.0.1, until the context ends."""
    log = folder / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, cwd=folder, env=environment)  # noqa: S603 - our own
    try:
        _wait(title, process, port, log)
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(timeout=START_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _wait(title: str, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise ZcError(f"{title} did not start: {log.read_text()[-2000:]}", INSTALL)
