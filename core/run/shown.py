"""A record in stored form as people and programs see it: units and times as their field types show them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.entity.entity import SYSTEM_COLUMNS, Entity, Field
from core.entity.field_type import FieldType

log = logging.getLogger("zc.run")

MOMENTS = frozenset({"received_at", "voided_at"})


def shown(entity: Entity, values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The record by field name, id first where it has one, its fields, then the columns every record has."""
    record: dict[str, Any] = {"id": values["id"]} if "id" in values else {}
    for name, field in entity.fields.items():
        value = values.get(name)
        as_kept = value is None or type(field.type).show is FieldType.show
        record[name] = value if as_kept else _shown_field(field, value, zone)
    for name in SYSTEM_COLUMNS:
        record[name] = _shown_system(name, values.get(name), zone)
    return record


def _shown_field(field: Field, value: Any, zone: ZoneInfo) -> Any:
    """The value as its field type shows it; as it is stored where a plugin's type raises."""
    try:
        return field.type.show(value, field, zone)
    except Exception:
        log.exception("field type raised when showing field=%s", field.name)
        return value


def _shown_system(name: str, value: Any, zone: ZoneInfo) -> Any:
    if value is None:
        return None
    if name in MOMENTS:
        return moment(value, zone)
    if name == "day":
        return f"{value // 10000:04d}-{value // 100 % 100:02d}-{value % 100:02d}"
    return value


def moment(ms: int, zone: ZoneInfo) -> str:
    """UTC milliseconds as ISO 8601 with the zone's offset, to the second."""
    return datetime.fromtimestamp(ms / 1000, zone).isoformat(timespec="seconds")
