"""What the writer is asked to do and what it answers: plain data, made in one thread and read in another."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from core.entity.entity import Entity


class State(StrEnum):
    """What became of one row."""

    STORED = "stored"
    DUPLICATE = "duplicate"  # same key, same content: success
    CONFLICT = "conflict"  # same key, other content: kept aside as a refusal
    FAILED = "failed"  # the database would not take this row: kept aside as a refusal


class Row(msgspec.Struct, frozen=True):  # made in a sixth of a frozen dataclass's time, once for each record
    """One record to insert: `values` has every column of the entity but id, stored form; core.entity.record made the
    hashes.

    `raw` is the partner's record as plain data without its token; it is kept, as JSON, only if the row is not stored.
    `replay_of` is the refusal this row came from, marked replayed in the same transaction.
    """

    values: dict[str, Any]
    key_hash: bytes
    content_hash: bytes
    raw: Any = None
    index: int = 0
    replay_of: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused record (or whole body), kept raw with its problems.

    `problems` is [{outcome, field, message}, …]; index is its place in the post, -1 for a whole body.
    """

    raw: bytes
    problems: list[dict[str, Any]]
    index: int = -1


@dataclass(frozen=True, slots=True)
class Nonce:
    """What a signed post used up: `digest`, 16 bytes, of one partner, remembered until `expires_at` (UTC ms)."""

    partner: str
    digest: bytes
    expires_at: int


@dataclass(frozen=True, slots=True)
class Write:
    """All rows and refusals of one post: stored together, answered together.

    `quota_bytes` bounds the refusal bytes kept for the partner; above it only counters grow. `whole_of` is the refusal
    of a whole body that the post was made of again, marked replayed in the same transaction. `who` is the person who
    entered the rows, kept as an event of each that is stored; empty where a partner sent them.
    """

    entity: Entity
    rows: list[Row]
    refusals: list[Refusal]
    partner: str
    interface: str
    snapshot: int
    received_at: int
    quota_bytes: int = 64 << 20
    outbox: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    nonce: Nonce | None = None
    whole_of: int | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The committed outcome of a Write: a state and a record id (None unless stored or already there) per row."""

    states: list[State]
    ids: list[int | None]


class StoreBusy(Exception):
    """The writer's queue is full, or the database cannot be written now; nothing of the request was stored."""

    def __init__(self, retry_after_s: int = 2, why: str = "") -> None:
        super().__init__(f"busy, retry after {retry_after_s} s{why and ': '}{why}")
        self.retry_after_s = retry_after_s
