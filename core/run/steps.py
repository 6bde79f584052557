"""The five steps of a post that was taken, as plain data for a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.entity.entity import Field
from core.intake.outcomes import OUTCOMES
from core.intake.post import Mapped, Post
from core.run.labels import code_text
from core.run.replied import reply_text
from core.run.shown import moment, shown
from core.run.snapshot import Snapshot

ROWS = 20


def steps(snapshot: Snapshot, post: Post) -> dict[str, Any]:
    """{read, map, derive, store, answer}; of the records of each step the first 20, `more` says how many follow.

    read: {bytes, format, charset, at, where, count, records, more, stopped}; map: {mapped, refused, rows, faults,
    more}; derive: {used, rows, more}; store: {states, refused, rows, more}; answer: {http, outcome, meaning, reply}.
    `rows` are [{index, values: [{name, label, unit, value, text}]}], `faults` [{index, outcome, field, message}]."""
    return {
        "read": _read(snapshot, post),
        "map": _map(snapshot, post),
        "derive": _derive(snapshot, post),
        "store": _store(post),
        "answer": {
            "http": post.status,
            "outcome": post.outcome,
            "meaning": OUTCOMES[post.outcome].meaning if post.outcome in OUTCOMES else "",
            "reply": reply_text(post),
        },
    }


def _read(snapshot: Snapshot, post: Post) -> dict[str, Any]:
    layout = post.interface.layout
    return {
        "bytes": len(post.body),
        "format": layout.format,
        "charset": layout.charset,
        "at": moment(post.received_at, snapshot.zone),
        "where": ".".join(post.interface.records),
        "count": len(post.raws),
        "records": post.raws[:ROWS],
        "more": _more(post.raws),
        "stopped": post.stopped.outcome if post.stopped is not None else None,
    }


def _map(snapshot: Snapshot, post: Post) -> dict[str, Any]:
    faults = [
        {
            "index": refused.index,
            "outcome": reason.outcome,
            "field": reason.field,
            "message": post.interface.reply.words([reason]),
        }
        for refused in post.refused[:ROWS]
        for reason in refused.reasons
    ]
    return {
        "mapped": len(post.mapped),
        "refused": len(post.refused),
        "rows": _rows(snapshot, post, derived=False),
        "faults": faults,
        "more": max(_more(post.mapped), _more(post.refused)),
    }


def _derive(snapshot: Snapshot, post: Post) -> dict[str, Any]:
    entity = post.interface.entity
    return {
        "used": [use.use for use in entity.derive],
        "rows": _rows(snapshot, post, derived=True) if entity.derive else [],
        "pending": sum(bool(item.values.get("pending")) for item in post.mapped),
        "more": _more(post.mapped),
    }


def _store(post: Post) -> dict[str, Any]:
    states = [str(state) for state in post.written.states] if post.written is not None else []
    return {
        "states": {state: states.count(state) for state in dict.fromkeys(states)},
        "refused": len(post.refusals),
        "rows": [
            {"index": row.index, "state": state} for row, state in zip(post.rows[:ROWS], states[:ROWS], strict=True)
        ],
        "more": _more(states),
    }


def _rows(snapshot: Snapshot, post: Post, derived: bool) -> list[dict[str, Any]]:
    return [{"index": item.index, "values": _values(snapshot, post, item, derived)} for item in post.mapped[:ROWS]]


def _values(snapshot: Snapshot, post: Post, item: Mapped, derived: bool) -> list[dict[str, Any]]:
    entity = post.interface.entity
    record: Mapping[str, Any] = shown(entity, item.values, snapshot.zone)
    return [
        {
            "name": name,
            "label": field.label,
            "unit": field.type.shown,
            "value": record[name],
            "text": _text(snapshot, field, record[name]),
        }
        for name, field in entity.fields.items()
        if field.derived is derived and record[name] is not None
    ]


def _text(snapshot: Snapshot, field: Field, value: Any) -> str | None:
    """How a page shows a code or a moment; None for what is shown as it is."""
    if field.type.timed and isinstance(value, str):
        return value[:19].replace("T", " ")
    return str(code_text(snapshot, field, value)) if field.dictionary and isinstance(value, str) else None


def _more(items: Sequence[Any]) -> int:
    return max(0, len(items) - ROWS)
