"""The log as those read it whose role may: page after page, by kind, person and time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.run.presets import time_presets
from core.run.query import Params, asked, number, one
from core.run.rights import Rights
from core.run.shown import moment
from core.run.words import NotAllowed, said, words
from core.store.database import now_ms
from core.store.log import LINES, LogLine
from core.store.store import Store

KINDS = (
    "login", "login_failed", "logout", "password", "reset", "unlocked", "session_ended",
    "operation", "activated", "edited", "add", "reveal", "export",
)  # fmt: skip
"""Every kind of line that the platform writes."""

LABELS = {"why": "log_why", "note": "log_note", "field": "log_field", "filter": "log_filter", "format": "log_format"}
LABELS |= {"rows": "log_rows", "sha256": "log_sha256"}
PAGE = 50
MOST = 500


def lines(rights: Rights, store: Store, params: Params) -> dict[str, Any]:
    """{lines: [{id, kind, label, at, who, address, what, detail: [{label, text}]}], after, as_of}, the newest first;
    `after` is the mark of the next page, None on the last. A URL asks by FIELD.TEST over LINES, `limit` and `after`.
    NotAllowed for whom no role lets read the log."""
    if "log" not in rights.operations:
        raise NotAllowed(said("no_log"))
    zone = rights.snapshot.zone
    limit = number(params, "limit", PAGE, 1, MOST)
    before = number(params, "after", 0, 1, 10**12 - 1) if one(params, "after") else None
    condition = asked(params, LINES, LINES.fields, zone).node
    found = store.log.lines(condition=condition, before=before, limit=limit + 1)
    told = [_told(rights, line) | {"at": moment(line.at, zone)} for line in found[:limit]]
    return {
        "lines": told,
        "after": str(found[limit - 1].id) if len(found) > limit else None,
        "as_of": moment(now_ms(), zone),
    }


def described(kinds: list[str]) -> list[dict[str, Any]]:
    """What one may ask by, as a table's category says it: time, kind (of these, all where none is named), person."""
    options = [{"value": kind, "label": said(f"log_{kind}")} for kind in kinds or KINDS]
    by = {"at": "presets", "kind": "choice", "who": "text", "what": "text", "address": "text"}
    types = {"at": "time", "kind": "choice"}
    told: list[dict[str, Any]] = [
        {
            "name": name,
            "label": LINES.fields[name].label,
            "type": types.get(name, "text"),
            "as": control,
            "default": None,
        }
        for name, control in by.items()
    ]
    told[0]["presets"], told[1]["options"] = time_presets(), options
    return told


def _told(rights: Rights, line: LogLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "kind": line.kind,
        "label": said(f"log_{line.kind}") if line.kind in KINDS else line.kind,
        "who": line.who,
        "address": line.address,
        "what": _what(rights, line),
        "detail": [*_detail(line.detail)],
    }


def _what(rights: Rights, line: LogLine) -> str:
    """What the line is about, by the name that staff know."""
    if line.kind == "operation":
        return operation_title(line.what)
    if line.kind == "export":
        category = rights.snapshot.categories.get(line.what)
        return category.title if category is not None else line.what
    if line.kind == "activated":
        return said("log_snapshot", number=line.what)
    entity, slash, record = line.what.partition("/")
    if line.kind in ("add", "reveal") and slash and entity in rights.snapshot.entities:
        return f"{rights.snapshot.entities[entity].title} {record}"
    return line.what


def operation_title(name: str) -> str:
    """What staff call an operation; one of a later or former version, as it is."""
    return words().get(f"operation_{name}", name)


def _detail(detail: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for name, value in detail.items():
        if isinstance(value, Mapping):
            yield from ({"label": _argument(key), "text": _text(inner)} for key, inner in value.items() if inner != "")
        elif value not in ("", None):
            label = said(LABELS[name]) if name in LABELS else name
            yield {"label": label, "text": f"{value:,}" if isinstance(value, int) else _why(str(value))}


def _argument(name: str) -> str:
    """What staff call an argument of an operation, or a field or condition that is kept with a line."""
    return words().get(f"argument_{name}", name)


def _text(value: object) -> str:
    return said("yes" if value else "no") if isinstance(value, bool) else str(value)


def _why(text: str) -> str:
    """The reasons that the platform itself gives, in words; others are what somebody typed."""
    return words().get(f"log_why_{text.replace(' ', '_')}", text)
