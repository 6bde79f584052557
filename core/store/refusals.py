"""What was refused and kept: grouped for people, in id order for a replay, dropped and purged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from peewee import fn

from core.store.database import Database, Session, now_ms
from core.store.tables import RefusalCount, RefusalRow
from core.store.writer import Writer

OPEN = ("refused", "conflict", "failed")
CHUNK = 500
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class RefusalGroup:
    """Refusals with the same first problem from the same partner and interface; times are UTC milliseconds."""

    outcome: str
    field: str
    partner: str
    interface: str
    state: str
    number: int
    first_at: int
    last_at: int


@dataclass(frozen=True, slots=True)
class KeptRefusal:
    """One refusal as kept. `state`: refused, conflict, failed, replayed or dropped; `record_id` of the record with its
    key, if there is one; `index` is its place in the post, -1 for a whole body.
    """

    id: int
    partner: str
    interface: str
    entity: str
    received_at: int
    snapshot: int
    index: int
    raw: bytes
    problems: list[dict[str, Any]]
    outcome: str
    field: str
    state: str
    replayed_at: int | None
    record_id: int | None


class Refusals:
    """The door to refusals; the writer keeps them with the post they came in."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def groups(self, states: Sequence[str] = OPEN) -> list[RefusalGroup]:
        """All refusals of these states in groups, the largest first."""
        row = RefusalRow
        same = (row.outcome, row.field, row.partner, row.interface, row.state)
        number = fn.COUNT(row.id)
        query = row.select(*same, number, fn.MIN(row.received_at), fn.MAX(row.received_at))
        query = query.where(row.state.in_(states)).group_by(*same).order_by(number.desc(), *same)
        with self._database.reading() as session:
            return [RefusalGroup(*found) for found in session.run(query.tuples())]

    def page(
        self,
        *,
        interface: str | None = None,
        partner: str | None = None,
        outcome: str | None = None,
        field: str | None = None,
        states: Sequence[str] = OPEN,
        after: int = 0,
        limit: int = CHUNK,
        newest_first: bool = False,
    ) -> list[KeptRefusal]:
        """Refusals of these states with an id above `after`, in id order or from the end."""
        row = RefusalRow
        order = row.id.desc() if newest_first else row.id
        query = row.select().where(row.state.in_(states), row.id > after).order_by(order).limit(limit)
        asked = {row.interface: interface, row.partner: partner, row.outcome: outcome, row.field: field}
        for column, value in asked.items():
            if value is not None:
                query = query.where(column == value)
        with self._database.reading() as session:
            return [_kept(found) for found in session.run(query.tuples())]

    def chunks(
        self, interface: str, states: Sequence[str] = ("refused", "failed"), size: int = CHUNK
    ) -> Iterator[list[KeptRefusal]]:
        """For a replay: all refusals of an interface that are there now, in id order, `size` at a time."""
        after, last = 0, self._last()  # what a replay keeps again comes after it
        while chunk := self.page(interface=interface, states=states, after=after, limit=size):
            yield [refusal for refusal in chunk if refusal.id <= last]
            after = chunk[-1].id
            if after > last:
                return

    def _last(self) -> int:
        with self._database.reading() as session:
            [(last,)] = session.run(RefusalRow.select(fn.MAX(RefusalRow.id)).tuples())
        return int(last or 0)

    def get(self, refusal_id: int) -> KeptRefusal | None:
        """One refusal; None if it is not kept."""
        query = RefusalRow.select().where(RefusalRow.id == refusal_id)
        with self._database.reading() as session:
            return next((_kept(found) for found in session.run(query.tuples())), None)

    def drop(self, ids: Sequence[int]) -> int:
        """Mark open refusals as dropped: nobody replays them. How many were."""
        query = RefusalRow.update(state="dropped").where(RefusalRow.id.in_(ids), RefusalRow.state.in_(OPEN))
        return int(self._writer.run(lambda session: session.run(query)))

    def purge(self, days: int) -> int:
        """Delete refusals, open or not, received more than `days` days ago; the counts stay. How many were."""
        return self._writer.run(partial(_purge, self._writer, now_ms() - days * DAY_MS))

    def counts(self, first_day: int = 0, last_day: int = 99_991_231) -> list[dict[str, Any]]:
        """[{partner, interface, day, outcome, number}] of these civil days (yyyymmdd), also of refusals not kept."""
        row = RefusalCount
        query = row.select().where(row.day.between(first_day, last_day))
        with self._database.reading() as session:
            return list(session.run(query.order_by(row.day, row.partner, row.interface, row.outcome).dicts()))


def _purge(writer: Writer, before_ms: int, session: Session) -> int:
    number = session.run(RefusalRow.delete().where(RefusalRow.received_at < before_ms))
    writer.forget()
    return int(number)


def _kept(row: tuple[Any, ...]) -> KeptRefusal:
    """A row of the table, whose columns are in the order of KeptRefusal's."""
    return KeptRefusal(*row)
