"""The register of photos and clips: entries through the five steps, and the records that they belong to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core import api

from .naming import Naming

ORPHANS, INTERFACE, ENTITY = "attachment_orphan", "attachment", "attachment"
WHO = "dropping.match"


def register(live: api.Live, partner: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """Enter a photo or clip as one that its partner reports; what came of it as post.take tells."""
    body = json.dumps(entry).encode()
    done: dict[str, Any] = live.operate("post.take", interface=INTERFACE, partner=partner, body=body)
    if done["stored"]:
        link(live, live.search(ORPHANS, {"hash": entry["hash"], "name": entry["name"]}))
    return done


def link(live: api.Live, orphans: list[dict[str, Any]]) -> int:
    """Look for the records of entries that have none; how many were found."""
    namings: Mapping[str, Naming] = live.facts().compiled["naming"]
    found = []
    for orphan in orphans:
        naming = namings.get(orphan["naming"] or "")
        record = _record_of(live, naming, orphan) if naming is not None else None
        if naming is not None and record is not None:
            code = orphan["code"] or record.get(naming.fields["code"])
            found.append({"hash": orphan["hash"], "name": orphan["name"], "record_id": record["id"], "code": code})
    if found:
        rows = json.dumps(found, ensure_ascii=False).encode().hex()
        live.operate("load", entity=ENTITY, name="found.json", data=rows, replace=False, who=WHO)
    return len(found)


def _record_of(live: api.Live, naming: Naming, orphan: Mapping[str, Any]) -> dict[str, Any] | None:
    """The record with the code, or the one of that station and lane nearest in time; None where there is none."""
    fields = naming.fields
    where: dict[str, Any] = {fields["station"]: orphan["station"]}
    if orphan["code"] is not None:
        return next(iter(live.search(naming.category, where | {fields["code"]: orphan["code"]}, limit=1)), None)
    if orphan["taken_at"] is None:
        return None
    if orphan["lane"] is not None:
        where[fields["lane"]] = orphan["lane"]
    at, reach = datetime.fromisoformat(orphan["taken_at"]), timedelta(seconds=naming.within_s)
    where[fields["taken_at"]] = {"between": [(at - reach).isoformat(), (at + reach).isoformat()]}
    near = live.search(naming.category, where)
    return min(near, key=lambda record: abs(datetime.fromisoformat(record[fields["taken_at"]]) - at), default=None)
