"""The door to statistics: adopt what is declared, count in what was there before, ask, and compare with the records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.condition import Node
from core.entity.entity import Entity
from core.entity.statistic import Statistic, as_defined
from core.store import filling
from core.store.asked import Asked, Figures, Part
from core.store.counting import BUILDING, KEPT, Counting, lines_of
from core.store.database import Database
from core.store.figures import find, find_hours
from core.store.presence import Hours
from core.store.recount import Recounted, compare
from core.store.scope import Scope
from core.store.writer import Writer


@dataclass(frozen=True, slots=True)
class Progress:
    """A table under way: of the record ids up to `until`, those up to `done` are counted in."""

    statistic: str
    done: int
    until: int


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows {dimension: stored value …, kept column: stored value …}, sorted by the dimensions.

    `current` is False while a changed statistic is counted anew and these are of its former definition.
    """

    rows: list[dict[str, Any]]
    current: bool


class Statistics:
    """Every door may be used from any thread."""

    def __init__(self, database: Database, writer: Writer, counting: Counting) -> None:
        self._database = database
        self._writer = writer
        self._counting = counting

    def adopt(self, statistics: Mapping[str, Statistic], anew: bool = False) -> None:
        """Keep these from now on and no others. A new or changed one is counted by `fill`, the former one serving
        until it is whole; `anew` counts all of them again, since records were changed past the writer."""
        self._writer.run(partial(filling.adopt, self._counting, dict(statistics), anew))

    def steps(self, statistics: Mapping[str, Statistic]) -> list[str]:
        """What adopting these would do, in words."""
        with self._database.reading() as session:
            there = {(line.statistic, line.fingerprint) for line in lines_of(session)}
        fresh = [id_ for id_, one in sorted(statistics.items()) if (id_, one.fingerprint) not in there]
        gone = sorted({id_ for id_, _ in there} - set(statistics))
        return [f"count the statistic {id_}" for id_ in fresh] + [f"drop the statistic {id_}" for id_ in gone]

    def fill(self, ended: Callable[[], bool] = lambda: False) -> None:
        """Count what was there before into every table under way, step by step, until all are whole or `ended`."""
        while not ended() and filling.fill_some(self._database, self._writer, self._counting):
            pass

    def progress(self) -> list[Progress]:
        """The tables under way."""
        with self._database.reading() as session:
            return [Progress(line.statistic, line.done, line.until) for line in lines_of(session, state=BUILDING)]

    def ask(
        self, statistic: Statistic, by: Sequence[str], condition: Node, scope: Scope, entities: Mapping[str, Entity]
    ) -> Rows:
        """What the cells in scope for which the condition holds have kept, a row for each value of `by`.

        ZcError while the statistic is counted for the first time, and for names that are none of its dimensions.
        """
        unique = tuple(dict.fromkeys(by))
        asked = Asked(unique, tuple(map(Part, statistic.kept)), scope, condition=condition)
        found, current = self.figures(statistic, asked, entities)
        rows = [
            dict(zip((*unique, *statistic.kept), (*key, *(found[key])), strict=True))
            for key in sorted(found, key=_nulls_first)
        ]
        return Rows(rows, current)

    def figures(self, statistic: Statistic, asked: Asked, entities: Mapping[str, Entity]) -> tuple[Figures, bool]:
        """The figures of a question, and whether they are of the statistic as it is declared; else it is counted anew,
        and they are of its former definition. ZcError as for `ask`, and where the former one cannot answer."""
        with self._database.reading() as session:
            for line in lines_of(session, statistic=statistic.id, state=KEPT):
                serving = as_defined(line.statistic, line.definition, statistic.entity)
                if serving is not None and _answers(serving, statistic, asked):
                    return find(session, serving, line.name, asked, entities), line.fingerprint == statistic.fingerprint
        raise _uncounted(statistic)

    def hours(self, statistic: Statistic, asked: Asked, entities: Mapping[str, Entity]) -> Hours:
        """The hours of days that have records, as bits (core.store.presence), by the scope: of a statistic that keeps
        them, by a condition on scope and provenance. ZcError while they are counted for the first time."""
        with self._database.reading() as session:
            for line in lines_of(session, statistic=statistic.id, state=KEPT):
                serving = as_defined(line.statistic, line.definition, statistic.entity)
                if serving is not None and serving.presence == statistic.presence:
                    return find_hours(session, serving, line.name, asked, entities)
        raise _uncounted(statistic)

    def recount(self, statistics: Mapping[str, Statistic]) -> list[Recounted]:
        """Count the records for every table that is whole, past the statistics' own SQL, and compare each cell; of
        one moment each."""
        found = []
        for id_, statistic in sorted(statistics.items()):
            with self._database.reading() as session:
                for line in lines_of(session, statistic=id_, state=KEPT):
                    defined = as_defined(id_, line.definition, statistic.entity)
                    if defined is not None:
                        found.append(compare(session, defined, line.name))
        return found


def _uncounted(statistic: Statistic) -> ZcError:
    return ZcError(
        phrase("{statistic} is still being counted", statistic=statistic.title), phrase("Ask again in a few minutes")
    )


def _answers(serving: Statistic, declared: Statistic, asked: Asked) -> bool:
    """Whether a former definition has what is asked; names that neither has are for the question to refuse."""
    kept = {part.column for part in asked.parts if not part.distinct}
    distinct = {part.column for part in asked.parts if part.distinct}
    there = kept <= set(serving.kept) and distinct <= set(serving.distinct)
    used = set(asked.used) & set(declared.fields)
    return there and used <= {*serving.grains, *serving.dimensions}


def _nulls_first(key: tuple[Any, ...]) -> tuple[tuple[bool, Any], ...]:
    return tuple((value is not None, value) for value in key)
