"""What must happen because of a commit, at least once: taken under a lease, done, or tried again later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from peewee import fn

from core.store.database import Database, Session, now_ms
from core.store.tables import Outbox as Line
from core.store.writer import Writer

LEASE_MS = 60_000
FIRST_DELAY_MS = 5_000
LONGEST_DELAY_MS = 3_600_000
ERROR_CHARACTERS = 500


@dataclass(frozen=True, slots=True)
class Message:
    """One line taken; `attempts` counts this one too."""

    id: int
    topic: str
    body: dict[str, Any]
    attempts: int


class Outbox:
    """The door to the outbox; lines get in with the Write they belong to."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def take(self, topic: str, limit: int = 100, lease_ms: int = LEASE_MS) -> list[Message]:
        """Lines of a topic that are due, oldest first. Who does not say done or failed within the lease has them
        taken again."""
        return self._writer.run(partial(_take, topic, limit, lease_ms))

    def done(self, ids: Sequence[int]) -> None:
        """These have happened."""
        self._writer.run(lambda session: session.run(Line.delete().where(Line.id.in_(ids))))

    def failed(self, message: Message, error: str) -> None:
        """Try it again later: after 5 s, then twice as long each time, at most an hour."""
        delay_ms = min(FIRST_DELAY_MS * 2 ** min(message.attempts - 1, 20), LONGEST_DELAY_MS)
        values = {Line.next_at: now_ms() + delay_ms, Line.last_error: error[:ERROR_CHARACTERS]}
        self._writer.run(lambda session: session.run(Line.update(values).where(Line.id == message.id)))

    def hasten(self, topic: str) -> None:
        """All lines of a topic that wait for another attempt are due now: what failed may go well from here on."""
        query = Line.update(next_at=now_ms()).where(Line.topic == topic, Line.next_at > now_ms())
        self._writer.run(lambda session: session.run(query))

    def waiting(self, topic: str) -> int:
        """How many lines of a topic have not happened yet."""
        query = Line.select(fn.COUNT(Line.id)).where(Line.topic == topic).tuples()
        with self._database.reading() as session:
            return int(session.run(query)[0][0])


def _take(topic: str, limit: int, lease_ms: int, session: Session) -> list[Message]:
    now = now_ms()
    due = Line.select(Line.id, Line.topic, Line.body, Line.attempts + 1).where(Line.topic == topic, Line.next_at <= now)
    taken = [Message(*row) for row in session.run(due.order_by(Line.id).limit(limit).tuples())]
    leased = {Line.next_at: now + lease_ms, Line.attempts: Line.attempts + 1}
    session.run(Line.update(leased).where(Line.id.in_([message.id for message in taken])))
    return taken
