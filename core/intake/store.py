"""The fourth step: the post's rows and refusals go to the writer, and the answer comes when they are durable."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Protocol

import msgspec

from core.entity.entity import Entity
from core.entity.record import content_hash, key_hash
from core.intake.hide import without_secrets
from core.intake.post import Partner, Post, Refused
from core.intake.reply import Reply
from core.store.request import Refusal, Row, State, StoreBusy, Write, Written

DERIVE = "derive"  # topic of the outbox: {entity, keys: key hashes in hex} of records that are pending


class Writer(Protocol):
    """The store's writer, or what stands for it in trials."""

    def put(self, write: Write) -> Future[Written]:
        """Take all of one post; StoreBusy, at once or in the future, when it takes nothing now."""


async def store(post: Post, writer: Writer) -> None:
    """Fill rows, refusals and written of the post. StoreBusy when the store takes nothing now."""
    hashes = post.interface.hashes
    post.rows = [
        Row(item.values, *hashes(item.values), raw=item.raw, index=item.index, replay_of=item.replay_of)
        for item in post.mapped
    ]
    if post.replay_of is None:  # what is replayed and still fails is kept already
        post.refusals = [refusal(refused, post.interface.reply) for refused in post.refused]
    if not post.rows and not post.refusals and post.whole_of is None:
        post.written = Written([], [])
        return
    post.written = await durable(writer.put(_write(post)))


async def durable(future: Future[Written]) -> Written:
    """What the writer answers. Who is cancelled while it waits does not cancel what is being stored.

    It does what asyncio's shield and wrap_future do together, at a third of their cost.
    """
    if future.done():
        return future.result()
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[Written] = loop.create_future()

    def tell(done: Future[Written]) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(_hand_over, done, waiting)

    future.add_done_callback(tell)
    return await waiting


def _hand_over(done: Future[Written], waiting: asyncio.Future[Written]) -> None:
    """In the loop's thread."""
    if waiting.done():
        return
    error = done.exception()
    if error is None:
        waiting.set_result(done.result())
    else:
        waiting.set_exception(error)


def _write(post: Post) -> Write:
    """All of the post that is kept."""
    partner = post.partner or Partner("")
    return Write(
        entity=post.interface.entity,
        rows=post.rows,
        refusals=list(post.refusals),
        partner=partner.id,
        interface=post.interface.id,
        snapshot=post.snapshot,
        received_at=post.received_at,
        quota_bytes=partner.refusals_mib << 20,
        outbox=_hints(post),
        nonce=post.nonce,
        whole_of=post.whole_of,
    )


def _hints(post: Post) -> list[tuple[str, dict[str, Any]]]:
    """What must happen because of the post: records whose derivers raised are derived again later."""
    keys = [row.key_hash.hex() for row in post.rows if row.values["pending"] is not None]
    return [(DERIVE, {"entity": post.interface.entity.id, "keys": keys})] if keys else []


async def keep_whole(post: Post, outcome: str, message: str, writer: Writer) -> None:
    """Keep a body that is refused as a whole, its token cut out, as one refusal of the partner it came from."""
    post.refusals = [Refusal(without_secrets(post), [{"outcome": outcome, "field": "", "message": message}])]
    with suppress(StoreBusy):  # the partner is told what is wrong with its body all the same
        await durable(writer.put(_write(post)))


def refusal(refused: Refused, reply: Reply) -> Refusal:
    """A refused row as it is kept: raw, with {outcome, field, message} of every reason."""
    problems = [
        {"outcome": reason.outcome, "field": reason.field, "message": reply.words([reason])}
        for reason in refused.reasons
    ]
    return Refusal(msgspec.json.encode(refused.raw), problems, refused.index)


class KeyMemory:
    """The writer's door for `zc try` and trials: it remembers keys and hashes for as long as it lives, no rows."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], tuple[bytes, int]] = {}

    def remember(self, entity: Entity, values: Mapping[str, Any]) -> None:
        """Take a record in stored form as stored before; enough of it to make its key. KeyError without the key."""
        self._state(entity, key_hash(entity, values), content_hash(entity, values))

    def know(self, entity: Entity, key: bytes, content: bytes, record_id: int) -> None:
        """Take a record of these hashes as stored before."""
        self._known.setdefault((entity.id, key), (content, record_id))

    def put(self, write: Write) -> Future[Written]:
        """A done future with what the store would answer."""
        found = [self._state(write.entity, row.key_hash, row.content_hash) for row in write.rows]
        done: Future[Written] = Future()
        done.set_result(Written([state for state, _ in found], [id_ for _, id_ in found]))
        return done

    def _state(self, entity: Entity, key: bytes, content: bytes) -> tuple[State, int | None]:
        known = self._known.get((entity.id, key))
        if known is None:
            self._known[entity.id, key] = content, len(self._known) + 1
            return State.STORED, len(self._known)
        return (State.DUPLICATE, known[1]) if known[0] == content else (State.CONFLICT, None)
