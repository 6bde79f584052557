"""What the writer does for the archive: of an entity that is followed it marks each record that changes, and each that
comes into a month which is archived already. A marked record is read from the store, wherever else it lies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.entity.entity import Entity
from core.store.database import Session

FOLLOWED = "SELECT entity FROM archive_from"
MONTHS = "SELECT entity, month FROM archived"
MARK = "INSERT INTO archive_mark (entity, month, record_id) VALUES (?, ?, ?)"
DAY_OF = 'SELECT "day" FROM "{table}" WHERE "id" = ?'


class Marks:
    """Used in the writer's thread alone."""

    def __init__(self) -> None:
        self._followed: dict[str, set[int]] | None = None

    def forget(self) -> None:
        """Ask the database again which entities are followed, and which months of them are archived."""
        self._followed = None

    def arrived(self, session: Session, entity: Entity, records: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
        """Mark those of the new records, (id, stored values), whose month is archived or under way."""
        months = self._months(session).get(entity.id)
        if not months:
            return
        late = [(entity.id, month_number(record["day"]), id_) for id_, record in records]
        marked = [mark for mark in late if mark[1] in months]
        if marked:
            session.executemany(MARK, marked)

    def around(self, entity: Entity, record_id: int, change: Callable[[Session], None], session: Session) -> None:
        """Change a record, and mark it in the month that it leaves and in the one that it enters."""
        if entity.id not in self._months(session):
            change(session)
            return
        left = _month(session, entity, record_id)
        change(session)
        months = {left, _month(session, entity, record_id)} - {None}
        session.executemany(MARK, [(entity.id, month, record_id) for month in months])

    def _months(self, session: Session) -> Mapping[str, set[int]]:
        """{entity followed: its archived months}."""
        if self._followed is None:
            found: dict[str, set[int]] = {entity: set() for (entity,) in session.execute(FOLLOWED).fetchall()}
            for entity, month in session.execute(MONTHS).fetchall():
                found.setdefault(entity, set()).add(month)
            self._followed = found
        return self._followed


def month_number(day: int | None) -> int:
    """202611 of the civil day 20261123; 0 where a record has none."""
    return (day or 0) // 100


def _month(session: Session, entity: Entity, record_id: int) -> int | None:
    row = session.execute(DAY_OF.format(table=entity.table), (record_id,)).fetchone()
    return None if row is None else month_number(row[0])
