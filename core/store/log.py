"""The log of what people did: lines are added and read; the database itself refuses to change or delete one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.store.database import Database, now_ms
from core.store.tables import LogLine as Row
from core.store.writer import Writer


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: `kind` is login, login_failed, logout, operation, export, reveal, …; `at` is UTC milliseconds."""

    id: int
    kind: str
    at: int
    who: str
    address: str
    what: str
    detail: dict[str, Any]


class Log:
    """The door to the log."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def add(self, kind: str, who: str, address: str, what: str, **detail: Any) -> None:
        """Add a line; durable when this returns."""
        row = {"kind": kind, "at": now_ms(), "who": who, "address": address, "what": what, "detail": detail}
        self._writer.run(lambda session: session.run(Row.insert(row)))

    def lines(
        self,
        *,
        kinds: Sequence[str] = (),
        who: str | None = None,
        start: int | None = None,
        end: int | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[LogLine]:
        """The newest lines, of these kinds (any where none is named), of one person, from `start` up to `end` (UTC
        milliseconds), with ids below `before`."""
        query = Row.select().order_by(Row.id.desc()).limit(limit)
        tests = [Row.kind.in_(list(kinds))] if kinds else []
        tests += [Row.who == who] if who is not None else []
        tests += [Row.at >= start] if start is not None else []
        tests += [Row.at < end] if end is not None else []
        tests += [Row.id < before] if before is not None else []
        for test in tests:
            query = query.where(test)
        with self._database.reading() as session:
            return [LogLine(*row) for row in session.run(query.tuples())]
