"""Notices as one person reads them: what is for that person and nothing else, in words, with what is unread."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core.declare.problem import ZcError
from core.entity.condition import Test
from core.run.query import Params, number, one
from core.run.rights import Rights
from core.run.shown import moment
from core.run.words import said
from core.store.database import now_ms
from core.store.notices import Kept, Reader
from core.store.search import Search
from core.store.store import Store

LEVELS = ("info", "warning", "error")
PAGE = 30
MOST = 200


def notices(rights: Rights, store: Store, params: Params) -> dict[str, Any]:
    """{notices: [{id, kind, level, label, title, text, at, last_at, number, stands, unread, page, query, file}],
    unread, after, until, as_of}, the newest first. A URL asks by `level`, unread=true, `limit` and `after`; `until` is
    what `read` takes. `page` is None where the person may not open it."""
    level = one(params, "level") or ""
    if level and level not in LEVELS:
        raise ZcError(said("bad_level", known="、".join(LEVELS)))
    limit = number(params, "limit", PAGE, 1, MOST)
    reader, until = reader_of(rights, store), now_ms()
    unread = one(params, "unread") == "true"
    found = store.notices.of(reader, level=level, unread=unread, before=_before(params), limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    return {
        "notices": [_told(rights, kept) for kept in found[:limit]],
        "unread": store.notices.unread(reader),
        "after": f"{last.raised_at}-{last.id}" if last is not None else None,
        "until": until,
        "as_of": moment(until, rights.snapshot.zone),
    }


def read(rights: Rights, store: Store, ids: Collection[int] | None, until: int) -> None:
    """The person has read these notices, or with None all of them, as they stood then (UTC milliseconds). What is for
    others is left alone."""
    store.notices.read(reader_of(rights, store), ids, min(until, now_ms()))


def reader_of(rights: Rights, store: Store) -> Reader:
    """For whom notices are looked up; nothing is for whom no role stands, but what is told to the person."""
    places = frozenset(place for place in store.notices.places() if _sees_one(rights, store, *place))
    return Reader(rights.account.login, rights.operations, places)


def _sees_one(rights: Rights, store: Store, entity_id: str, keys: tuple[str, ...]) -> bool:
    """Whether one of the records is in the person's scope."""
    entity = rights.snapshot.entities.get(entity_id)
    if entity is None or not keys or not rights.may("see", entity_id):
        return False
    search = Search(entity, Test(entity.key[0], "in", keys), columns=("id",), limit=1)
    return bool(store.search(search, rights.scope(entity_id), rights.snapshot.entities).rows)


def _before(params: Params) -> tuple[int, int] | None:
    mark = one(params, "after")
    if mark is None:
        return None
    at, _, id_ = mark.partition("-")
    if not (at.isascii() and at.isdigit() and id_.isascii() and id_.isdigit() and len(mark) < 36):
        raise ZcError(said("bad_mark"))
    return int(at), int(id_)


def _told(rights: Rights, kept: Kept) -> dict[str, Any]:
    zone = rights.snapshot.zone
    leads = urlsplit(kept.leads)
    page = leads.path.removeprefix("/p/") if leads.path.startswith("/p/") else ""
    declared = rights.snapshot.pages.get(page)
    is_open = declared is not None and rights.opens(declared)
    return {
        "id": kept.id,
        "kind": kept.kind,
        "level": kept.level,
        "label": said(f"level_{kept.level}"),
        "title": said(f"notice_{kept.kind}", **kept.about),
        "text": said(f"notice_{kept.kind}_text", **kept.about),
        "at": moment(kept.raised_at, zone),
        "last_at": moment(kept.last_at, zone),
        "number": kept.number,
        "stands": kept.stands,
        "unread": kept.unread,
        "page": page if is_open else None,
        "query": parse_qs(leads.query) if is_open else {},
        "file": kept.leads if kept.leads.startswith("/api/v1/exports/") else None,
    }
