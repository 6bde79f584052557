"""Passwords, sessions and wrong attempts of people. Only hashes come here; whoever calls makes and compares them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from core.store.database import Database
from core.store.database import Session as Connection
from core.store.tables import Failure as FailureRow
from core.store.tables import Password as PasswordRow
from core.store.tables import Session as SessionRow
from core.store.writer import Writer

# Asked for each page anew, and so as text: Peewee takes longer to write them than a database to answer.
OF_LOGIN = "SELECT login, hash, former, changed_at, must_change FROM password WHERE login = ?"
WHOSE = "SELECT id, token_hash, login, address, made_at, seen_at, ends_at, ended_at FROM session WHERE token_hash = ?"


@dataclass(frozen=True, slots=True)
class Password:
    """One person's password. `former` are the hashes before it, the newest first; times are UTC milliseconds."""

    login: str
    hash: str
    former: list[str]
    changed_at: int
    must_change: bool


@dataclass(frozen=True, slots=True)
class Session:
    """One session; times are UTC milliseconds. It stands until `ends_at` unless it was ended before."""

    id: int
    token_hash: bytes
    login: str
    address: str
    made_at: int
    seen_at: int
    ends_at: int
    ended_at: int | None


class People:
    """The door to them. Every one may be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def password(self, login: str) -> Password | None:
        """The password of a login; None where it has none."""
        with self._database.reading() as session:
            row = session.execute(OF_LOGIN, (login,)).fetchone()
        return row and Password(row[0], row[1], json.loads(row[2]), row[3], bool(row[4]))

    def put_password(self, password: Password) -> None:
        """Set it in place of the one before."""
        kept = PasswordRow.insert(asdict(password))
        fields = [PasswordRow.hash, PasswordRow.former, PasswordRow.changed_at, PasswordRow.must_change]
        query = kept.on_conflict(conflict_target=[PasswordRow.login], preserve=fields)
        self._writer.run(lambda session: session.run(query))

    def has_passwords(self) -> bool:
        """Whether anybody has one."""
        with self._database.reading() as session:
            return bool(list(session.run(PasswordRow.select(PasswordRow.login).limit(1).tuples())))

    def open_session(self, token_hash: bytes, login: str, address: str, at: int, ends_at: int) -> int:
        """Remember a new session; its id."""
        row: dict[str, Any] = {"token_hash": token_hash, "login": login, "address": address}
        row |= {"made_at": at, "seen_at": at, "ends_at": ends_at}
        return int(self._writer.run(partial(_insert, row)))

    def session(self, token_hash: bytes) -> Session | None:
        """The session of a token, ended ones too."""
        with self._database.reading() as session:
            row = session.execute(WHOSE, (token_hash,)).fetchone()
        return row and Session(row[0], bytes(row[1]), *row[2:])

    def sessions(self, at: int, seen_after: int) -> list[Session]:
        """Those that stand then and were seen after that, the newest first."""
        standing = SessionRow.ended_at.is_null() & (SessionRow.ends_at > at) & (SessionRow.seen_at > seen_after)
        return self._sessions(standing)

    def seen(self, session_id: int, at: int, ends_at: int | None = None) -> None:
        """Note that a session was used, and ends later where `ends_at` is said; does not wait."""
        later = {} if ends_at is None else {"ends_at": ends_at}
        query = SessionRow.update(seen_at=at, **later).where(SessionRow.id == session_id)
        self._writer.call(lambda session: session.run(query))

    def end(self, at: int, *, session_id: int | None = None, login: str | None = None, but: int | None = None) -> int:
        """End one session, or all of a login but one; how many stood."""
        which = SessionRow.ended_at.is_null()
        which &= SessionRow.id == session_id if session_id is not None else SessionRow.login == login
        which &= SessionRow.id != (but if but is not None else -1)
        query = SessionRow.update(ended_at=at).where(which)
        return int(self._writer.run(lambda session: session.run(query)))

    def attempt(self, names: Iterable[str], at: int, attempts: int, lock_ms: int) -> int:
        """Count an attempt under each name before it is known to be right, so that many at once count as many; 0 then,
        or how many milliseconds a name is still locked, and nothing is counted. What is older than the lock is gone."""
        return int(self._writer.run(partial(_attempt, list(names), at, attempts, lock_ms)))

    def forget_failures(self, names: Iterable[str]) -> None:
        """A right one: what was counted under the names is gone."""
        query = FailureRow.delete().where(FailureRow.name.in_(list(names)))
        self._writer.run(lambda session: session.run(query))

    def purge(self, sessions_before: int, failures_before: int) -> None:
        """Forget sessions that ended, and wrong attempts that were, before then."""
        ended = SessionRow.delete().where(
            (SessionRow.ends_at < sessions_before) | (SessionRow.ended_at < sessions_before)
        )
        failed = FailureRow.delete().where(FailureRow.last_at < failures_before)
        self._writer.run(lambda session: [session.run(ended), session.run(failed)])

    def _sessions(self, which: Any) -> list[Session]:
        query = SessionRow.select().where(which).order_by(SessionRow.id.desc()).tuples()
        with self._database.reading() as session:
            return [Session(row[0], bytes(row[1]), *row[2:]) for row in session.run(query)]


def _insert(row: dict[str, Any], session: Connection) -> int:
    return int(session.run(SessionRow.insert(row)))


def _attempt(names: Sequence[str], at: int, attempts: int, lock_ms: int, session: Connection) -> int:
    query = FailureRow.select().where(FailureRow.name.in_(names), FailureRow.last_at > at - lock_ms)
    counted = {name: (number, last_at) for name, number, last_at in session.run(query.tuples())}
    waits = [last_at + lock_ms - at for number, last_at in counted.values() if number >= attempts]
    if waits:
        return int(max(waits))
    for name in names:
        number = counted.get(name, (0, 0))[0] + 1
        line = FailureRow.insert(name=name, number=number, last_at=at)
        fields = [FailureRow.number, FailureRow.last_at]
        session.run(line.on_conflict(conflict_target=[FailureRow.name], preserve=fields))
    return 0
