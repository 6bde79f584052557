"""The columns that every record has, as fields: conditions and lists name them like any other."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from core.entity.entity import Entity, Field
from core.entity.types import CORE


def _field(name: str, type_name: str, label: str) -> Field:
    return Field(name, CORE[type_name], label)


SYSTEM_FIELDS: Mapping[str, Field] = MappingProxyType(
    {
        field.name: field
        for field in (
            _field("id", "integer", "序号"),
            _field("day", "integer", "日期"),
            _field("clock", "text", "时钟"),
            _field("received_at", "time", "接收时间"),
            _field("provenance", "text", "来源"),
            _field("partner", "text", "对接方"),
            _field("interface", "text", "接口"),
            _field("snapshot", "integer", "快照"),
            _field("pending", "text", "待推导"),
            _field("voided_at", "time", "作废时间"),
        )
    }
)
"""id and the system columns by name."""


def all_fields(entity: Entity) -> Mapping[str, Field]:
    """The entity's own fields, then the system's."""
    return {**entity.fields, **SYSTEM_FIELDS}
