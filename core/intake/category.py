"""From declarations to categories: the only way to ask for records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.problem import Problem
from core.entity.condition import Condition, compiled
from core.entity.entity import Entity, Field
from core.entity.near import instead
from core.entity.system import all_fields


@dataclass(frozen=True)
class Category:
    """A compiled category. `condition.at(now_ms)` are its fixed rows; `filters` are the fields one may ask by.

    `sort` is names, a leading minus for descending, by weight.
    """

    id: str
    title: str
    help: str
    entity: Entity
    condition: Condition
    filters: Mapping[str, Field]
    columns: tuple[str, ...]
    sort: tuple[str, ...]
    voided: bool


def compile_category(declaration: Declaration, entity: Entity, zone: ZoneInfo) -> tuple[Category | None, list[Problem]]:
    """The category of a declaration, and its problems; None when there are any.

    Without columns it has all fields of the entity; without filters one may ask by every field and system column;
    without sort the entity's newest come first.
    """
    data, fields = declaration.data, all_fields(entity)
    condition, faults = compiled(data["where"], entity, zone)
    problems = [declaration.problem(code, "where", *path, **values) for path, code, values in faults]
    for key in ("filters", "columns", "sort"):
        problems += _unknown(declaration, key, fields)
    if problems or condition is None:
        return None, sorted(problems)
    newest = f"-{entity.time or 'id'}"
    category = Category(
        id=declaration.id,
        title=data["title"],
        help=data["help"],
        entity=entity,
        condition=condition,
        filters={name: fields[name] for name in data["filters"]} or dict(fields),
        columns=tuple(data["columns"]) or tuple(entity.fields),
        sort=tuple(data["sort"]) or (newest,),
        voided=data["voided"],
    )
    return category, []


def _unknown(declaration: Declaration, key: str, fields: Mapping[str, Field]) -> list[Problem]:
    names = [name.removeprefix("-") if key == "sort" else name for name in declaration.data[key]]
    return [
        declaration.problem("ZC350", key, index, name=name, mend=instead(name, fields))
        for index, name in enumerate(names)
        if name not in fields
    ]
