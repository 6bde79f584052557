"""What the writer does for statistics: it counts what is stored, and marks and recounts the cells of what changes.

The table `statistic` says which tables are kept, so every writing process keeps the same ones. A table that is
`building` takes part like a `kept` one, while core.store.filling adds the records that were there before it; its
marked cells wait until all of those are in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.declare.problem import ZcError
from core.entity.entity import Entity
from core.entity.statistic import Statistic, as_defined
from core.store.cells import Batch, Cells
from core.store.database import Session
from core.store.settling import settle
from core.store.tables import StatisticTable

KEPT = "kept"
BUILDING = "building"
CELLS_AT_ONCE = 500
MARK = "INSERT INTO dirty_cell (name, day, hour, cell) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"
MARKED = "SELECT day, hour, cell FROM dirty_cell WHERE name = ? LIMIT ?"
UNMARK = "DELETE FROM dirty_cell WHERE name = ? AND day = ? AND hour = ? AND cell = ?"


@dataclass(frozen=True, slots=True)
class Kept:
    """A table of cells that takes part; `whole` once it holds all records."""

    cells: Cells
    whole: bool


class Counting:
    """Used in the writer's thread alone."""

    def __init__(self) -> None:
        self.declared: Mapping[str, Statistic] = {}
        self._kept: dict[str, list[Kept]] = {}

    def declare(self, statistics: Mapping[str, Statistic]) -> None:
        """The statistics of the snapshot that comes into force, by id."""
        self.declared = statistics
        self.forget()

    def forget(self) -> None:
        """Ask the database again which tables are kept."""
        self._kept = {}

    def count(self, session: Session, entity: Entity, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add new records, in stored form, at least one and all with the same columns."""
        batch = Batch(rows)
        for kept in self._of(session, entity):
            kept.cells.add_rows(session, batch)

    def recount_around(
        self, entity: Entity, record_id: int, change: Callable[[Session], None], session: Session
    ) -> None:
        """Change a record, and count the cells that it leaves and enters anew, in one transaction."""
        self._mark(session, entity, record_id)
        change(session)
        self._mark(session, entity, record_id)
        for kept in self._of(session, entity):
            while kept.whole and settle_some(session, kept.cells):
                pass

    def defined(self, line: Any, entity: Entity) -> Statistic:
        """The statistic of a line of the table `statistic`, declared now or formerly; ZcError if it fits no longer."""
        declared = self.declared.get(line.statistic)
        if declared is not None and declared.fingerprint == line.fingerprint:
            return declared
        of = declared.entity if declared is not None else entity
        formerly = as_defined(line.statistic, line.definition, of)
        if formerly is None:
            raise ZcError(f"the statistic {line.statistic} no longer fits {of.title}", "Activate the declarations")
        return formerly

    def _mark(self, session: Session, entity: Entity, record_id: int) -> None:
        """Mark the cells in which a record stands."""
        for kept in self._of(session, entity):
            cells = kept.cells
            keys = cells.add(session, cells.of_record(session, record_id))
            session.executemany(MARK, [(cells.table, *key) for key in keys])

    def _of(self, session: Session, entity: Entity) -> list[Kept]:
        if entity.id not in self._kept:
            lines = lines_of(session, entity=entity.id)
            self._kept[entity.id] = [
                Kept(Cells(self.defined(line, entity), line.name), line.state == KEPT) for line in lines
            ]
        return self._kept[entity.id]


def lines_of(session: Session, **values: str) -> list[Any]:
    """The lines of the table `statistic` with these values (statistic, entity, state), by name."""
    query = StatisticTable.select().order_by(StatisticTable.name)
    return list(session.run(query.filter(**values) if values else query))


def settle_some(session: Session, cells: Cells) -> bool:
    """Recount some marked cells of a table that holds all records; whether there were any."""
    found = session.execute(MARKED, (cells.table, CELLS_AT_ONCE)).fetchall()
    marked = [(day, hour, bytes(cell)) for day, hour, cell in found]
    if marked:
        settle(session, cells, marked)
        session.executemany(UNMARK, [(cells.table, *key) for key in marked])
    return bool(marked)
