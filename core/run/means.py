"""What the five steps work with, out of a platform and one of its snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.intake.intake import Means
from core.intake.post import Partner, Post, Stop
from core.intake.read import Identify
from core.intake.store import KeyMemory
from core.run.sandbox import writer_of
from core.run.snapshot import Snapshot

if TYPE_CHECKING:
    from core.run.live import Platform


def nobody(_post: Post) -> Partner:
    """Identification where nothing is read: whoever comes is refused."""
    raise Stop("token_missing")


def means_of(platform: Platform, snapshot: Snapshot, identify: Identify = nobody, keeps: bool = True) -> Means:
    """The means of one snapshot; with `keeps` false the writer only remembers keys and nothing is stored."""
    return Means(
        identify=identify,
        keys=lambda entity: platform.store.keys(snapshot.entities[entity]),
        checks=snapshot.checks,
        derivers=snapshot.derivers,
        writer=writer_of(platform, snapshot) if keeps else KeyMemory(),
        limits=snapshot.site["intake"],
        clock=snapshot.site["clock"],
        demo=snapshot.site["demo"],
        fault=lambda what, error: platform.faults.note(snapshot.owners.get(what, "?"), what, error),
    )
