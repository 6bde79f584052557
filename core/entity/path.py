"""Paths from a dimension through the records that it refers to: station.road, station.region, station.region@2.

Of a tree, such as regions, @N is the Nth level, the roots being the first; what lies higher stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from core.entity.entity import Entity, Field
from core.entity.statistic import Statistic

_PATH = re.compile(r"([a-z][a-z0-9_]*)((?:\.[a-z][a-z0-9_]*)+)(?:@([1-9]))?")


@dataclass(frozen=True)
class Path:
    """A path found good: `ref` is a dimension, `steps` are (entity, field) one after the other, `level` that of a
    tree, 0 for none; `field` is what it leads to, under the path's own name."""

    ref: str
    steps: tuple[tuple[Entity, Field], ...]
    level: int
    field: Field


def parsed(text: str, statistic: Statistic, entities: Mapping[str, Entity]) -> Path | None:
    """The path that a text names; None where it names none."""
    found = _PATH.fullmatch(text)
    start = statistic.fields.get(found[1]) if found else None
    if found is None or start is None or not start.to or start.name not in statistic.plain:
        return None
    steps: list[tuple[Entity, Field]] = []
    at: Field = start
    for name in found[2].removeprefix(".").split("."):
        to = entities.get(at.to or "")
        step = to.fields.get(name) if to is not None else None
        if to is None or step is None or len(to.key) != 1 or step.type.listed or step.type.column == "real":
            return None
        steps.append((to, step))
        at = step
    level = int(found[3] or 0)
    to = entities.get(at.to or "")
    if level and (to is None or above(to) is None):
        return None
    label = f"{at.label}({level}级)" if level else at.label
    return Path(start.name, tuple(steps), level, replace(at, name=text, label=label))


def known_paths(names: Iterable[str], statistic: Statistic, entities: Mapping[str, Entity]) -> dict[str, Path]:
    """The paths among these names."""
    found = {name: parsed(name, statistic, entities) for name in names if "." in name}
    return {name: path for name, path in found.items() if path is not None}


def named(where: Any) -> Iterator[str]:
    """Every name in a condition as data, of fields and of operators."""
    if isinstance(where, Mapping):
        for name, inside in where.items():
            yield str(name)
            yield from named(inside)
    elif isinstance(where, list | tuple):
        for inside in where:
            yield from named(inside)


def above(entity: Entity) -> Field | None:
    """The field that leads up in a tree; None where the entity is none."""
    field = entity.fields.get(entity.scope or "")
    return field if field is not None and field.to == entity.id else None
