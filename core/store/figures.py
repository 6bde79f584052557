"""What a statistic says: count and sums of its cells, in scope, grouped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.condition import Node
from core.entity.entity import Entity
from core.entity.statistic import Statistic
from core.store import sql
from core.store.database import Session
from core.store.scope import Scope, visible_along
from core.store.sql import Sql, every
from core.store.where import Where

GRAINS = ("day", "hour")


@dataclass(frozen=True, slots=True)
class Figures:
    """Rows {dimension: stored value …, "count": number, "sum_<field>": stored value …}, sorted by the dimensions.

    `current` is False while a changed statistic is counted anew and these are of its former definition.
    """

    rows: list[dict[str, Any]]
    current: bool


@dataclass(frozen=True, slots=True)
class CellWhere(Where):
    """Conditions over the dimensions of a statistic, as SQL over its table."""

    dimensions: tuple[str, ...] = ()

    def column(self, name: str) -> Sql:
        """The column of a dimension, of day or hour."""
        if name not in (*GRAINS, *self.dimensions):
            known = ", ".join((*GRAINS, *self.dimensions))
            raise ZcError(
                phrase("'{name}' is no dimension of this statistic", name=name),
                phrase("Name one of {known}", known=known),
            )
        return sql.column(self.table, name if name in GRAINS else f"by_{name}")


def find(
    session: Session,
    statistic: Statistic,
    name: str,
    by: Sequence[str],
    condition: Node,
    scope: Scope,
    entities: Mapping[str, Entity],
    current: bool,
) -> Figures:
    """The figures of a statistic whose cells are in the table `name`."""
    where = CellWhere(statistic.entity, name, entities, session.dialect.name, statistic.dimensions)
    groups = [where.column(each).text for each in dict.fromkeys(by)]
    measures = ("count", *(f"sum_{each}" for each in statistic.sums))
    sums = [f'COALESCE(SUM("{each}"), 0)' for each in measures]
    owner = sql.column(name, f"by_{statistic.entity.scope}") if statistic.entity.scope else None
    seen = visible_along(statistic.entity, owner, scope, entities)
    test = every([where.sql(condition), *([] if seen is None else [seen])])
    found = session.execute(
        f'SELECT {", ".join([*groups, *sums])} FROM "{name}" WHERE {test} {_grouped(groups)}',  # noqa: S608 - compiled names
        test.values,
    )
    names = (*dict.fromkeys(by), *measures)
    kinds = {**statistic.entity.columns, "hour": "integer"} | dict.fromkeys(measures, "integer")
    rows = [{each: _stored(value, kinds[each]) for each, value in zip(names, row, strict=True)} for row in found]
    return Figures(rows, current)


def _grouped(groups: Sequence[str]) -> str:
    """GROUP BY and the order, null first."""
    ordered = ", ".join(f"{group} ASC NULLS FIRST" for group in groups)
    return f"GROUP BY {', '.join(groups)} ORDER BY {ordered}" if groups else ""


def _stored(value: Any, kind: str) -> Any:
    """PostgreSQL sums whole numbers to decimals, and SQLite has no booleans."""
    if value is None or kind == "text":
        return value
    return bool(value) if kind == "boolean" else int(value)
