"""Records that are fetched again: those that were refused before and come unchanged are passed over, since they are
kept already and can be replayed."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import msgspec

from core.intake.mapping import ARRIVAL
from core.intake.post import Post

DIGEST_BYTES = 12


def pass_over(post: Post) -> None:
    """Move the records that were refused before from raws to passed."""
    if not post.refused_before:
        return
    fresh: list[Any] = []
    for raw in post.raws:
        (post.passed if digest(raw) in post.refused_before else fresh).append(raw)
    post.raws = fresh


def digest(raw: Any) -> str:
    """What tells a partner's record, or a whole body, from another; when it came is no part of it."""
    if isinstance(raw, dict) and ARRIVAL in raw:
        raw = {name: value for name, value in raw.items() if name != ARRIVAL}
    return blake2b(msgspec.json.encode(raw), digest_size=DIGEST_BYTES).hexdigest()


def refused_now(post: Post) -> list[str]:
    """The digests of what was refused of a post, now or before; of its whole body where that was."""
    if post.stopped is not None:
        return [digest(post.body)]
    return [digest(raw) for raw in (*post.passed, *(post.raws[item.index] for item in post.refusals))]
