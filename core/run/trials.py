"""Trials: an operator's tests of an interface, run through the same five steps with a store that only remembers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from core.declare.declaration import Declaration
from core.declare.problem import Problem
from core.entity.field_type import ValueRefused
from core.intake.decode.layout import Layout
from core.intake.encode import TYPES, encode
from core.intake.intake import Means, take
from core.intake.post import Partner, Post
from core.intake.store import KeyMemory
from core.run.replied import reply_data
from core.run.rows import read_fields
from core.run.shown import shown
from core.run.snapshot import Snapshot
from core.store.database import now_ms


@dataclass(frozen=True)
class Case:
    """One case of a trial and what was wrong with it."""

    interface: str
    title: str
    problems: tuple[Problem, ...]


class Every:
    """A set of keys that has every key: where a trial does not say which stations there are."""

    def __contains__(self, key: object) -> bool:
        return True


def run(snapshot: Snapshot, only: str | None = None) -> list[Case]:
    """Run every trial (or those of one interface); a red case is a problem at its place in the file."""
    declarations = snapshot.reading.declarations.get("trial", {})
    return [
        _run_case(snapshot, declaration, index, case)
        for name, declaration in declarations.items()
        if only in (None, name)
        for index, case in enumerate(declaration.data["cases"])
    ]


def _run_case(snapshot: Snapshot, declaration: Declaration, index: int, case: Mapping[str, Any]) -> Case:
    try:
        received_at = moment_of(case.get("now"), snapshot)
    except ValueError:
        found = [declaration.problem("ZC603", "cases", index, "now", now=case["now"])]
        return Case(declaration.id, case["title"], tuple(found))
    known, found = _known(snapshot, declaration, index, case["known"])
    if found:
        return Case(declaration.id, case["title"], tuple(found))
    try:
        body = body_of(case["send"], snapshot, declaration.id)
    except ValueError as error:
        found = [declaration.problem("ZC605", "cases", index, "send", what=error.args[0])]
        return Case(declaration.id, case["title"], tuple(found))
    post = send(snapshot, declaration.id, body, received_at, stations=case.get("stations"), known=known)
    found = [
        declaration.problem("ZC601", "cases", index, "expect", *path, expected=_short(want), got=_short(have))
        for path, want, have in _differences(case["expect"], seen(snapshot, post))
    ]
    return Case(declaration.id, case["title"], tuple(found))


def _known(
    snapshot: Snapshot, declaration: Declaration, index: int, said: Sequence[Mapping[str, Any]]
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Known records in stored form, and what is wrong with them."""
    entity = snapshot.interfaces[declaration.id].entity
    records, problems = [], []
    for row, record in enumerate(said):
        try:
            records.append(read_fields(entity, record, snapshot.zone))
            missing = [name for name in entity.key if records[-1].get(name) is None]
        except ValueRefused as refused:
            missing = [str(refused.values.get("field", refused.outcome))]
        if missing:
            path = ("cases", index, "known", row)
            values = {"name": row + 1, "text": ", ".join(missing), "entity": entity.title}
            problems.append(declaration.problem("ZC604", *path, **values))
    return records, problems


def send(
    snapshot: Snapshot,
    interface: str,
    body: bytes,
    received_at: int,
    stations: Sequence[str] | None = None,
    known: Sequence[Mapping[str, Any]] = (),
) -> Post:
    """Take one body through the five steps, nothing stored. `stations` are the keys that exist (every one where not
    said) and that the sender may speak for; `known` are records in stored form that are there already."""
    partner = Partner(id="trial", title="试例", stations=frozenset(stations or "*"))
    memory = KeyMemory()
    for values in known:
        memory.remember(snapshot.interfaces[interface].entity, values)
    post = Post(
        interface=snapshot.interfaces[interface],
        body=body,
        headers=headers_of(body, snapshot.interfaces[interface].layout),
        address="127.0.0.1",
        received_at=received_at,
        snapshot=snapshot.number,
    )
    means = Means(
        identify=lambda _: partner,
        keys=lambda _: frozenset(stations) if stations else Every(),
        checks=snapshot.checks,
        derivers=snapshot.derivers,
        writer=memory,
        limits=snapshot.site["intake"],
        clock=snapshot.site["clock"],
        demo=snapshot.site["demo"],
    )
    asyncio.run(take(post, means))
    return post


def body_of(said: Any, snapshot: Snapshot, interface: str) -> bytes:
    """The bytes of a trial's `send`: text as it stands, else as the interface's format has it. ValueError where the
    format cannot say it."""
    layout = snapshot.interfaces[interface].layout
    return said.encode(layout.charset) if isinstance(said, str) else encode(said, layout)


def headers_of(body: bytes, layout: Layout) -> dict[str, str]:
    """The headers that a body is sent with; the boundary of a form is that of its first line."""
    if layout.format == "multipart" and body.startswith(b"--"):
        boundary = next(iter(body[2:200].splitlines()), b"").decode("latin-1")
        return {"content-type": f'multipart/form-data; boundary="{boundary}"'}
    return {"content-type": TYPES[layout.format]}


def seen(snapshot: Snapshot, post: Post) -> dict[str, Any]:
    """What came of a post, in the terms in which a trial says what it expects."""
    entity = post.interface.entity
    return {
        "http": post.status,
        "reply": reply_data(post),
        "records": [shown(entity, row.values, snapshot.zone) for row in post.accepted],
        "refused": [{"index": item.index, **item.problems[0]} for item in post.refusals if item.problems],
        "duplicates": post.duplicates,
    }


def local(ms: int, snapshot: Snapshot) -> datetime:
    """UTC milliseconds in the site's zone."""
    return datetime.fromtimestamp(ms / 1000, snapshot.zone)


def moment_of(text: str | None, snapshot: Snapshot) -> int:
    """The moment that a trial calls now, UTC milliseconds; the present where it says none. ValueError for no moment."""
    if text is None:
        return now_ms()
    return int(datetime.fromisoformat(text).replace(tzinfo=snapshot.zone).timestamp() * 1000)


def _differences(
    want: Any, have: Any, path: tuple[str | int, ...] = ()
) -> list[tuple[tuple[str | int, ...], Any, Any]]:
    """Where `have` lacks something of `want`; mappings may have more keys, lists must be as long."""
    if isinstance(want, Mapping) and isinstance(have, Mapping):
        return [item for key in want for item in _differences(want[key], have.get(key), (*path, key))]
    if isinstance(want, list) and isinstance(have, list) and len(want) == len(have):
        return [item for index, one in enumerate(want) for item in _differences(one, have[index], (*path, index))]
    same = want == have and isinstance(want, bool) == isinstance(have, bool)
    return [] if same else [(path, want, have)]


def _short(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 200 else f"{text[:199]}…"
