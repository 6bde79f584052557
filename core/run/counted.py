"""Counts and facets from a statistic, where one holds just the records that are asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.declare.problem import ZcError
from core.entity.condition import All, Node, fields
from core.entity.statistic import Statistic
from core.store.scope import Scope
from core.store.search import Count
from core.store.tally import Tally

if TYPE_CHECKING:
    from core.run.asking import Look


def counted(look: Look, scope: Scope) -> Count | None:
    """How many there are; None where no statistic can tell."""
    found = _asked(look, scope, ())
    return None if found is None else Count(sum(number for _, number in found), capped=False)


def facet_counted(look: Look, scope: Scope, field: str) -> Tally | None:
    """The values of a field with their counts; None where no statistic can tell."""
    found = _asked(look, scope, (field,))
    return None if found is None else Tally(sorted(found, key=lambda pair: -pair[1]), capped=False)


def _asked(look: Look, scope: Scope, by: tuple[str, ...]) -> list[tuple[object, int]] | None:
    if look.category.voided:
        return None
    for statistic in look.rights.snapshot.statistics.values():
        condition = _cells(look, statistic)
        if condition is None or not set(by) <= {"day", *statistic.plain}:
            continue
        try:
            figures = look.store.statistics.ask(statistic, by, condition, scope, look.rights.snapshot.entities)
        except ZcError:  # still being counted: the records tell
            continue
        if figures.current:
            return [(row[by[0]] if by else None, int(row["count"])) for row in figures.rows if row["count"]]
    return None


def _cells(look: Look, statistic: Statistic) -> Node | None:
    """The condition as one over the statistic's cells; None where they cannot tell. A condition on the time itself is
    not of the cells, since a record whose clock lies counts at its receipt."""
    if statistic.entity.id != look.category.entity.id or statistic.condition != All(()):
        return None
    return look.condition if set(fields(look.condition)) <= {"day", *statistic.plain} else None
