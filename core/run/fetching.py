"""One pull from its beginning to its end: body after body through the five steps, or the first one only looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from core.declare.phrase import phrase
from core.intake.intake import KEPT
from core.intake.post import Post
from core.run import trials
from core.run.door import Door
from core.run.pulls import Pull
from core.run.refused_before import RefusedBefore
from core.run.taking import taken
from core.run.transport import Pulled, PullFailed, Taken
from core.run.trying import told
from core.store.database import now_ms

if TYPE_CHECKING:
    from core.run.live import Platform

FIGURES = ("bodies", "stored", "duplicates", "refused")
PASSED = KEPT | {"body_missing"}
"""Outcomes of a whole body that is behind us: it was kept as a refusal, or there was nothing in it."""


def fetch(platform: Platform, pull: Pull, door: Door) -> Mapping[str, int]:
    """Take all that is new: {bodies, stored, duplicates, refused}. PullFailed where the partner's side or ours takes
    no more; what was taken before stays, with its marks. Whatever the transport raises goes on."""
    figures = Counter(dict.fromkeys(FIGURES, 0))
    before = RefusedBefore(platform.store.state, pull.interface)
    with closing(pull.fetch(door)) as work:
        pulled = next(work, None)
        while pulled is not None:
            door.wait(0)  # a server that stops takes no more
            post = _take(platform, pull, pulled, before)
            done = Taken([*post.raws, *post.passed], post.stored, post.duplicates, len(post.refusals))
            figures.update(bodies=1, stored=done.stored, duplicates=done.duplicates, refused=done.refused)
            door.tell(f"{pulled.name}: {done.stored} stored, {done.duplicates} known, {done.refused} refused")
            try:
                pulled = work.send(done)
            except StopIteration:
                pulled = None
    before.forget()
    return dict(figures)


def look(platform: Platform, pull: Pull, door: Door) -> dict[str, Any] | None:
    """The five steps of the first body that would be taken, in words, and its name; None where nothing is new.
    Nothing is stored."""
    snapshot = platform.snapshot
    with closing(pull.fetch(door)) as work:
        pulled = next(work, None)
        if pulled is None:
            return None
        return {"name": pulled.name, **told(snapshot, trials.send(snapshot, pull.interface, pulled.body, now_ms()))}


def _take(platform: Platform, pull: Pull, pulled: Pulled, before: RefusedBefore) -> Post:
    """The post of a body that is durable, or kept as a refusal."""
    known = before.known
    post = taken(platform, pull.interface, pull.partner, pulled.body, provenance="pulled", refused_before=known)
    _require_passed(post)
    before.note(post)
    return post


def _require_passed(post: Post) -> None:
    """PullFailed where a body was neither taken nor kept."""
    if post.stopped is None or post.stopped.outcome in PASSED:
        return
    outcome = post.stopped.outcome
    mends = {
        "token_revoked": phrase("The partner is not active."),
        "interface_denied": phrase("Add the interface to those of the partner."),
        "body_large": phrase("Let the partner send less at once, or raise intake.body_mib in config/site.yaml."),
    }
    raise PullFailed(
        phrase("what was fetched is not taken: {outcome}", outcome=outcome),
        mends.get(outcome, phrase("It is fetched again.")),
        retry_after_s=post.retry_after_s or 0,
    )
