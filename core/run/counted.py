"""Counts, sums and facets from a statistic, where one holds just the records that are asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.declare.problem import ZcError
from core.entity.condition import All, Node, fields
from core.entity.statistic import Statistic
from core.store.scope import Scope
from core.store.search import Count
from core.store.tally import Tally

if TYPE_CHECKING:
    from core.run.asking import Look


@dataclass(frozen=True)
class Counted:
    """How many there are, and the sums that the statistic keeps, in stored form."""

    count: Count
    sums: Mapping[str, int]


def counted(look: Look, scope: Scope) -> Counted | None:
    """What all records asked about come to; None where no statistic can tell."""
    found = _asked(look, scope, ())
    if found is None:
        return None
    row = found[0] if found else {"count": 0}
    sums = {name.removeprefix("sum_"): int(value) for name, value in row.items() if name.startswith("sum_")}
    return Counted(Count(int(row["count"]), capped=False), sums)


def facet_counted(look: Look, scope: Scope, field: str) -> Tally | None:
    """The values of a field with their counts; None where no statistic can tell."""
    found = _asked(look, scope, (field,))
    if found is None:
        return None
    values = [(row[field], int(row["count"])) for row in found if row["count"]]
    return Tally(sorted(values, key=lambda pair: -pair[1]), capped=False)


def _asked(look: Look, scope: Scope, by: tuple[str, ...]) -> list[dict[str, Any]] | None:
    """The figures of the statistic with the fewest cells that can tell."""
    if look.category.voided:
        return None
    for statistic in sorted(look.rights.snapshot.statistics.values(), key=_size):
        condition = _cells(look, statistic)
        if condition is None or not set(by) <= {"day", *statistic.plain}:
            continue
        try:
            figures = look.store.statistics.ask(statistic, by, condition, scope, look.rights.snapshot.entities)
        except ZcError:  # still being counted: the records tell
            continue
        if figures.current:
            return figures.rows
    return None


def _size(statistic: Statistic) -> tuple[bool, int, str]:
    """What is smaller for a statistic that is likely to have fewer cells."""
    return statistic.grain == "hour", len(statistic.dimensions), statistic.id


def _cells(look: Look, statistic: Statistic) -> Node | None:
    """The condition as one over the statistic's cells; None where they cannot tell. A condition on the time itself is
    not of the cells, since a record whose clock lies counts at its receipt."""
    if statistic.entity.id != look.category.entity.id or statistic.condition != All(()):
        return None
    return look.condition if set(fields(look.condition)) <= {"day", *statistic.plain} else None
