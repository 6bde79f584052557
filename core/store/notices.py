"""Notices: what somebody should know. One row a cause, told once while the cause stands, and again when it returns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from typing import Any

import peewee
from msgspec import json

from core.store.database import Database, Session, now_ms
from core.store.notice_tables import NoticeRead as Read
from core.store.notice_tables import NoticeRow as Row
from core.store.system_table import json_text
from core.store.writer import Writer

TOUCHED = "-notices"
"""What hearers of the store are told where a notice is new; no entity has such an id."""
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be known. `level` is info, warning or error; `leads` an address of our own, empty for none. It is for
    those who may run `operation`, for the person `login`, and for whom one of the records with these `keys` of `entity`
    is in scope; for nobody where none of the three is said."""

    cause: str
    kind: str
    level: str
    about: Mapping[str, Any]
    leads: str = ""
    operation: str = ""
    login: str = ""
    entity: str = ""
    keys: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A notice as kept; times are UTC milliseconds. `number` is how often it was told, `raised_at` when its cause last
    began, `last_at` when it was last told; `stands` whether the cause is still there."""

    id: int
    kind: str
    level: str
    about: dict[str, Any]
    leads: str
    stands: bool
    number: int
    raised_at: int
    last_at: int
    unread: bool


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom notices are looked up: a login, the operations that it may run, and those (entity, keys) of `places` of
    which it sees a record."""

    login: str
    operations: Collection[str] = ()
    places: Collection[tuple[str, tuple[str, ...]]] = field(default_factory=tuple)


class Notices:
    """The door to them. Every one may be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def tell(self, notice: Notice) -> Future[None]:
        """Tell it: anew where its cause does not stand yet, else counted; does not wait."""
        return self._writer.call(lambda session: _tell(session, notice, now_ms()), TOUCHED)

    def settle(self, kinds: Collection[str], notices: Iterable[Notice]) -> None:
        """Of these kinds just these causes stand now. Writes only where something differs."""
        wanted = {notice.cause: notice for notice in notices}
        query = Row.select(Row.cause, Row.about, Row.level).where(Row.kind.in_(list(kinds)), Row.stands == True)  # noqa: E712 - Peewee's
        with self._database.reading() as session:
            stand = {cause: (about, level) for cause, about, level in session.run(query.tuples())}
        gone = [cause for cause in stand if cause not in wanted]
        other = [one for one in wanted.values() if stand.get(one.cause) != (dict(one.about), one.level)]
        if not gone and not other:
            return
        now = now_ms()

        def write(session: Session) -> None:
            session.run(Row.update(stands=False).where(Row.cause.in_(gone)))
            for notice in other:
                _tell(session, notice, now)

        is_news = any(notice.cause not in stand for notice in other)
        self._writer.call(write, TOUCHED if is_news else "").result()

    def end(self, cause: str) -> Future[None]:
        """The cause is gone; does not wait."""
        return self._writer.call(lambda session: session.run(Row.update(stands=False).where(Row.cause == cause)))

    def places(self) -> set[tuple[str, tuple[str, ...]]]:
        """The (entity, keys) that notices are about."""
        query = Row.select(Row.entity, Row.keys).where(Row.entity != "").distinct().tuples()
        with self._database.reading() as session:
            return {(entity, tuple(json.decode(keys))) for entity, keys in session.run(query)}

    def of(
        self,
        reader: Reader,
        *,
        level: str = "",
        unread: bool = False,
        before: tuple[int, int] | None = None,
        limit: int = 50,
    ) -> list[Kept]:
        """The reader's notices, the newest first; those raised before a (raised_at, id)."""
        is_unread = Read.at.is_null() | (Read.at < Row.raised_at)
        shown = (Row.id, Row.kind, Row.level, Row.about, Row.leads, Row.stands, Row.number, Row.raised_at, Row.last_at)
        query = _joined(Row.select(*shown, Read.at), reader.login).where(_is_for(reader))
        tests = [Row.level == level] if level else []
        tests += [is_unread] if unread else []
        if before is not None:
            tests.append((Row.raised_at < before[0]) | ((Row.raised_at == before[0]) & (Row.id < before[1])))
        for test in tests:
            query = query.where(test)
        query = query.order_by(Row.raised_at.desc(), Row.id.desc()).limit(limit)
        with self._database.reading() as session:
            rows = list(session.run(query.tuples()))
        return [Kept(*[*row[:-1], row[-1] is None or row[-1] < row[7]]) for row in rows]

    def unread(self, reader: Reader) -> int:
        """How many the reader has not read since they were raised."""
        query = _joined(Row.select(peewee.fn.COUNT(Row.id)), reader.login).where(_is_for(reader))
        query = query.where(Read.at.is_null() | (Read.at < Row.raised_at))
        with self._database.reading() as session:
            [(number,)] = session.run(query.tuples())
        return int(number)

    def read(self, reader: Reader, ids: Collection[int] | None, until: int) -> None:
        """The reader has read these, or with None all that are for it, as they stood at `until` (UTC milliseconds)."""
        which = Row.select(Row.id).where(_is_for(reader), Row.raised_at <= until)
        if ids is not None:
            which = which.where(Row.id.in_(list(ids)))

        def write(session: Session) -> None:
            for (id_,) in list(session.run(which.tuples())):
                kept = Read.insert(login=reader.login, notice=id_, at=until)
                session.run(kept.on_conflict(conflict_target=[Read.login, Read.notice], preserve=[Read.at]))

        self._writer.run(write)

    def purge(self, days: int) -> None:
        """Forget those whose cause is gone and that were last told more than `days` days ago."""
        old = (Row.stands == False) & (Row.last_at < now_ms() - days * DAY_MS)  # noqa: E712 - Peewee's
        with self._database.reading() as session:
            if not list(session.run(Row.select(Row.id).where(old).limit(1).tuples())):
                return

        def write(session: Session) -> None:
            session.run(Row.delete().where(old))
            session.run(Read.delete().where(Read.notice.not_in(Row.select(Row.id))))

        self._writer.run(write)


def _tell(session: Session, notice: Notice, now: int) -> None:
    stood = list(session.run(Row.select(Row.stands).where(Row.cause == notice.cause).tuples()))
    said = asdict(notice) | {"about": dict(notice.about), "keys": json_text(list(notice.keys))}
    said |= {"last_at": now, "stands": True}
    if not stood:
        session.run(Row.insert(said | {"number": 1, "first_at": now, "raised_at": now}))
        return
    again = said | {"number": Row.number + 1} | ({} if stood[0][0] else {"raised_at": now})
    session.run(Row.update(again).where(Row.cause == notice.cause))


def _joined(query: Any, login: str) -> Any:
    """With what this person has read."""
    return query.join(Read, peewee.JOIN.LEFT_OUTER, on=(Read.notice == Row.id) & (Read.login == login))


def _is_for(reader: Reader) -> Any:
    """Whether a notice is for the reader."""
    test = Row.login == reader.login
    test |= (Row.operation != "") & Row.operation.in_(list(reader.operations))
    for entity, keys in reader.places:
        test |= (Row.entity == entity) & (Row.keys == json_text(list(keys)))
    return test
