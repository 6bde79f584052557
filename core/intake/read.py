"""The first step: from bytes to the partner and the partner's records."""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from core.intake.decode import decode as decoded
from core.intake.decode import dig, json, open_inside
from core.intake.decode.gzip import inflate
from core.intake.decode.layout import Content
from core.intake.mapping import ARRIVAL
from core.intake.post import Partner, Post, Stop
from core.intake.unfold import unfold

Identify = Callable[[Post], Partner | Awaitable[Partner]]
"""Who sent the post, by its token, address and interface; raises Stop."""

FIELDS = frozenset({"form", "multipart"})
"""Formats of named texts, of which the one at the record path is JSON."""


async def read(post: Post, identify: Identify, limits: Mapping[str, int]) -> None:
    """Fill data, token, partner and raws of the post; raises Stop. `limits` are the site's body_mib, depth, records."""
    decode(post, limits)
    take_token(post)
    post.partner = await who_sent(post, identify)
    unwrap(post, limits)


async def who_sent(post: Post, identify: Identify) -> Partner:
    """The partner of a post whose token was taken; raises Stop."""
    who = identify(post)
    return await who if inspect.isawaitable(who) else who


def decode(post: Post, limits: Mapping[str, int]) -> None:
    """The body as plain data into post.data, inflated where it was compressed. Raises Stop."""
    began = time.perf_counter()
    try:
        _decode(post, limits)
    finally:
        post.decoding_s = time.perf_counter() - began


def _decode(post: Post, limits: Mapping[str, int]) -> None:
    post.body = inflate(post.body, post.headers.get("content-encoding", ""), limits["body_mib"])
    if not post.body.strip():
        raise Stop("body_missing")
    if len(post.body) > limits["body_mib"] << 20:
        raise Stop("body_large", bound=limits["body_mib"])
    content = Content(post.body, post.interface.layout, limits, post.headers.get("content-type", ""))
    post.data = decoded(content)
    post.inside = open_inside(post.data, content)


def take_token(post: Post) -> None:
    """Cut the token out of post.data into post.token; without one there, take it from Authorization: Bearer."""
    scheme, _, bearer = post.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        post.token = bearer.strip()
    where = post.interface.token
    if where is None:
        return
    holder = dig(post.data, where[:-1])
    if isinstance(holder, dict):
        token = holder.pop(where[-1], None)
        if isinstance(token, str | int) and not isinstance(token, bool) and str(token):
            post.token = str(token)


def reopen(post: Post, limits: Mapping[str, int]) -> None:
    """Fill data and raws of a post whose body was kept as plain data, since no records were found in it. Stop where
    today's interface finds none either."""
    post.data = msgspec.json.decode(post.body)
    post.inside = open_inside(post.data, Content(post.body, post.interface.layout, limits))
    unwrap(post, limits)


def unwrap(post: Post, limits: Mapping[str, int]) -> None:
    """The partner's records, one or many, into post.raws. Raises Stop."""
    interface = post.interface
    found = dig(post.data, interface.records)
    if isinstance(found, str) and interface.layout.format in FIELDS:
        found = json.decode(Content(found, interface.layout, limits))
    if not isinstance(found, list | dict):
        raise Stop("records_missing", field=".".join(interface.records) or "records")
    post.alone = isinstance(found, dict)
    post.raws = [found] if isinstance(found, dict) else found
    if interface.nested or interface.prefixes:
        post.raws = unfold(post.raws, interface.nested, interface.prefixes, limits)
        post.alone = post.alone and len(post.raws) == 1
    if len(post.raws) > limits["records"]:
        raise Stop("records_many", bound=limits["records"])
    if interface.needs_arrival:
        post.raws = [{**raw, ARRIVAL: post.received_at} if isinstance(raw, dict) else raw for raw in post.raws]
