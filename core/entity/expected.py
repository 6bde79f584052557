"""Of which hours a statistic expects data: what completeness is measured against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.entity import Entity


@dataclass(frozen=True)
class Expected:
    """How many hours a day each record of the scope's entity has data, between the dates in its fields `start` and
    `end`, where it has such."""

    hours: int
    start: str | None
    end: str | None


def compile_expected(
    declaration: Declaration, entity: Entity, entities: Mapping[str, Entity]
) -> tuple[Expected | None, list[Problem]]:
    """Whose hours are expected: those of the records that the scope field refers to."""
    data = declaration.data.get("expected")
    if data is None:
        return None, []
    scope = entity.fields.get(entity.scope or "")
    of = entities.get(scope.to or "") if scope else None
    if of is None or len(of.key) != 1 or declaration.data["grain"] != "hour":
        why = phrase("only a statistic by hour, of an entity with a scope, knows whose hours are missing")
        return None, [declaration.problem("ZC389", "expected", why=why)]
    problems = []
    dates: dict[str, str | None] = {}
    for side, usual in (("from", "valid_from"), ("to", "valid_to")):
        name = data.get(side)
        found = of.fields.get(name or usual)
        is_date = found is not None and found.type.timed and found.type.column == "text"
        if name is not None and not is_date:
            problems.append(
                declaration.problem(
                    "ZC389", "expected", side, why=phrase("{entity} has no date '{name}'", entity=of.id, name=name)
                )
            )
        dates[side] = (name or usual) if is_date else None
    return Expected(data["hours"], dates["from"], dates["to"]), problems
