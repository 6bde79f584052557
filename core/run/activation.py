"""Numbering snapshots, and the log of who put which in force."""

from __future__ import annotations

from functools import partial

from core.declare.declaration import Declaration
from core.declare.library import Reading
from core.declare.problem import Problem
from core.store.database import Session, now_ms
from core.store.store import Store
from core.store.system_table import json_text
from core.store.verbs import INSERT_EVENT

LAST = "last_activation"
REPLACED = "replaced_files"


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


def overtaken(store: Store, reading: Reading) -> list[Problem]:
    """A warning for each file of the home that stands for a plugin's file which has changed since it was written."""
    remembered = store.state.get(REPLACED, {})
    return [
        _declared(reading, key).problem("ZC407")
        for key, (own, shipped) in _replaced(reading).items()
        if key in remembered and remembered[key][0] == own and remembered[key][1] != shipped
    ]


def remember_replaced(store: Store, reading: Reading) -> None:
    """Remember, for each file of the home that stands for a plugin's, both contents; an old memory of the same file
    stays, so that the warning stays until somebody saves the file again."""
    remembered = store.state.get(REPLACED, {})
    now = {
        key: remembered[key] if key in remembered and remembered[key][0] == own else [own, shipped]
        for key, (own, shipped) in _replaced(reading).items()
    }
    if now != remembered:
        store.state.put(REPLACED, now)


def _replaced(reading: Reading) -> dict[str, tuple[str, str]]:
    """{kind/id: (digest of the home's file, digest of the plugin's file)}."""
    return {
        f"{kind}/{id_}": (_declared(reading, f"{kind}/{id_}").document.digest, shipped)
        for (kind, id_), shipped in reading.replaced.items()
        if id_ in reading.declarations.get(kind, {})
    }


def _declared(reading: Reading, key: str) -> Declaration:
    kind, _, id_ = key.partition("/")
    return reading.declarations[kind][id_]


def _note(number: int, digest: str, who: str, note: str, session: Session) -> None:
    after = json_text({"digest": digest})
    session.execute(INSERT_EVENT, ("snapshot", number, now_ms(), "activated", who, note, json_text({}), after))
