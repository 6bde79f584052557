"""What the five steps work with, out of a platform and one of its snapshots."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

from core.intake.intake import Means
from core.intake.post import Partner, Post, Stop
from core.intake.read import Identify
from core.intake.store import KeyMemory
from core.run.sandbox import writer_of
from core.run.snapshot import Snapshot
from core.store.request import Write, Written
from core.store.store import Store

if TYPE_CHECKING:
    from core.run.live import Platform


class Preview(KeyMemory):
    """The writer's door for a dry run: what the store has counts as there, and nothing is added to it."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def put(self, write: Write) -> Future[Written]:
        """A done future with what the store would answer."""
        found = self._store.entries_of(write.entity, [row.key_hash for row in write.rows])
        for key, (content, record_id) in found.items():
            self.know(write.entity, key, content, record_id)
        return super().put(write)


def nobody(_post: Post) -> Partner:
    """Identification where nothing is read: whoever comes is refused."""
    raise Stop("token_missing")


def means_of(platform: Platform, snapshot: Snapshot, identify: Identify = nobody, keeps: bool = True) -> Means:
    """The means of one snapshot; with `keeps` false nothing is stored."""
    return Means(
        identify=identify,
        keys=lambda entity: platform.store.keys(snapshot.entities[entity]),
        checks=snapshot.checks,
        derivers=snapshot.derivers,
        writer=writer_of(platform, snapshot) if keeps else Preview(platform.store),
        limits=snapshot.site["intake"],
        clock=snapshot.site["clock"],
        demo=snapshot.site["demo"],
        fault=lambda what, error: platform.faults.note(snapshot.owners.get(what, "?"), what, error),
    )
