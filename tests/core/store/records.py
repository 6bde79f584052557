"""Test data of the store's tests: small entities, and rows for them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from core.entity.condition import All, Node
from core.entity.entity import SYSTEM_COLUMNS, Entity, Field
from core.entity.record import content_hash, key_hash
from core.entity.types import CORE
from core.store.database import Session
from core.store.request import Refusal, Row, Write, Written
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store

RECEIVED_AT = 1_793_500_000_000
BAD = "many"  # text in an integer column: no database takes it
EVERY = All(())


def field(name: str, kind: str = "text", derived: bool = False, **options: Any) -> Field:
    return Field(name, CORE[kind], label=name, derived=derived, options=options)


def entity(
    name: str,
    *fields: Field,
    key: tuple[str, ...] = ("code",),
    time: str | None = None,
    scope: str | None = None,
    indexes: tuple[tuple[str, ...], ...] = (),
) -> Entity:
    return Entity(
        id=name,
        title=name,
        key=key,
        time=time,
        show=None,
        scope=scope,
        derive=(),
        fields={each.name: each for each in fields},
        indexes=indexes,
    )


REGION = entity("region", field("code"), field("title"), field("parent", "ref", to="region"), scope="parent")
STATION = entity("station", field("code"), field("title"), field("region", "ref", to="region"), scope="region")
NOTICE = entity("notice", field("code"), field("title"))
WEIGHING = entity(
    "weighing",
    field("code"),
    field("station", "ref", to="station"),
    field("weighed_at", "time"),
    field("plate"),
    field("axles", "integer"),
    field("gross_kg", "mass"),
    field("speed", "number"),
    field("trusted", "boolean"),
    field("overload_kg", "mass", derived=True),
    key=("station", "code"),
    time="weighed_at",
    scope="station",
    indexes=(("station", "weighed_at"),),
)
ENTITIES: Mapping[str, Entity] = {each.id: each for each in (REGION, STATION, NOTICE, WEIGHING)}


def row(of: Entity, index: int = 0, replay_of: int | None = None, **values: Any) -> Row:
    """A row as intake makes it: every column, hashes, raw."""
    system = {"day": 20261101, "clock": "ok", "received_at": RECEIVED_AT, "provenance": "simulated", "snapshot": 1}
    full = {name: None for name in of.columns} | {name: system.get(name) for name in SYSTEM_COLUMNS} | values
    return Row(
        values=full,
        key_hash=key_hash(of, full),
        content_hash=content_hash(of, full),
        raw=dict(values),
        index=index,
        replay_of=replay_of,
    )


def weighing(code: str, station: str = "S1", index: int = 0, replay_of: int | None = None, **values: Any) -> Row:
    return row(WEIGHING, index, replay_of, code=code, station=station, **values)


def write(of: Entity, *rows: Row, refusals: tuple[Refusal, ...] = (), **settings: Any) -> Write:
    defaults = {"partner": "test", "interface": "preview", "snapshot": 1, "received_at": RECEIVED_AT}
    return Write(entity=of, rows=list(rows), refusals=list(refusals), **(defaults | settings))


def put(store: Store, *rows: Row, of: Entity = WEIGHING, **settings: Any) -> Written:
    """Store rows and wait."""
    return store.writer.put(write(of, *rows, **settings)).result()


def rows_of(store: Store, of: Entity = WEIGHING, condition: Node = EVERY) -> list[dict[str, Any]]:
    """All standing rows of an entity for which the condition holds."""
    return store.search(Search(of, condition, limit=10_000), Scope.whole(), ENTITIES).rows


@contextmanager
def held(store: Store) -> Iterator[None]:
    """The writer waits inside, so that what is put queues up."""
    entered, leave = threading.Event(), threading.Event()

    def wait(session: Session) -> None:
        entered.set()
        leave.wait()

    future = store.writer.call(wait)
    entered.wait()
    try:
        yield
    finally:
        leave.set()
    future.result()
