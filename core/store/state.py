"""Small values that survive a restart, by key; among them the number of the last snapshot."""

from __future__ import annotations

from functools import partial
from typing import Any

from core.store.database import Database, Session
from core.store.tables import State as Row
from core.store.writer import Writer

SNAPSHOT = "snapshot"


class States:
    """The door to kept values."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def get(self, key: str, default: Any = None) -> Any:
        """The value kept under the key."""
        with self._database.reading() as session:
            return _get(key, default, session)

    def put(self, key: str, value: Any) -> None:
        """Keep a JSON value under the key."""
        self._writer.run(partial(_put, key, value))

    def next_snapshot(self) -> int:
        """A snapshot number that was never given before, from 1."""
        return self._writer.run(_next_snapshot)


def _get(key: str, default: Any, session: Session) -> Any:
    rows = list(session.run(Row.select(Row.value).where(Row.key == key).tuples()))
    return rows[0][0] if rows else default


def _put(key: str, value: Any, session: Session) -> None:
    kept = Row.insert(key=key, value=value)
    session.run(kept.on_conflict(conflict_target=[Row.key], preserve=[Row.value]))


def _next_snapshot(session: Session) -> int:
    number = int(_get(SNAPSHOT, 0, session)) + 1
    _put(SNAPSHOT, number, session)
    return number
