"""A question to figures over records as they lie in DuckDB: each record is a cell of its own, of the finest level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.condition import Node
from core.entity.entity import Entity
from core.entity.statistic import HOUR_MS, Statistic
from core.store.asked import Asked, Part
from core.store.figures import SOME_DAY, Asks, Query
from core.store.happened import happened
from core.store.levels import HOUR, Span, days_of
from core.store.shapes import as_sql
from core.store.sql import Sql
from core.store.where import Where
from core.store.within import Clause, seen

CELLS = "cells"
MOST_GROUPS = 100_000
"""Some 100 MB as the rows of an answer."""


class TooManyGroups(ZcError):
    """An answer would have more rows than the server has room for."""


@dataclass(frozen=True)
class Source:
    """Where records lie: `sql` has them all with all their columns, some in the table `tail`, all others of the civil
    months `months` (202611)."""

    sql: str
    tail: str
    months: Sequence[int]


class RawQuery(Query):
    """One question over records. `condition` is that of the statistic with its subtrees expanded, `told` the scope."""

    def __init__(
        self,
        session: Asks,
        statistic: Statistic,
        source: Source,
        asked: Asked,
        told: tuple[Clause, ...],
        condition: Node,
        entities: Mapping[str, Entity],
    ) -> None:
        self.source, self.told, self.condition = source, told, condition
        super().__init__(session, statistic, CELLS, asked, entities)

    def rows(self, parts: Sequence[Part]) -> list[tuple[Any, ...]]:
        """As for cells. TooManyGroups."""
        found = super().rows(parts)
        if len(found) > MOST_GROUPS:
            raise TooManyGroups(
                phrase("the answer would have more than {most} rows", most=f"{MOST_GROUPS:,}"),
                phrase("Ask by fewer dimensions, or narrow the conditions"),
            )
        return found

    @property
    def limited(self) -> str:
        """One group more than there may be, to know that there are more."""
        return f" LIMIT {MOST_GROUPS + 1}"

    def folded(self, part: Part) -> str:
        """Records are counted, which is quicker than adding up ones."""
        counts = part.column == "count" or part.column.startswith("n_")
        return "count({})" if counts else super().folded(part)

    def known_days(self) -> tuple[int, int]:
        """From the first to the last day that a record may have; only the tail has to be looked through."""
        if "hour_of_day" not in self.asked.used:
            return SOME_DAY, SOME_DAY
        sql = f'SELECT min("day"), max("day") FROM "{self.source.tail}"'  # noqa: S608 - a compiled name
        of_tail = [day for day in next(iter(self.session.execute(sql))) if day]
        of_files = [day for month in self.source.months for day in days_of(month * 100 + 1)]
        days = of_tail + of_files or [SOME_DAY]
        return min(days), max(days)

    @property
    def tells_apart(self) -> bool:
        """Always: the records themselves have the members."""
        return True

    @property
    def spans(self) -> list[Span]:
        """The window at once."""
        window = self.asked.window
        return [Span(HOUR, window.first, window.last, window.start, window.end) if window else Span(HOUR)]

    @property
    def seen(self) -> Sql | None:
        """Nothing more: records out of scope are no cells."""
        return None

    def member(self, field: str) -> tuple[str, str]:
        """The column itself."""
        return f's."member_{field}"', ""

    def tables(self) -> tuple[str, list[Any]]:
        """The tables of what is reached through refs, and the records as cells."""
        before, values = super().tables()
        cells, inside = self._cells()
        return f"{before.rstrip() + ', ' if before else 'WITH '}{CELLS} AS ({cells}) ", [*values, *inside]

    def _cells(self) -> tuple[str, list[Any]]:
        statistic, entity = self.statistic, self.statistic.entity
        shaped = [as_sql(shape) for shape in statistic.shapes]
        hour = f"({happened(entity.time)})" if entity.time else "0"
        columns = [f"{HOUR} AS level", 'coalesce(r."day", 0) AS "day"', f'{hour} - {hour} % {HOUR_MS} AS "hour"']
        folds = (column.partition("_") for column in statistic.kept if column != "count")
        columns += [f'r."{name}" AS "{fold}_{name}"' for fold, _, name in folds]
        columns += [f'r."{name}" AS "member_{name}"' for name in statistic.distinct]
        columns += [f'{text} AS "by_{name}"' for name, (text, _) in zip(statistic.dimensions, shaped, strict=True)]
        values = [value for _, given in shaped for value in given]
        where = Where(entity, "r", self.entities, self.session.dialect.name)
        scope = seen(entity, where.column, self.told)
        tests = [where.sql(self.condition), *(() if scope is None else (scope,))]
        texts = ['r."voided_at" IS NULL', *(f"({test})" for test in tests)]
        inside = [value for test in tests for value in test.values]
        sql = (
            f'SELECT {", ".join(columns)}, 1 AS "count" FROM ({self.source.sql}) AS r'  # noqa: S608 - compiled names
            f" WHERE {' AND '.join(texts)}"
        )
        return sql, [*values, *inside]
