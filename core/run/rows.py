"""Reading a record that is written in our own terms: field names of the entity, shown values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from core.entity.entity import Entity
from core.entity.field_type import Reading, ValueRefused


def read_fields(entity: Entity, record: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The record's fields in stored form; null and empty text are null. ValueRefused names the field."""
    values: dict[str, Any] = {}
    for name, raw in record.items():
        field = entity.fields.get(name)
        if field is None or field.derived:
            raise ValueRefused("check_failed", field=name, message=f"没有字段 {name}")
        if raw is None or raw == "":
            values[name] = None
            continue
        try:
            values[name] = field.type.reader(field, Reading(zone=zone))(raw)
        except ValueRefused as refused:
            raise ValueRefused(refused.outcome, **{"field": name, "value": raw, **refused.values}) from None
    return values
