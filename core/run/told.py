"""What happened to a record, and how its derived fields came about, as one account may read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from core.run.asking import Look
from core.run.labels import code_text
from core.run.shown import moment, shown
from core.run.veil import MASKED, Veil
from core.run.words import said
from core.store.events import Event, version_of

if TYPE_CHECKING:
    from core.run.live import Platform

DETAILS = frozenset({"voided_at", "pending", "day", "clock"})
"""Columns that follow others; a change of theirs is no news."""


def one(platform: Platform, look: Look, row: Mapping[str, Any]) -> dict[str, Any]:
    """{record, masked, version, events, explain} of a stored row that the account sees; who amends it names the
    version."""
    entity, veil = look.category.entity, look.veil
    levels = veil.levels([row["id"]])[row["id"]]
    happened = platform.store.events.of(entity.id, row["id"])
    record = veil.veiled(shown(entity, row, look.rights.snapshot.zone), levels)
    return {
        "record": record,
        "masked": sorted(name for name, level in levels.items() if level == MASKED and row.get(name) is not None),
        "version": version_of(happened),
        "events": [
            _came(veil, row, happened),
            *(told(veil, event, levels) for event in happened if event.verb != "added"),
        ],
        "explain": explained(platform, look, row, levels),
    }


def _came(veil: Veil, row: Mapping[str, Any], happened: Sequence[Event]) -> dict[str, Any]:
    """How the record came, told as an event: from which partner, or by whom it was entered."""
    who = next((event.who for event in happened if event.verb == "added"), row["partner"] or "")
    return {
        "at": moment(row["received_at"], veil.rights.snapshot.zone) if row["received_at"] is not None else None,
        "who": who,
        "verb": "stored",
        "what": said(f"provenance_{row['provenance']}") if row["provenance"] else said("stored"),
        "why": "",
        "changes": [],
    }


def told(veil: Veil, event: Event, levels: Mapping[str, int]) -> dict[str, Any]:
    """{at, who, verb, what, why, changes: [{field, label, before, after}]} as the account may read it."""
    return {
        "at": moment(event.at, veil.rights.snapshot.zone),
        "who": event.who,
        "verb": event.verb,
        "what": said(event.verb),
        "why": event.why,
        "changes": _changes(veil, event, levels),
    }


def _changes(veil: Veil, event: Event, levels: Mapping[str, int]) -> list[dict[str, Any]]:
    entity = veil.entity
    before, after = (_values(veil, values) for values in (event.before, event.after))
    before, after = veil.veiled_change(before, levels), veil.veiled_change(after, levels)
    return [
        {"field": name, "label": entity.fields[name].label, "before": before.get(name), "after": after[name]}
        for name in after
        if name in entity.fields and name not in DETAILS and event.before.get(name) != event.after[name]
    ]


def _values(veil: Veil, values: Mapping[str, Any]) -> dict[str, Any]:
    snapshot, entity = veil.rights.snapshot, veil.entity
    texts = shown(entity, values, snapshot.zone)
    return {name: code_text(snapshot, entity.fields.get(name), texts[name]) for name in values if name in texts}


def explained(
    platform: Platform, look: Look, row: Mapping[str, Any], levels: Mapping[str, int]
) -> list[dict[str, Any]]:
    """[{label, text}] of every deriver of the entity that a plugin explains; nothing of one that reads or gives a field
    which the account does not see as it is."""
    entity, snapshot = look.category.entity, look.rights.snapshot
    lines: list[dict[str, Any]] = []
    for use in entity.derive:
        explain = snapshot.explainers.get(use.use)
        gives = [name for name in entity.derived if name in _given(look, use.use)]
        if explain is None or levels.keys() & {*use.inputs.values(), *gives}:
            continue
        inputs = {slot: row[name] for slot, name in use.inputs.items()}
        try:
            lines += [dict(line) for line in explain([inputs | {name: row[name] for name in gives}])[0]]
        except Exception as error:  # noqa: BLE001 - foreign code: its words are left out and it is told
            platform.faults.note(snapshot.owners.get(f"deriver {use.use}", "?"), f"explainer {use.use}", error)
    return lines


def _given(look: Look, deriver: str) -> Mapping[str, Any]:
    """{name: field type} of what a deriver gives, as its plugin announced."""
    for one_ in look.rights.snapshot.plugins.values():
        announced = one_.manifest.offers.get("derivers", {})
        if deriver in announced:
            gives: Mapping[str, Any] = announced[deriver]["gives"]
            return gives
    return {}
