"""What may be asked of a statistic, as one question; a URL says the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.declare.problem import ZcError
from core.entity.entity import Field
from core.entity.statistic import Statistic
from core.run.query import BOOLEANS, Params, asked, names, number, one
from core.run.snapshot import Snapshot
from core.run.words import said

COMPARISONS = ("same_period", "previous")
MOST_TOP = 10_000


@dataclass(frozen=True)
class Question:
    """One question to a statistic.

    `by` names what rows are told apart by: grains of time (core.entity.calendar), kept dimensions, and paths through
    a ref dimension (station.road; station.region@2 is the second level of a tree, its roots the first). `measures`
    are those of the statistic, all that may be seen where none is named. `where` is a condition over whatever may
    stand in `by`. `within` is a window of the grammar of conditions or (start_ms, end_ms), half-open. `compare` adds
    same_period (a year before) and previous (the period before). `order` is a dimension or measure, a leading minus
    for the greatest first; `top` keeps the first so many rows, while totals stay those of the whole question.
    `as_of` (now, day) says whether paths follow the register of today or of the day, as the statistic declares where
    None. `online` adds columns of who was online to rows by what the scope names (core.run.online). `cut_off` is the
    moment, UTC milliseconds, that the question takes for now.
    """

    statistic: str
    by: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    where: Mapping[str, Any] = field(default_factory=dict)
    within: str | tuple[int, int] | None = None
    compare: tuple[str, ...] = ()
    top: int | None = None
    order: str | None = None
    completeness: bool = False
    online: bool = False
    as_of: str | None = None
    cut_off: int | None = None


def from_url(statistic: Statistic, params: Params, fields: Mapping[str, Field], snapshot: Snapshot) -> Question:
    """The question of a URL whose conditions may name these fields; ZcError in words for what cannot be read."""
    where = asked(params, statistic.entity, fields, snapshot.zone).where
    top = number(params, "top", 0, 1, MOST_TOP) if one(params, "top") else None
    return Question(
        statistic=statistic.id,
        by=names(params, "by"),
        measures=names(params, "measure"),
        where=where,
        within=one(params, "within"),
        compare=names(params, "compare"),
        top=top,
        order=one(params, "order"),
        completeness=_flag(params, "completeness"),
        online=_flag(params, "online"),
        as_of=one(params, "as_of"),
    )


def _flag(params: Params, name: str) -> bool:
    value = one(params, name) or "false"
    if value not in BOOLEANS:
        raise ZcError(said("bad_value", name=name, value=value))
    return BOOLEANS[value]
