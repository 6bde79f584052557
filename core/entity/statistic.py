"""From declarations to statistics: counts and sums over an entity's records, by day or hour and by dimensions.

A record counts in one cell: its civil day, the hour in which it happened, and its value of each dimension. A void
record counts in none. Sums are of whole numbers alone, so that a cell is the same in whatever order its records came.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.condition import Condition, Node, compiled, tests
from core.entity.entity import Entity, Field
from core.entity.near import instead
from core.entity.system import SYSTEM_FIELDS, all_fields

HOUR_MS = 3_600_000
GREATEST = 10**9
"""A summed field's min and max lie within this, so that no number of records makes a sum too great for 64 bits."""

SYSTEM_DIMENSIONS = ("clock", "partner", "interface", "provenance", "pending")
"""Columns of every record that may be dimensions."""


@dataclass(frozen=True)
class Statistic:
    """A compiled statistic. `grain` is hour or day; `dimensions` and `sums` name columns of the entity.

    `definition` is all that decides what its cells hold, as plain data.
    """

    id: str
    title: str
    help: str
    entity: Entity
    condition: Node
    grain: str
    dimensions: tuple[str, ...]
    sums: tuple[str, ...]
    definition: Mapping[str, Any]

    @cached_property
    def fingerprint(self) -> str:
        """The same for statistics whose cells hold the same."""
        return blake2b(json.dumps(self.definition, sort_keys=True).encode(), digest_size=16).hexdigest()

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """What one may ask a cell by: day, hour where it has hours, and the dimensions."""
        fields = all_fields(self.entity)
        hour = {"hour": Field("hour", SYSTEM_FIELDS["received_at"].type, "小时")} if self.grain == "hour" else {}
        return {"day": fields["day"]} | hour | {name: fields[name] for name in self.dimensions}


def compile_statistic(
    declaration: Declaration, entity: Entity, zone: ZoneInfo
) -> tuple[Statistic | None, list[Problem]]:
    """The statistic of a declaration, and its problems; None when there are any."""
    data = declaration.data
    problems = [*_dimension_problems(declaration, entity), *_sum_problems(declaration, entity)]
    if entity.time is None:
        problems.append(declaration.problem("ZC383", "entity", entity=entity.id))
    condition, faults = compiled(data["where"], entity, zone)
    problems += [declaration.problem(code, "where", *path, **values) for path, code, values in faults]
    problems += _moment_problems(declaration, condition)
    if problems or condition is None:
        return None, sorted(problems)
    scope = (entity.scope,) if entity.scope else ()
    added = (*scope, "provenance", *(("pending",) if entity.derive else ()))
    definition = {
        "entity": entity.id,
        "grain": data["grain"],
        "dimensions": list(dict.fromkeys((*data["dimensions"], *added))),
        "sums": list(dict.fromkeys(data["sum"])),
        "where": data["where"],
        "zone": str(zone),
    }
    return as_defined(declaration.id, definition, entity, data["title"], data["help"]), []


def as_defined(
    id_: str, definition: Mapping[str, Any], entity: Entity, title: str = "", help_: str = ""
) -> Statistic | None:
    """The statistic that a definition once stood for; None where it no longer fits the entity."""
    names = {*definition["dimensions"], *definition["sums"]}
    condition, _ = compiled(definition["where"], entity, ZoneInfo(definition["zone"]))
    if condition is None or entity.time is None or not names <= set(entity.columns):
        return None
    return Statistic(
        id=id_,
        title=title or id_,
        help=help_,
        entity=entity,
        condition=condition.sample,
        grain=definition["grain"],
        dimensions=tuple(definition["dimensions"]),
        sums=tuple(definition["sums"]),
        definition=definition,
    )


def _dimension_problems(declaration: Declaration, entity: Entity) -> Iterator[Problem]:
    allowed = {**entity.fields, **{name: SYSTEM_FIELDS[name] for name in SYSTEM_DIMENSIONS}}
    for index, name in enumerate(declaration.data["dimensions"]):
        if name not in allowed:
            yield declaration.problem("ZC380", "dimensions", index, name=name, mend=instead(name, allowed))
        elif why := _no_dimension(allowed[name]):
            yield declaration.problem("ZC381", "dimensions", index, name=name, role=phrase("a dimension"), why=why)


def _no_dimension(field: Field) -> str | None:
    if field.type.column == "real":
        return phrase("a number with decimals has a cell for almost every record")
    if field.type.listed:
        return phrase("a list has a cell for almost every record")
    if field.type.timed and field.type.column == "integer":
        return phrase("a time has a cell for almost every record; grain says how finely it is counted")
    return None


def _sum_problems(declaration: Declaration, entity: Entity) -> Iterator[Problem]:
    for index, name in enumerate(declaration.data["sum"]):
        field = entity.fields.get(name)
        if field is None:
            yield declaration.problem("ZC380", "sum", index, name=name, mend=instead(name, entity.fields))
        elif why := _no_sum(field):
            yield declaration.problem("ZC381", "sum", index, name=name, role=phrase("summed"), why=why)


def _no_sum(field: Field) -> str | None:
    if field.type.timed or field.type.column != "integer":
        return phrase("it is no whole number, and only such sums are the same in whatever order records come")
    bounds = [field.options.get(side) for side in ("min", "max")]
    if not field.derived and not all(bound is not None and abs(bound) <= GREATEST for bound in bounds):
        return phrase(
            "it has no min and max within {bound}, so a sum might not fit into 64 bits", bound=f"{GREATEST:,}"
        )
    return None


def _moment_problems(declaration: Declaration, condition: Condition | None) -> Iterator[Problem]:
    """What a record counts for is settled when it is stored: not by the clock, nor by other records."""
    if condition is None:
        return
    if condition.moves:
        yield declaration.problem(
            "ZC382", "where", why=phrase("follows the clock"), mend=phrase("name days or months by their dates")
        )
    for test in tests(condition.sample):
        if test.operator == "within_tree":
            why = phrase("asks for a subtree of '{field}'", field=test.field)
            yield declaration.problem(
                "ZC382", "where", why=why, mend=phrase("list the keys with in, or ask for it when reading")
            )
