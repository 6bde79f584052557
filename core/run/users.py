"""Operations on people: add, reset, unlock, list, sessions, end; the first one of a new site; the log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.run.accounts import ensure_declared
from core.run.loading import load
from core.run.roles import USER
from core.run.shown import moment, shown
from core.run.words import NotFound, said
from core.store.scope import Scope
from core.store.search import Search

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

ADMIN = "admin"
"""The login and the role of a new site's first person."""


def add(
    platform: Platform,
    progress: Progress,
    *,
    login: str,
    title: str,
    roles: Sequence[str],
    region: str = "",
    station: str = "",
    who: str = "operator",
) -> dict[str, str]:
    """A new user with a random password, to be changed at the first login: {login, password}. ZcError where the login
    is taken, or a role, region or station is not there."""
    snapshot = platform.snapshot
    ensure_declared(snapshot)
    unknown = [role for role in roles if role not in snapshot.roles]
    if unknown or not roles:
        known = ", ".join(sorted(snapshot.roles)) or phrase("none")
        why = phrase("there is no role {name}", name=unknown[0]) if unknown else phrase("a user needs a role")
        raise ZcError(why, phrase("Known: {names}", names=known))
    if platform.accounts.user(login) is not None:
        raise ZcError(
            phrase("there is a user {login} already", login=login),
            phrase("A new password: zc user reset {login}", login=login),
        )
    row = {"login": login, "title": title, "roles": ",".join(roles), "active": "true"}
    row |= {name: key for name, key in (("region", region), ("station", station)) if key}
    _load(platform, progress, row, who)
    return {"login": login, "password": platform.accounts.reset(login, who)}


def _load(platform: Platform, progress: Progress, row: dict[str, str], who: str) -> None:
    """Store the record as a load of one row does, with all its checks."""
    lines = "\n".join((",".join(row), ",".join('"' + value.replace('"', '""') + '"' for value in row.values())))
    data = lines.encode().hex()
    done = load(platform, progress, entity=USER, name="user.csv", data=data, replace=False, who=who)
    for refused in done["refused"]:
        raise ZcError(
            phrase("the user cannot be stored: {message}", message=refused["message"]),
            phrase("See: zc find region, zc find station"),
        )


def reset(platform: Platform, _progress: Progress, *, login: str, who: str = "operator") -> dict[str, str]:
    """A new random password, to be changed at the next login; all sessions of the user end: {login, password}."""
    ensure_declared(platform.snapshot)
    return {"login": login, "password": platform.accounts.reset(login, who)}


def unlock(platform: Platform, _progress: Progress, *, login: str, who: str = "operator") -> dict[str, str]:
    """Let a user who was locked after wrong attempts try again; the password stays: {login}."""
    ensure_declared(platform.snapshot)
    platform.accounts.unlock(login, who)
    return {"login": login}


def list_(platform: Platform, _progress: Progress) -> list[dict[str, Any]]:
    """[{login, title, roles, region, station, active, valid_to, sessions}], by login."""
    snapshot = platform.snapshot
    ensure_declared(snapshot)
    entity = snapshot.entities[USER]
    sessions = [line["login"] for line in platform.accounts.sessions()]
    rows = platform.store.search(Search(entity, sort=("login",), limit=10_000), Scope.whole(), snapshot.entities).rows
    names = ("login", "title", "roles", "region", "station", "active", "valid_to")
    found = []
    for row in rows:
        told = shown(entity, row, snapshot.zone)
        kept = {name: told.get(name) for name in names}
        kept["roles"] = ", ".join(map(str, told.get("roles") or ()))
        found.append({**kept, "sessions": sessions.count(row["login"])})
    return found


def sessions(platform: Platform, _progress: Progress) -> list[dict[str, Any]]:
    """Who is logged in: [{id, login, address, made_at, seen_at, ends_at}], the newest first."""
    return platform.accounts.sessions()


def end(
    platform: Platform, _progress: Progress, *, session: int | None = None, login: str = "", who: str = "operator"
) -> dict[str, int]:
    """End one session, or all of a user: {ended}. NotFound where none stands."""
    standing = [line["id"] for line in platform.accounts.sessions() if session == line["id"] or login == line["login"]]
    if not standing:
        raise NotFound(said("unknown_session"))
    for session_id in standing:
        platform.accounts.end(session_id, who)
    return {"ended": len(standing)}


def first(platform: Platform) -> dict[str, str] | None:
    """The first person of a site whose users have no password yet, with a random one: {login, password}; None where
    there is no such site, or the role admin is not declared."""
    if not platform.accounts.is_unused() or ADMIN not in platform.snapshot.roles:
        return None
    if platform.accounts.user(ADMIN) is not None:
        return {"login": ADMIN, "password": platform.accounts.reset(ADMIN, "start")}
    row = {"login": ADMIN, "title": platform.snapshot.roles[ADMIN].title, "roles": ADMIN, "active": "true"}
    _load(platform, lambda _text: None, row, "start")
    return {"login": ADMIN, "password": platform.accounts.reset(ADMIN, "start")}


def log(
    platform: Platform,
    _progress: Progress,
    *,
    kinds: Sequence[str] = (),
    user: str | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[dict[str, Any]]:
    """The newest lines of the log: [{id, kind, at, who, address, what, detail}]; `before` is the id to go on from."""
    lines = platform.store.log.lines(kinds=kinds, who=user, before=before, limit=max(1, min(limit, 1000)))
    zone = platform.snapshot.zone
    return [
        {"id": line.id, "kind": line.kind, "at": moment(line.at, zone), "who": line.who, "address": line.address}
        | {"what": line.what, "detail": line.detail}
        for line in lines
    ]
