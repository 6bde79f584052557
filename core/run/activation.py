"""Numbering snapshots, and the log of who put which in force."""

from __future__ import annotations

from functools import partial

from core.store.database import Session, now_ms
from core.store.store import Store
from core.store.tables import json_text
from core.store.verbs import INSERT_EVENT

LAST = "last_activation"


def activate(store: Store, digest: str, who: str, note: str) -> int:
    """The number of the snapshot with this digest of declarations: the last one's where nothing changed since (a
    restart), else a number never given before, with an event that says who and why."""
    last = store.state.get(LAST, {})
    if last.get("digest") == digest:
        return int(last["number"])
    number = store.state.next_snapshot()
    store.writer.run(partial(_note, number, digest, who, note))
    store.state.put(LAST, {"number": number, "digest": digest})
    return number


def _note(number: int, digest: str, who: str, note: str, session: Session) -> None:
    after = json_text({"digest": digest})
    session.execute(INSERT_EVENT, ("snapshot", number, now_ms(), "activated", who, note, json_text({}), after))
