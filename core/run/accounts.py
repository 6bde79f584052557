"""People who log in: passwords, sessions, lock-out. Who they are is told by the records of the entity user."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.condition import Test
from core.entity.types.time import moment
from core.run import passwords
from core.run.rights import Account
from core.run.roles import USER
from core.run.shown import moment as shown_moment
from core.run.snapshot import Snapshot
from core.run.words import LoginRefused, NotFound, RecordRefused, said
from core.run.work import Work
from core.store.database import now_ms
from core.store.people import Password
from core.store.people import Session as Line
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store

DAY_MS = 86_400_000
SEEN_MS = 60_000  # how often at most a session's use is noted
LONGEST_LOGIN = 64
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Session:
    """A login that got in: the token for the cookie, which is nowhere else, and whose it is."""

    token: str
    account: Account
    ends_at: int  # UTC milliseconds

    @property
    def must_change(self) -> bool:
        """Whether the password has to be changed before anything else."""
        return self.account.must_change


class Accounts:
    """Thread-safe; every door blocks and is for threads, not for the server's loop."""

    def __init__(self, store: Store, work: Work, snapshot: Callable[[], Snapshot]) -> None:
        self._store = store
        self._work = work
        self._snapshot = snapshot
        self._changing = threading.Lock()

    def login(self, login: str, password: str, address: str, former: str | None = None) -> Session:
        """A new session with a new token; one that the browser had before (`former`) ends. LoginRefused for a wrong
        login or password, while too many were wrong, and for who is not active. Each is a line of the log."""
        login, now = login[:LONGEST_LOGIN], now_ms()
        names = (f"login:{login}", f"address:{address}")
        rules = self._rules()
        wait_ms = self._store.people.attempt(names, now, rules["attempts"], rules["lock_s"] * 1000)
        if wait_ms:
            self._log("login_failed", login, address, why="locked")
            wait_s = -(-wait_ms // 1000)
            raise LoginRefused(said("login_locked", minutes=-(-wait_s // 60)), wait_s)
        kept, user = self._store.people.password(login), self.user(login)
        if not self._fits(password, [kept.hash] if kept is not None and user is not None else []):
            self._log("login_failed", login, address, why="wrong")
            raise LoginRefused(said("login_wrong"))
        assert kept is not None  # noqa: S101 - nothing fits without it, this tells mypy
        assert user is not None  # noqa: S101 - likewise
        self._store.people.forget_failures(names)
        if not self._is_active(user):
            self._log("login_failed", login, address, why="not active")
            raise LoginRefused(said("login_off"))
        if former is not None:
            self.logout(former)
        token, ends_at = secrets.token_urlsafe(TOKEN_BYTES), now + rules["session_s"] * 1000
        session_id = self._store.people.open_session(_digest(token), login, address, now, ends_at)
        self._log("login", login, address)
        return Session(token, self._account(user, session_id, kept, address), ends_at)

    def session(self, token: str, is_use: bool = True) -> Account | None:
        """Who holds this token; None where the session ended, was not used for too long, or the person is no longer
        active. The person's record is read anew each time, so that a change holds at once. With `is_use` the session
        counts as used now."""
        line, now = self._standing(token), now_ms()
        if line is None:
            return None
        user, kept = self.user(line.login), self._store.people.password(line.login)
        if user is None or kept is None or not self._is_active(user):
            return None
        account = self._account(user, line.id, kept, line.address)
        if is_use and now - line.seen_at > SEEN_MS:
            ends_at = now + self._rules()["session_s"] * 1000 if self._lasts(account) else None
            self._store.people.seen(line.id, now, ends_at)
        return account

    def _lasts(self, account: Account) -> bool:
        """Whether the sessions of an account go on as long as they are used."""
        roles = self._snapshot().roles
        return bool(account.roles) and all(name in roles and roles[name].lasting for name in account.roles)

    def logout(self, token: str) -> None:
        """End the session of a token, if there is one."""
        line = self._standing(token)
        if line is not None and self._store.people.end(now_ms(), session_id=line.id):
            self._log("logout", line.login, line.address)

    def sessions(self) -> list[dict[str, Any]]:
        """Those that stand: [{id, login, address, made_at, seen_at, ends_at}], the newest first."""
        zone, now = self._snapshot().zone, now_ms()
        return [
            {"id": line.id, "login": line.login, "address": line.address}
            | {name: shown_moment(getattr(line, name), zone) for name in ("made_at", "seen_at", "ends_at")}
            for line in self._store.people.sessions(now, now - self._rules()["idle_s"] * 1000)
        ]

    def end(self, session_id: int, who: str = "operator") -> None:
        """End somebody's session. NotFound where it does not stand."""
        if not self._store.people.end(now_ms(), session_id=session_id):
            raise NotFound(said("unknown_session"))
        self._store.log.add("session_ended", who, "", str(session_id))

    def change_password(self, account: Account, old: str, new: str) -> None:
        """A person's own new password; every other session of the person ends. LoginRefused for a wrong old one, which
        counts towards the lock; RecordRefused for one that the rules do not take."""
        names, rules, now = (f"login:{account.login}",), self._rules(), now_ms()
        wait_ms = self._store.people.attempt(names, now, rules["attempts"], rules["lock_s"] * 1000)
        if wait_ms:
            wait_s = -(-wait_ms // 1000)
            raise LoginRefused(said("login_locked", minutes=-(-wait_s // 60)), wait_s)
        with self._changing:
            kept = self._store.people.password(account.login)
            if kept is None or not self._fits(old, [kept.hash]):
                raise LoginRefused(said("password_old_wrong"))
            self._store.people.forget_failures(names)
            self._refuse(new, kept)
            self._put(kept, new, must_change=False)
        self._store.people.end(now_ms(), login=account.login, but=account.session_id)
        self._store.log.add("password", account.login, "", account.login)

    def reset(self, login: str, who: str = "operator") -> str:
        """A new random password that has to be changed at the next login; every session of the person ends, and the
        person is not locked any more. It is returned this once. NotFound where there is no such user."""
        if self.user(login) is None:
            raise NotFound(f"there is no user {login}", "See them with: zc user list")
        password = passwords.made()
        with self._changing:
            kept = self._store.people.password(login) or Password(login, "", [], 0, must_change=True)
            self._put(kept, password, must_change=True)
        self._store.people.end(now_ms(), login=login)
        self._store.people.forget_failures([f"login:{login}"])
        self._store.log.add("reset", who, "", login)
        return password

    def unlock(self, login: str, who: str = "operator") -> None:
        """Let a person try again who was locked after wrong attempts. NotFound where there is no such user."""
        if self.user(login) is None:
            raise NotFound(f"there is no user {login}", "See them with: zc user list")
        self._store.people.forget_failures([f"login:{login}"])
        self._store.log.add("unlocked", who, "", login)

    def is_unused(self) -> bool:
        """Whether the site has users but nobody has a password yet: a first start."""
        return USER in self._snapshot().entities and not self._store.people.has_passwords()

    def user(self, login: str) -> dict[str, Any] | None:
        """The record of a user, stored form; None where there is none, it is void, or the site has no users."""
        entities = self._snapshot().entities
        if USER not in entities:
            return None
        search = Search(entities[USER], Test("login", "is", login), limit=1)
        return next(iter(self._store.search(search, Scope.whole(), entities).rows), None)

    def account_of(self, login: str) -> Account:
        """A user as seen from outside, without a session: for saying what the user would see. NotFound."""
        user = self.user(login)
        if user is None:
            raise NotFound(f"there is no user {login}", "See them with: zc user list")
        account = self._account(user, 0, Password(login, "", [], now_ms(), must_change=False))
        return account if self._is_active(user) else replace(account, roles=())

    def forget_old(self) -> None:
        """Forget sessions that ended a month ago and wrong attempts that bind nobody any more."""
        now = now_ms()
        self._store.people.purge(now - 30 * DAY_MS, now - self._rules()["lock_s"] * 1000)

    def _standing(self, token: str) -> Line | None:
        line, now = self._store.people.session(_digest(token)), now_ms()
        if line is None or line.ended_at is not None or line.ends_at <= now:
            return None
        return line if now - line.seen_at <= self._rules()["idle_s"] * 1000 else None

    def _account(self, user: Mapping[str, Any], session_id: int, kept: Password, address: str = "") -> Account:
        """The account of a user's record; an old password has to be changed like a first one."""
        snapshot, days = self._snapshot(), self._rules()["expires_days"]
        expired = bool(days) and now_ms() - kept.changed_at > days * DAY_MS
        entity = snapshot.entities[USER]
        return Account(
            login=user["login"],
            title=user["title"] or user["login"],
            roles=tuple(dict.fromkeys(_listed(user["roles"], entity, snapshot))),
            session_id=session_id,
            must_change=kept.must_change or expired,
            refs={name: user[name] for name, field in entity.fields.items() if field.to},
            address=address,
        )

    def _is_active(self, user: Mapping[str, Any]) -> bool:
        """Whether the person may log in today; a record that does not say so says no."""
        last = user["valid_to"]
        today = moment(now_ms(), self._snapshot().zone).date()
        return user["active"] is True and (last is None or today <= date.fromisoformat(last))

    def _refuse(self, new: str, kept: Password) -> None:
        rules = self._rules()
        found = passwords.faults(new, kept.login, rules)
        if not found and self._fits(new, [kept.hash, *kept.former][: rules["former"] + 1]):
            found = [("password_former", {})]
        if found:
            raise RecordRefused([{"field": "new", "text": said(id_, **values)} for id_, values in found])

    def _put(self, kept: Password, new: str, must_change: bool) -> None:
        former = ([kept.hash] if kept.hash else []) + kept.former
        kept_of_former = former[: self._rules()["former"]]
        made = self._work.run(passwords.hashed, new)
        self._store.people.put_password(Password(kept.login, made, kept_of_former, now_ms(), must_change))

    def _fits(self, password: str, kept: list[str]) -> bool:
        return len(password) <= passwords.LONGEST and self._work.run(partial(passwords.fits, password), kept)

    def _rules(self) -> Mapping[str, Any]:
        rules: Mapping[str, Any] = self._snapshot().site["accounts"]
        return rules

    def _log(self, kind: str, login: str, address: str, **detail: Any) -> None:
        self._store.log.add(kind, login, address, login, **detail)


def _listed(stored: Any, entity: Any, snapshot: Snapshot) -> list[str]:
    shown = [] if stored is None else entity.fields["roles"].type.show(stored, entity.fields["roles"], snapshot.zone)
    return [str(name) for name in shown] if isinstance(shown, list) else []


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def ensure_declared(snapshot: Snapshot) -> None:
    """ZcError where the site has no users, since the plugin accounts does not run."""
    if USER not in snapshot.entities:
        raise ZcError(
            phrase("this site has no users"), phrase("Name the plugin accounts under plugins in config/site.yaml")
        )
