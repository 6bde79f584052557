"""Operations that take what did not come over the platform's own HTTP through the five steps."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.intake.intake import take
from core.intake.post import Partner, Post, Stop
from core.run.guard import call_after
from core.run.means import means_of
from core.run.offers import Batch
from core.run.shown import shown
from core.run.snapshot import Snapshot
from core.run.traffic import Answered
from core.store.database import now_ms

if TYPE_CHECKING:
    from core.run.live import Platform, Progress


def interface_of(platform: Platform, _progress: Progress, *, partner: str, path: str) -> dict[str, str] | None:
    """The active interface that takes a partner's file, by its path below the partner's folder: {interface, format,
    accepted, refused}, the last two the paths of the acknowledgements; None where none does."""
    who = platform.snapshot.partners.get(partner)
    for interface in platform.snapshot.interfaces.values():
        if who is None or interface.drop is None or not interface.active or not who.may_use(interface.id):
            continue
        if interface.drop.files.read(path) is not None:
            accepted, refused = interface.drop.acknowledgements(path)
            said = {"interface": interface.id, "format": interface.layout.format}
            return said | {"accepted": accepted, "refused": refused}
    return None


def take_body(
    platform: Platform,
    _progress: Progress,
    *,
    interface: str,
    partner: str,
    body: bytes,
    address: str = "",
    provenance: str | None = None,
) -> dict[str, Any]:
    """Take a body of a partner who is known already through the five steps: {outcome, stored, duplicates, refused,
    reply (bytes), retry_after_s}. `outcome` is "" where the post went all the way, whatever became of its rows."""
    post = taken(platform, interface, partner, body, address=address, provenance=provenance)
    return {
        "outcome": post.stopped.outcome if post.stopped else "",
        "stored": len(post.accepted),
        "duplicates": post.duplicates,
        "refused": len(post.refusals),
        "reply": post.reply,
        "retry_after_s": post.retry_after_s,
    }


def taken(
    platform: Platform,
    interface: str,
    partner: str,
    body: bytes,
    *,
    address: str = "",
    provenance: str | None = None,
    refused_before: frozenset[str] = frozenset(),
) -> Post:
    """The post of a body that came over another way than our own HTTP, through the five steps, counted like any."""
    snapshot, began = platform.snapshot, time.perf_counter()
    said, who = snapshot.interfaces.get(interface), snapshot.partners.get(partner)
    if said is None:
        raise ZcError(
            phrase("there is no interface {interface}", interface=interface),
            phrase("Known: {names}", names=", ".join(sorted(snapshot.interfaces))),
        )

    def identify(_post: Post) -> Partner:
        if who is None or not who.active:
            raise Stop("token_revoked")
        if not who.may_use(interface):
            raise Stop("interface_denied")
        return who

    post = Post(
        interface=said,
        body=body,
        headers={},
        address=address,
        received_at=now_ms(),
        snapshot=snapshot.number,
        provenance=provenance,
        refused_before=refused_before,
        claimed=partner if who is not None else "",
    )
    asyncio.run(take(post, means_of(platform, snapshot, identify)))
    if post.stored:
        call_after(snapshot.hooks, batch_of(post, snapshot), platform.faults, platform.live_of)
    platform.traffic.count(Answered.of(post, time.perf_counter() - began))
    return post


def batch_of(post: Post, snapshot: Snapshot) -> Batch:
    """What `after` hears of a post."""
    entity = post.interface.entity
    return Batch(
        interface=post.interface.id,
        partner=post.partner.id if post.partner else "",
        entity=entity.id,
        records=tuple(shown(entity, row.values, snapshot.zone) for row in post.accepted),
        duplicates=post.duplicates,
        refused=len(post.refusals),
    )
