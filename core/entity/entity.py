"""The compiled form of an entity: its fields, its key, and the columns every record has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.entity.field_type import FieldType

SYSTEM_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "day": "integer",  # civil date yyyymmdd in the site's zone; of receipt where the clock lies
        "clock": "text",  # ok, ahead, stale: what the device's clock was at receipt
        "received_at": "integer",  # UTC milliseconds
        "provenance": "text",  # live, late, replayed, pulled, manual, simulated
        "partner": "text",
        "interface": "text",
        "snapshot": "integer",
        "pending": "text",  # names of derivers that still have to run, blank-separated; null when none
        "voided_at": "integer",  # UTC milliseconds; null while the record stands
    }
)
"""Columns of every record beside id and its fields, with their SQL type."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an entity."""

    name: str
    type: FieldType
    label: str
    help: str = ""
    required: bool = False
    derived: bool = False
    mask: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def to(self) -> str | None:
        """The entity that a ref field refers to, else None."""
        return self.options.get("to")

    @property
    def dictionary(self) -> str | None:
        """The dictionary of a choice field, else None."""
        return self.options.get("dictionary")


@dataclass(frozen=True, slots=True)
class Derive:
    """One use of a deriver: which of its inputs are read from which fields."""

    use: str
    inputs: Mapping[str, str]


@dataclass(frozen=True)
class Entity:
    """A kind of record. Every column but id may be null in SQL; a ref is a plain indexed key column."""

    id: str
    title: str
    key: tuple[str, ...]
    time: str | None
    show: str | None
    scope: str | None
    derive: tuple[Derive, ...]
    fields: Mapping[str, Field]
    indexes: tuple[tuple[str, ...], ...] = ()

    @property
    def table(self) -> str:
        """Name of its table."""
        return f"r_{self.id}"

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """All columns but id, in order, with their SQL type: text, integer, real, boolean."""
        return {name: column.type.column for name, column in self.fields.items()} | dict(SYSTEM_COLUMNS)

    @cached_property
    def booleans(self) -> tuple[str, ...]:
        """Names of the columns that hold booleans."""
        return tuple(name for name, kind in self.columns.items() if kind == "boolean")

    @cached_property
    def mapped(self) -> tuple[str, ...]:
        """Names of the fields that are not derived, sorted: what a sender can say about a record."""
        return tuple(sorted(name for name, field in self.fields.items() if not field.derived))

    @cached_property
    def derived(self) -> frozenset[str]:
        """Names of the fields that derivers fill."""
        return frozenset(name for name, field in self.fields.items() if field.derived)

    @cached_property
    def all_indexes(self) -> tuple[tuple[str, ...], ...]:
        """Every index its table has, longest first, without any that another begins with."""
        wanted = [tuple(index) for index in self.indexes]
        wanted += [(name,) for name, column in self.fields.items() if column.to]
        wanted += [(self.time,)] if self.time else []
        wanted += [self.key] if not self.time else []
        kept: list[tuple[str, ...]] = []
        for index in sorted(dict.fromkeys(wanted), key=len, reverse=True):
            if not any(other[: len(index)] == index for other in kept):
                kept.append(index)
        return tuple(kept)
