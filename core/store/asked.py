"""What is asked of figures: groups, parts, a window, a scope, and what is reached through refs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from core.entity.calendar import GRAINS, OF_HOURS, OF_MONTHS
from core.entity.condition import All, Node
from core.entity.condition import fields as fields_of
from core.store.levels import DAY, HOUR, MONTH, MONTH_HOUR, Window
from core.store.scope import Scope

EVER = (0, 99_999_999)
"""From the first to after the last civil day there is."""


@dataclass(frozen=True)
class Through:
    """A dimension reached through the ref dimension `ref`: (key, first day, day after the last, place in `values`) of
    each record that it may refer to. The first of `values` is null and stands for all others."""

    ref: str
    pieces: Sequence[tuple[str, int, int, int]]
    values: Sequence[Any]

    @property
    def is_fixed(self) -> bool:
        """Whether nothing in it follows the day."""
        return all(piece[1:3] == EVER for piece in self.pieces)


@dataclass(frozen=True)
class Part:
    """One column of the answer: the kept column `column` of the cells for which `where` holds. `distinct` counts the
    different members of the field `column` instead."""

    column: str
    where: Node = All(())  # noqa: RUF009 - frozen
    distinct: bool = False

    @property
    def fold(self) -> str:
        """How values of several cells make one: sum, min or max."""
        head = self.column.partition("_")[0]
        return head if head in ("min", "max") else "sum"

    @property
    def of_none(self) -> int | None:
        """Its value over no cells, as core.entity.measure says."""
        return 0 if self.distinct or self.fold == "sum" else None

    def stored(self, value: Any) -> Any:
        """What the database says as it is stored: PostgreSQL sums whole numbers to decimals, no cells sum to null."""
        return value if self.fold != "sum" else int(value or 0)


@dataclass(frozen=True)
class Asked:
    """A question to the cells of a statistic. `by` and the fields of conditions name grains of time, dimensions and
    what `through` has; a window of None is all there is."""

    by: tuple[str, ...]
    parts: tuple[Part, ...]
    scope: Scope
    window: Window | None = None
    condition: Node = All(())  # noqa: RUF009 - frozen
    through: Mapping[str, Through] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    @property
    def used(self) -> frozenset[str]:
        """What it asks by, in its groups and its conditions."""
        conditions = (self.condition, *(part.where for part in self.parts))
        return frozenset(self.by).union(*map(fields_of, conditions))

    @property
    def coarsest(self) -> int:
        """The coarsest level whose cells still answer it."""
        through = [self.through[name] for name in self.used if name in self.through]
        grains = {name for name in self.used if name in GRAINS}
        by_day = bool(grains - OF_MONTHS - OF_HOURS) or not all(each.is_fixed for each in through)
        if grains & OF_HOURS:
            return HOUR if by_day or "hour" in grains else MONTH_HOUR
        return DAY if by_day else MONTH


Figures = dict[tuple[Any, ...], list[Any]]
"""{values of by: values of the parts}."""
