"""Small values that survive a restart, by key; among them the number of the last snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import peewee

from core.store.database import Database, Session
from core.store.tables import State as Row
from core.store.writer import Writer

SNAPSHOT = "snapshot"
AT_ONCE = 500


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

    def under(self, beginning: str) -> dict[str, Any]:
        """All values whose keys begin so, by key."""
        with self._database.reading() as session:
            found = session.run(Row.select(Row.key, Row.value).where(_begins(beginning)).tuples())
            return dict(found)

    def drop(self, keys: Sequence[str]) -> None:
        """Keep these no longer."""
        if keys:
            self._writer.run(partial(_drop, keys))

    def next_snapshot(self) -> int:
        """A snapshot number that was never given before, from 1."""
        return self._writer.run(_next_snapshot)


def _get(key: str, default: Any, session: Session) -> Any:
    rows = list(session.run(Row.select(Row.value).where(Row.key == key).tuples()))
    return rows[0][0] if rows else default


def _put(key: str, value: Any, session: Session) -> None:
    kept = Row.insert(key=key, value=value)
    session.run(kept.on_conflict(conflict_target=[Row.key], preserve=[Row.value]))


def _begins(beginning: str) -> peewee.Expression:
    """Compared by cutting: a beginning may hold characters that LIKE reads as its own."""
    return peewee.fn.substr(Row.key, 1, len(beginning)) == beginning


def _drop(keys: Sequence[str], session: Session) -> None:
    for start in range(0, len(keys), AT_ONCE):
        session.run(Row.delete().where(Row.key.in_(keys[start : start + AT_ONCE])))


def _next_snapshot(session: Session) -> int:
    number = int(_get(SNAPSHOT, 0, session)) + 1
    _put(SNAPSHOT, number, session)
    return number
