"""What the cells of a statistic are told apart by: a column of the record, the bin its value falls in, or the first
characters of a text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.calendar import GRAINS
from core.entity.entity import Entity, Field
from core.entity.field_type import Reading, ValueRefused
from core.entity.near import instead
from core.entity.system import SYSTEM_FIELDS, all_fields
from core.entity.types import CORE

SYSTEM_DIMENSIONS = ("clock", "partner", "interface", "provenance", "pending")
"""Columns of every record that may be dimensions."""
LONGEST_PREFIX = 8

Definition = str | dict[str, Any]
"""A dimension as plain data: the name of a column; {name, bin: column, bounds: [[lowest value, code]…], below: the
code of what lies under all bounds}; or {name, prefix: column, length, codes: those kept, null for all}."""


@dataclass(frozen=True)
class Dimension:
    """One dimension. `source` is the record's column; `column` the SQL type of what is kept of it."""

    name: str
    source: str
    column: str
    bounds: tuple[tuple[Any, str], ...] = ()
    below: str | None = None
    length: int = 0
    codes: tuple[str, ...] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether the record's value is kept as it is."""
        return not self.bounds and not self.length

    @cached_property
    def of(self) -> Callable[[Any], Any]:
        """From the record's value, never null, to the one that is kept; null for one that is in no bin and no code."""
        if self.bounds:
            lowest = [low for low, _ in self.bounds]
            names = (self.below, *(code for _, code in self.bounds))
            return lambda value: names[bisect_right(lowest, value)]
        if self.length:
            length, codes = self.length, None if self.codes is None else frozenset(self.codes)
            return lambda value: part if (part := value[:length]) and (codes is None or part in codes) else None
        return lambda value: value


def as_dimension(definition: Definition, entity: Entity) -> Dimension | None:
    """The dimension of plain data; None where the entity no longer has its column."""
    if isinstance(definition, str):
        column = entity.columns.get(definition)
        return None if column is None else Dimension(definition, definition, column)
    source = definition.get("bin") or definition["prefix"]
    if source not in entity.columns:
        return None
    if "bin" in definition:
        bounds = tuple((low, code) for low, code in definition["bounds"])
        return Dimension(definition["name"], source, "text", bounds, definition["below"])
    codes = definition["codes"]
    kept = None if codes is None else tuple(codes)
    return Dimension(definition["name"], source, "text", length=definition["length"], codes=kept)


def compile_dimensions(
    declaration: Declaration, entity: Entity, dictionaries: Mapping[str, Declaration], zone: ZoneInfo
) -> tuple[list[Definition], dict[str, Field], list[Problem]]:
    """The declared dimensions as plain data, as fields to ask by, and what is wrong with them."""
    made: list[Definition] = []
    fields: dict[str, Field] = {}
    problems: list[Problem] = []
    for index, said in enumerate(declaration.data["dimensions"]):
        path = ("dimensions", index)
        if isinstance(said, str):
            problems += _plain_problems(declaration, path, said, entity)
            definition: Definition | None = said
            field = all_fields(entity).get(said)
        else:
            definition, field, found = _derived(declaration, path, said, entity, dictionaries, zone)
            problems += found
        if definition is not None and field is not None:
            made.append(definition)
            fields[field.name] = field
    return made, fields, problems


def _plain_problems(declaration: Declaration, path: tuple[Any, ...], name: str, entity: Entity) -> Iterator[Problem]:
    allowed = {**entity.fields, **{each: SYSTEM_FIELDS[each] for each in SYSTEM_DIMENSIONS}}
    if name not in allowed:
        yield declaration.problem("ZC380", *path, name=name, mend=instead(name, allowed))
    elif name in GRAINS:
        yield declaration.problem("ZC387", *path, name=name, taken=phrase("a grain of time"))
    elif why := no_dimension(allowed[name]):
        yield declaration.problem("ZC381", *path, name=name, role=phrase("a dimension"), why=why)


def no_dimension(field: Field) -> str | None:
    """Why a field has too many values to be a dimension; None where it has not."""
    if field.type.column == "real":
        return phrase("a number with decimals has a cell for almost every record")
    if field.type.listed:
        return phrase("a list has a cell for almost every record")
    if field.type.timed and field.type.column == "integer":
        return phrase("a time has a cell for almost every record; grain says how finely it is counted")
    return None


def _derived(
    declaration: Declaration,
    path: tuple[Any, ...],
    said: Mapping[str, Any],
    entity: Entity,
    dictionaries: Mapping[str, Declaration],
    zone: ZoneInfo,
) -> tuple[Definition | None, Field | None, list[Problem]]:
    """A bin or a prefix as plain data and as a field."""
    way = "bin" if "bin" in said else "prefix"
    field = entity.fields.get(said.get(way, ""))
    problems = list(_derived_problems(declaration, path, said, way, field, entity))
    dictionary = dictionaries.get(said.get("of", ""))
    if problems or field is None:
        return None, None, problems
    items = dictionary.data["items"] if dictionary else {}
    kept = Field(
        said["name"],
        CORE["choice" if dictionary else "text"],
        said.get("label") or (dictionary.data["title"] if dictionary else field.label),
        options={"dictionary": dictionary.id, "codes": tuple(items)} if dictionary else {},
    )
    if way == "prefix":
        codes = list(items) if dictionary else None
        return {"name": said["name"], "prefix": field.name, "length": said["length"], "codes": codes}, kept, []
    try:
        bounds = _bounds(items, field, zone)
    except ValueRefused:
        bounds = []
    if not bounds:
        why = phrase("none of its items has a from that {field} could be", field=field.name)
        return None, None, [declaration.problem("ZC388", *path, "of", name=said.get("of", ""), why=why)]
    below = next((code for code, item in items.items() if item.get("from") is None), None)
    return {"name": said["name"], "bin": field.name, "bounds": bounds, "below": below}, kept, []


def _bounds(items: Mapping[str, Mapping[str, Any]], field: Field, zone: ZoneInfo) -> list[list[Any]]:
    """[[lowest stored value, code]…], rising; ValueRefused for a bound that the field does not take."""
    free = Field(field.name, field.type, field.label, options={})
    read = field.type.reader(free, Reading(zone=zone))
    return sorted([read(item["from"]), code] for code, item in items.items() if item.get("from") is not None)


def _derived_problems(
    declaration: Declaration,
    path: tuple[Any, ...],
    said: Mapping[str, Any],
    way: str,
    field: Field | None,
    entity: Entity,
) -> Iterator[Problem]:
    name = said["name"]
    if name in GRAINS or name in entity.columns:
        taken = phrase("a grain of time") if name in GRAINS else phrase("a field of {entity}", entity=entity.id)
        yield declaration.problem("ZC387", *path, "name", name=name, taken=taken)
    if way not in said or ("bin" in said and "prefix" in said):
        yield declaration.problem("ZC388", *path, name=name, why=phrase("it says neither bin nor prefix, or both"))
        return
    if field is None:
        yield declaration.problem("ZC380", *path, way, name=said[way], mend=instead(said[way], entity.fields))
    elif way == "bin" and (field.type.column not in ("integer", "real") or field.type.listed or field.type.timed):
        yield declaration.problem(
            "ZC381", *path, way, name=said[way], role=phrase("put into bins"), why=phrase("it is no number")
        )
    elif way == "prefix" and (field.type.column != "text" or field.type.listed):
        yield declaration.problem(
            "ZC381", *path, way, name=said[way], role=phrase("cut short"), why=phrase("it is no text")
        )
    if way == "bin" and "of" not in said:
        yield declaration.problem("ZC388", *path, name=name, why=phrase("bin needs of, the dictionary of its bins"))
    if way == "prefix" and "length" not in said:
        yield declaration.problem(
            "ZC388", *path, name=name, why=phrase("prefix needs length, how many characters are kept")
        )
