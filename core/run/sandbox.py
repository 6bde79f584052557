"""The sandbox: a store of its own for partners that try out, with the same tables and nothing else in common."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from core.declare.problem import ZcError
from core.intake.store import Writer
from core.run.home import Home
from core.run.snapshot import Snapshot
from core.run.stores import bring_in_line
from core.store.database import now_ms
from core.store.request import StoreBusy, Write, Written
from core.store.store import Store

if TYPE_CHECKING:
    from core.run.live import Platform

log = logging.getLogger("zc.sandbox")

FULL_S = 600  # how long a partner is told to wait when the sandbox is full: somebody must clear it


class Sandbox:
    """data/sandbox.sqlite, opened while the declarations have a sandbox partner. Thread-safe.

    `opened` hears of its store each time it was opened.
    """

    def __init__(self, home: Home, opened: Callable[[Store], None]) -> None:
        self._opened = opened
        self.file = home.data / "sandbox.sqlite"
        self._home = home
        self._lock = threading.Lock()
        self._store: Store | None = None
        self._snapshot: Snapshot | None = None

    def adopt(self, snapshot: Snapshot) -> None:
        """Bring its tables in line with the snapshot. What is in it is only for trying out: where a change cannot be
        had by adding, it begins anew."""
        with self._lock:
            self._snapshot = snapshot
            if not any(partner.sandbox for partner in snapshot.partners.values()):
                return
            if not self._in_line(snapshot):
                log.warning("the sandbox begins anew: its tables cannot be brought in line")
                self._remove()
                self._in_line(snapshot)

    def store(self) -> Store:
        """Its store. ZcError where no partner is in the sandbox."""
        if self._store is None:
            raise ZcError("no partner of this site is in the sandbox", "Make one with: zc partner add NAME --sandbox")
        return self._store

    def put(self, write: Write) -> Future[Written]:
        """Store what a sandbox partner posted; StoreBusy where the sandbox is full."""
        if self._snapshot is None or self._store is None:
            raise StoreBusy
        if self.file.stat().st_size > self._snapshot.site["intake"]["sandbox_mib"] << 20:
            raise StoreBusy(FULL_S, "the sandbox is full; clear it with zc sandbox clear")
        return self._store.writer.put(write)

    def clear(self) -> None:
        """Forget everything in it."""
        snapshot = self._snapshot
        with self._lock:
            self._remove()
        if snapshot is not None:
            self.adopt(snapshot)

    def forget_old(self) -> None:
        """Forget the nonces that have run out."""
        with self._lock:
            if self._store is not None:
                self._store.nonces.purge(now_ms())

    def close(self) -> None:
        """Finish what was accepted and close."""
        if self._store is not None:
            self._store.close()

    def _in_line(self, snapshot: Snapshot) -> bool:
        if self._store is None:
            self._store = Store.open(f"sqlite:///{self.file}", zone=snapshot.zone)
            self._opened(self._store)
        return not any(problem.level == "error" for problem in bring_in_line(self._store, snapshot, self._home))

    def _remove(self) -> None:
        self.close()
        self._store = None
        for suffix in ("", "-wal", "-shm"):
            self.file.with_name(self.file.name + suffix).unlink(missing_ok=True)


class PartnerWriter:
    """The writer of all partners of a snapshot: the sandbox's for those in it, the store's for everybody else."""

    def __init__(self, platform: Platform, snapshot: Snapshot) -> None:
        self._live = platform.store.writer
        self._sandbox = platform.sandbox
        self._partners = snapshot.partners

    def put(self, write: Write) -> Future[Written]:
        """Take all of one post."""
        partner = self._partners.get(write.partner)
        return self._sandbox.put(write) if partner is not None and partner.sandbox else self._live.put(write)


def writer_of(platform: Platform, snapshot: Snapshot) -> Writer:
    """Where the posts of a snapshot's partners go."""
    return PartnerWriter(platform, snapshot)
