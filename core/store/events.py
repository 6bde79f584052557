"""The log of what people, and the platform by itself, did to records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.store.database import Database
from core.store.tables import Event as Row

CHANGING = ("amended", "judged")


@dataclass(frozen=True, slots=True)
class Event:
    """One line: `verb` is added (by a person; what a partner sent has no such line), amended, judged, voided or
    revealed; `before` and `after` have the fields that changed, stored form. `at` is UTC milliseconds.
    """

    id: int
    entity: str
    record_id: int
    at: int
    verb: str
    who: str
    why: str
    before: dict[str, Any]
    after: dict[str, Any]


def version_of(events: Iterable[Event]) -> int:
    """The version of a record with these events, as `writer.amend` compares it: the id of the last that amended it."""
    return max((event.id for event in events if event.verb == "amended"), default=0)


class Events:
    """The door to events; the writer writes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, entity: str, record_id: int) -> list[Event]:
        """All events of a record, oldest first."""
        query = Row.select().where(Row.entity == entity, Row.record_id == record_id).order_by(Row.id)
        with self._database.reading() as session:
            return [Event(*row) for row in session.run(query.tuples())]

    def changes(self, entity: str, field: str) -> list[Event]:
        """The events of all records of an entity that changed a field, oldest first."""
        query = Row.select().where(Row.entity == entity, Row.verb.in_(CHANGING)).order_by(Row.id)
        with self._database.reading() as session:
            return [event for event in (Event(*row) for row in session.run(query.tuples())) if field in event.before]
