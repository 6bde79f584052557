"""A question to figures over records as they lie in DuckDB: each record is a cell of its own, of the finest level."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.entity.condition import Node
from core.entity.entity import Entity
from core.entity.statistic import HOUR_MS, Statistic
from core.store.asked import Asked
from core.store.figures import Asks, Query
from core.store.happened import happened
from core.store.levels import HOUR, Span
from core.store.shapes import as_sql
from core.store.sql import Sql
from core.store.where import Where
from core.store.within import Clause, seen

CELLS = "cells"
FOLDS = {"sum": 'r."{0}"', "n": '(r."{0}" IS NOT NULL)::BIGINT', "min": 'r."{0}"', "max": 'r."{0}"'}


class RawQuery(Query):
    """One question over `source`, SQL of the records with all their columns. `condition` is that of the statistic with
    its subtrees expanded, `told` the scope."""

    def __init__(
        self,
        session: Asks,
        statistic: Statistic,
        source: str,
        asked: Asked,
        told: tuple[Clause, ...],
        condition: Node,
        entities: Mapping[str, Entity],
    ) -> None:
        self.source, self.told, self.condition = source, told, condition
        super().__init__(session, statistic, CELLS, asked, entities)

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
        columns += [f'{FOLDS[fold].format(name)} AS "{fold}_{name}"' for fold, _, name in folds]
        columns += [f'r."{name}" AS "member_{name}"' for name in statistic.distinct]
        columns += [f'{text} AS "by_{name}"' for name, (text, _) in zip(statistic.dimensions, shaped, strict=True)]
        values = [value for _, given in shaped for value in given]
        where = Where(entity, "r", self.entities, self.session.dialect.name)
        scope = seen(entity, where.column, self.told)
        tests = [where.sql(self.condition), *(() if scope is None else (scope,))]
        texts = ['r."voided_at" IS NULL', *(f"({test})" for test in tests)]
        inside = [value for test in tests for value in test.values]
        sql = (
            f'SELECT {", ".join(columns)}, 1 AS "count" FROM ({self.source}) AS r'  # noqa: S608 - compiled names
            f" WHERE {' AND '.join(texts)}"
        )
        return sql, [*values, *inside]
