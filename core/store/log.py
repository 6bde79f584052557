"""The log of what people did: lines are added and read; the database itself refuses to change or delete one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import peewee

from core.entity.condition import All, Node
from core.entity.entity import Entity, Field
from core.entity.types import CORE
from core.store.database import Database, now_ms, with_parameters
from core.store.sql import Sql
from core.store.tables import LogLine as Row
from core.store.where import Where
from core.store.writer import Writer

_FIELDS = (
    Field("at", CORE["time"], "时间"),
    Field("kind", CORE["text"], "类型"),
    Field("who", CORE["text"], "操作人"),
    Field("address", CORE["text"], "来源地址"),
    Field("what", CORE["text"], "对象"),
)
LINES = Entity(
    id="log", title="日志", key=("id",), time="at", show=None, scope=None, derive=(),
    fields=MappingProxyType({field.name: field for field in _FIELDS}),
)  # fmt: skip
"""A line as conditions name its parts; no record of this entity is ever stored."""


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
        condition: Node = All(()),  # noqa: B008 - frozen
        limit: int = 100,
    ) -> list[LogLine]:
        """The newest lines, of these kinds (any where none is named), of one person, from `start` up to `end` (UTC
        milliseconds), with ids below `before`; those for which a condition over LINES holds."""
        query = Row.select().order_by(Row.id.desc()).limit(limit)
        tests: list[Any] = [Row.kind.in_(list(kinds))] if kinds else []
        tests += [Row.who == who] if who is not None else []
        tests += [Row.at >= start] if start is not None else []
        tests += [Row.at < end] if end is not None else []
        tests += [Row.id < before] if before is not None else []
        dialect = self._database.dialect
        asked = _LineWhere(LINES, "", {}, dialect.name).sql(condition)
        tests.append(peewee.SQL(with_parameters(asked.text, dialect.mark), asked.values))
        for test in tests:
            query = query.where(test)
        with self._database.reading() as session:
            return [LogLine(*row) for row in session.run(query.tuples())]


class _LineWhere(Where):
    """Conditions over lines."""

    def column(self, name: str) -> Sql:
        """A column of the log; conditions name parts of LINES only, and no other table is there."""
        return Sql(f'"{name}"')
