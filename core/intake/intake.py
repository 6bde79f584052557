"""The life of a post: read, map, derive, store, answer. The server, `zc try` and trials run this same function."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from core.intake.answer import answer, refuse
from core.intake.derive import BatchDeriver, derive
from core.intake.explain import Fault
from core.intake.map import BatchCheck, Keys, map_records
from core.intake.passing import digest, pass_over
from core.intake.post import Post, Stop
from core.intake.read import Identify, read, take_token, who_sent
from core.intake.store import Writer, keep_whole, store
from core.store.request import StoreBusy

log = logging.getLogger("zc.intake")

KEPT = frozenset({"body_malformed", "body_deep", "records_missing", "records_many"})
"""Refusals of a whole body that is kept."""


def logged(what: str, error: BaseException) -> None:
    """Tell the log of foreign code that raised."""
    log.error("raised in=%r error=%s", what, type(error).__name__, exc_info=error)


@dataclass(frozen=True)
class Means:
    """What the steps work with.

    `identify` tells the partner of a post or raises Stop; `keys` the keys that exist of an entity; `checks` and
    `derivers` are what plugins offer, bound to their facts; `limits` and `clock` are site.yaml's intake and clock;
    `fault` is told of offered code that raised.
    """

    identify: Identify
    keys: Keys
    checks: Mapping[str, BatchCheck]
    derivers: Mapping[str, BatchDeriver]
    writer: Writer
    limits: Mapping[str, int]
    clock: Mapping[str, int]
    demo: bool = False
    fault: Fault = logged


async def take(post: Post, means: Means) -> None:
    """Take a post through the five steps; whatever happens, post.reply and post.status are what goes out."""
    try:
        await read(post, means.identify, means.limits)
        pass_over(post)
        map_records(post, means.keys, means.checks, means.limits["explained"], means.clock, means.fault)
        derive(post, means.derivers, means.fault)
        await store(post, means.writer)
        answer(post, means.demo)
    except Stop as stop:
        await _keep(post, stop, means)
        refuse(post, stop, means.demo)
    except StoreBusy as busy:
        refuse(post, Stop("busy", seconds=busy.retry_after_s), means.demo)
    except Exception:  # the partner gets a number to quote, the log the rest
        reference = secrets.token_hex(4)
        log.exception("post failed interface=%s reference=%s", post.interface.id, reference)
        refuse(post, Stop("server_error", reference=reference), means.demo)


async def _keep(post: Post, stop: Stop, means: Means) -> None:
    """Keep a body that cannot be read for the partner it came from, where that can be told."""
    if stop.outcome not in KEPT or (post.refused_before and digest(post.body) in post.refused_before):
        return
    if post.partner is None:
        take_token(post)
        with suppress(Stop):
            post.partner = await who_sent(post, means.identify)
    if post.partner is not None:
        await keep_whole(post, stop.outcome, post.interface.reply.message(stop.outcome, stop.values), means.writer)


async def retake(post: Post, means: Means) -> None:
    """Take refusals that were kept through today's mapping: post.raws, partner and replay_of are there already.
    StoreBusy when the store takes nothing now."""
    map_records(post, means.keys, means.checks, means.limits["explained"], means.clock, means.fault)
    derive(post, means.derivers, means.fault)
    await store(post, means.writer)
