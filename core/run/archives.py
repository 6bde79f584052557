"""The archive's operations: how it stands, writing what is due, proving what is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.declare.problem import ZcError
from core.entity.calendar import as_day
from core.entity.entity import Entity
from core.entity.types.time import moment as moment_of
from core.run.shown import moment
from core.store import archiving
from core.store.database import now_ms
from core.store.marks import month_number

if TYPE_CHECKING:
    from core.run.live import Platform, Progress


def status(platform: Platform, _progress: Progress, *, entity: str = "") -> list[dict[str, Any]]:
    """[{entity, month, file, records, bytes, sha256, written_at, changed}] of the archived months."""
    zone = platform.snapshot.zone
    lines = (line for each in _entities(platform, entity) for line in platform.archive.status(each))
    return [{**line, "month": _told(line["month"]), "written_at": moment(line["written_at"], zone)} for line in lines]


def write(platform: Platform, progress: Progress, *, entity: str = "") -> list[dict[str, Any]]:
    """Write every closed month that is due: [{entity, month}]."""
    today = month_number(as_day(moment_of(now_ms(), platform.snapshot.zone).date()))
    return [
        {"entity": each.id, "month": _told(month)}
        for each in _entities(platform, entity)
        for month in archiving.write(platform.store.database, platform.archive, each, today, progress)
    ]


def verify(platform: Platform, _progress: Progress, *, entity: str = "") -> list[dict[str, Any]]:
    """Compare every file with the manifest and with the store: [{entity, month, file, records, wrong}]."""
    lines = (
        line
        for each in _entities(platform, entity)
        for line in archiving.verify(platform.store.database, platform.archive, each)
    )
    return [{**line, "month": _told(line["month"])} for line in lines]


def _entities(platform: Platform, wanted: str) -> Iterator[Entity]:
    """Those whose records happen at a time, or the one that is named. ZcError for one without a time."""
    found = {id_: one for id_, one in platform.snapshot.entities.items() if one.time is not None}
    if wanted and wanted not in found:
        raise ZcError(f"{wanted} has no months", f"Name one of {', '.join(sorted(found))}")
    return (one for id_, one in sorted(found.items()) if wanted in ("", id_))


def _told(month: int) -> str:
    return f"{month // 100}-{month % 100:02d}"
