"""Refusals inside the writer's transaction: kept raw up to the partner's quota, always counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.store.database import Session
from core.store.request import Write
from core.store.system_table import json_text

INSERT_REFUSAL = (
    'INSERT INTO refusal (partner, interface, entity, received_at, snapshot, "index", raw, problems, outcome, field,'
    " state, record_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
ADD_COUNT = (
    "INSERT INTO refusal_count (partner, interface, day, outcome, number) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (partner, interface, day, outcome) DO UPDATE SET number = refusal_count.number + excluded.number"
)
MARK_REPLAYED = "UPDATE refusal SET state = ?, replayed_at = ?, record_id = ? WHERE id = ?"
KEPT_SIZE = (
    "SELECT coalesce(sum(length(raw) + length(problems)), 0) FROM refusal WHERE partner = ? AND state <> 'failed'"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One refusal to keep. `state` is refused, conflict or failed."""

    write: Write
    index: int
    raw: bytes
    problems: list[dict[str, Any]]
    state: str
    record_id: int | None = None

    @property
    def outcome(self) -> str:
        """The outcome of its first problem."""
        return str(self.problems[0]["outcome"]) if self.problems else "refused"

    @property
    def field(self) -> str:
        """The field of its first problem."""
        return str(self.problems[0].get("field") or "") if self.problems else ""


class Quota:
    """Bytes kept for each partner, read once from the database and carried on by the writer."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def take(self, session: Session, partner: str, size: int, quota: int) -> bool:
        """True, and taken, if `size` more bytes of the partner may be kept."""
        if partner not in self._used:
            self._used[partner] = int(session.execute(KEPT_SIZE, (partner,)).fetchone()[0])
        if self._used[partner] + size > quota:
            return False
        self._used[partner] += size
        return True

    def forget(self) -> None:
        """Read again: something was removed, or a transaction was undone."""
        self._used.clear()


def keep_refusals(session: Session, kept: Sequence[Kept], quota: Quota) -> None:
    """Insert the refusals that their partners' quotas allow.

    What the database would not take is kept in any case: the partner was told that the platform sees to it.
    """
    lines = []
    for refusal in kept:
        write, problems = refusal.write, json_text(refusal.problems)
        size = len(refusal.raw) + len(problems)
        if refusal.state != "failed" and not quota.take(session, write.partner, size, write.quota_bytes):
            continue
        origin = (write.partner, write.interface, write.entity.id, write.received_at, write.snapshot)
        told = (problems, refusal.outcome, refusal.field, refusal.state, refusal.record_id)
        lines.append((*origin, refusal.index, refusal.raw, *told))
    if lines:
        session.executemany(INSERT_REFUSAL, lines)


def count_refusals(session: Session, kept: Sequence[Kept], zone: ZoneInfo) -> None:
    """Add to the counters, by partner, interface, civil day of receipt and outcome."""
    numbers = Counter(
        (refusal.write.partner, refusal.write.interface, _day(refusal.write.received_at, zone), refusal.outcome)
        for refusal in kept
    )
    session.executemany(ADD_COUNT, [(*key, number) for key, number in sorted(numbers.items())])


def mark_replayed(session: Session, lines: Sequence[tuple[str, int | None, int | None, int]]) -> None:
    """Set (state, replayed_at, record_id) of refusals by id."""
    session.executemany(MARK_REPLAYED, lines)


def _day(at_ms: int, zone: ZoneInfo) -> int:
    day = datetime.fromtimestamp(at_ms / 1000, zone)
    return day.year * 10_000 + day.month * 100 + day.day
