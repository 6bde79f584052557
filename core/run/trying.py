"""`zc try`: the five steps of one post in words, and the exact reply. Nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from core.declare.library import Cache
from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.intake.post import Post
from core.run import trials
from core.run.build import build
from core.run.home import Home
from core.run.replied import reply_text
from core.run.shown import moment, shown
from core.run.snapshot import Snapshot
from core.store.database import now_ms

ROWS = 20


def try_(home: Home, interface: str, body: bytes, stations: Sequence[str] = ()) -> dict[str, Any]:
    """{read, map, derive, store, answer: lines of text, reply: the exact text, status} of a post to an interface as
    the files on disk have it. ZcError where those have problems."""
    home.require()
    snapshot = build(home, Cache(), skip_trials=True).snapshot
    if snapshot is None:
        raise ZcError(phrase("the declarations on disk have problems"), phrase("See them with: zc check"))
    if interface not in snapshot.interfaces:
        raise ZcError(
            phrase("there is no interface {interface}", interface=interface),
            phrase("Known: {names}", names=", ".join(sorted(snapshot.interfaces))),
        )
    return told(snapshot, trials.send(snapshot, interface, body, now_ms(), stations=stations))


def told(snapshot: Snapshot, post: Post) -> dict[str, Any]:
    """The steps of a post that was taken, in words."""
    return {
        "read": _read(snapshot, post),
        "map": _map(snapshot, post),
        "derive": _derive(snapshot, post),
        "store": _store(post),
        "answer": [f"HTTP {post.status}", *reply_text(post).splitlines()],
        "status": post.status,
        "reply": reply_text(post),
    }


def _read(snapshot: Snapshot, post: Post) -> list[str]:
    interface = post.interface
    at = moment(post.received_at, snapshot.zone)
    lines = [f"{len(post.body)} bytes of {interface.layout.format}, {interface.layout.charset}, at {at}"]
    where = ".".join(interface.records) or "the body itself"
    if post.stopped is not None:
        return [*lines, f"refused: {post.stopped.outcome}"]
    return [*lines, f"{len(post.raws)} records at {where}", *_listed(post.raws)]


def _map(snapshot: Snapshot, post: Post) -> list[str]:
    entity = post.interface.entity
    mapped = [
        {name: value for name, value in shown(entity, item.values, snapshot.zone).items() if value is not None}
        for item in post.mapped
    ]
    derived = {name for name, field in entity.fields.items() if field.derived}
    ours = [{name: value for name, value in record.items() if name not in derived} for record in mapped]
    lines = [f"{len(post.mapped)} mapped, {len(post.refused)} refused", *_listed(ours)]
    for refused in post.refused[:ROWS]:
        for reason in refused.reasons:
            lines.append(f"[{refused.index}] {reason.outcome} {reason.field}: {post.interface.reply.words([reason])}")
    return lines


def _derive(snapshot: Snapshot, post: Post) -> list[str]:
    entity = post.interface.entity
    names = [name for name, field in entity.fields.items() if field.derived]
    rows = []
    for item in post.mapped:
        record = shown(entity, item.values, snapshot.zone)
        rows.append(
            {name: record[name] for name in names} | ({"pending": record["pending"]} if record["pending"] else {})
        )
    return [", ".join(use.use for use in entity.derive) or "nothing to derive", *_listed(rows)]


def _store(post: Post) -> list[str]:
    if post.written is None:
        return ["nothing"]
    states = [f"[{row.index}] {state}" for row, state in zip(post.rows, post.written.states, strict=True)]
    return [f"{len(post.rows)} rows, {len(post.refusals)} refusals (nothing is stored by a trial)", *states[:ROWS]]


def _listed(items: list[Any]) -> list[str]:
    lines = [
        f"[{index}] {json.dumps(item, ensure_ascii=False, default=str)}" for index, item in enumerate(items[:ROWS])
    ]
    return lines if len(items) <= ROWS else [*lines, f"… and {len(items) - ROWS} more"]
