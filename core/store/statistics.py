"""The door to statistics: adopt what is declared, count in what was there before, ask, and compare with the records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.condition import Node
from core.entity.entity import Entity
from core.entity.statistic import Statistic, as_defined
from core.store import figures, filling
from core.store.counting import BUILDING, KEPT, Counting, lines_of
from core.store.database import Database
from core.store.figures import Figures
from core.store.recount import Recounted, compare
from core.store.scope import Scope
from core.store.writer import Writer


@dataclass(frozen=True, slots=True)
class Progress:
    """A table under way: of the record ids up to `until`, those up to `done` are counted in."""

    statistic: str
    done: int
    until: int


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
    ) -> Figures:
        """Count and sums of the cells in scope for which the condition holds, a row for each value of `by`.

        ZcError while the statistic is counted for the first time, and for names that are none of its dimensions.
        """
        with self._database.reading() as session:
            for line in lines_of(session, statistic=statistic.id, state=KEPT):
                serving = as_defined(line.statistic, line.definition, statistic.entity)
                if serving is not None:
                    current = line.fingerprint == statistic.fingerprint
                    return figures.find(session, serving, line.name, by, condition, scope, entities, current)
        raise ZcError(
            phrase("{statistic} is still being counted", statistic=statistic.title),
            phrase("Ask again in a few minutes"),
        )

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
