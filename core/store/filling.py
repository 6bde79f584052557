"""Tables of statistics come and go: what is declared is adopted, and what was there before is counted in.

A new table begins `building` at the greatest record id there is: later records are counted as they are stored, those
up to it in steps that are read beside the writer and added by it. A record that changes meanwhile marks its cells,
which are recounted at the end, so that it does not matter whether a step saw it before or after. Then, in one
transaction, the table is `kept` and the former one dropped. All of it is in the database, so a killed process
takes up where it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from core.entity.statistic import Statistic, as_defined
from core.store.cells import Cells
from core.store.counting import BUILDING, KEPT, Counting, lines_of, settle_some
from core.store.database import Database, Session
from core.store.members import Member, members_of
from core.store.presence import presence_of
from core.store.tables import DirtyCell, StatisticTable
from core.store.writer import Writer

IDS_A_STEP = 50_000
OUTDATED = ""  # the fingerprint of a table to be counted anew


def adopt(counting: Counting, statistics: Mapping[str, Statistic], anew: bool, session: Session) -> None:
    """Keep these statistics and no others; a table whose definition changed serves until the new one is whole."""
    counting.declare(statistics)
    if anew:
        session.run(StatisticTable.update(fingerprint=OUTDATED))
    current = set()
    for line in lines_of(session):
        wanted = statistics.get(line.statistic)
        if wanted is not None and line.fingerprint == wanted.fingerprint:
            current.add(line.statistic)
        elif wanted is None or line.state == BUILDING or not _serves(line, wanted):
            drop(session, line.name)
    for id_, statistic in statistics.items():
        if id_ not in current:
            _begin(session, statistic)


def fill_some(database: Database, writer: Writer, counting: Counting) -> bool:
    """One step of the first table under way; False where there is none."""
    with database.reading() as session:
        line = next(iter(lines_of(session, state=BUILDING)), None)
        statistic = counting.declared.get(line.statistic) if line else None
        if line is None or statistic is None or statistic.fingerprint != line.fingerprint:
            return False
        cells = Cells(statistic, line.name)
        until = _step_until(session, cells.records, line)
        found = cells.add_range(session, line.done, until) if line.done < until else []
        members = cells.members_range(session, line.done, until) if line.done < until else []
    if line.done < until:
        writer.run(partial(_add, cells, line.done, until, found, members))
    else:
        writer.run(partial(_finish, counting, cells))
    return True


def _step_until(session: Session, records: str, line: Any) -> int:
    """The last record id of a table's next step; ids that nobody has are passed over."""
    following = session.execute(f'SELECT min("id") FROM "{records}" WHERE "id" > ?', (line.done,)).fetchone()[0]  # noqa: S608 - a compiled name
    return int(line.until) if following is None else int(min(following - 1 + IDS_A_STEP, line.until))


def drop_all(session: Session) -> None:
    """Forget every statistic; the next adoption counts them anew."""
    for line in lines_of(session):
        drop(session, line.name)


def drop(session: Session, name: str) -> None:
    """Drop a table of cells and those beside it."""
    session.execute(f'DROP TABLE "{name}"')
    for beside in (members_of(name), presence_of(name)):
        session.execute(f'DROP TABLE IF EXISTS "{beside}"')
    session.run(StatisticTable.delete().where(StatisticTable.name == name))
    session.run(DirtyCell.delete().where(DirtyCell.name == name))


def _serves(line: Any, wanted: Statistic) -> bool:
    """Whether a table of a former definition can be kept until the new one is whole."""
    same = line.entity == wanted.entity.id
    return same and as_defined(line.statistic, line.definition, wanted.entity) is not None


def _begin(session: Session, statistic: Statistic) -> None:
    """Make the table; what is there by now is for the back-fill."""
    numbers = [int(line.name.rpartition("__")[2]) for line in lines_of(session, statistic=statistic.id)]
    cells = Cells(statistic, f"s_{statistic.id}__{max(numbers, default=0) + 1}")
    for statement in cells.create(session.dialect):
        session.execute(statement)
    last = session.execute(f'SELECT max("id") FROM "{statistic.entity.table}"').fetchone()[0] or 0  # noqa: S608 - a compiled name
    session.run(
        StatisticTable.insert(
            name=cells.table,
            statistic=statistic.id,
            entity=statistic.entity.id,
            fingerprint=statistic.fingerprint,
            definition=statistic.definition,
            state=BUILDING,
            done=0,
            until=last,
        )
    )
    if not last:
        _take_over(session, cells)


def _add(cells: Cells, done: int, until: int, found: list[Any], members: list[Member], session: Session) -> None:
    """Add what a step counted, unless the table is gone or another process took the step."""
    same = (StatisticTable.name == cells.table, StatisticTable.state == BUILDING, StatisticTable.done == done)
    if session.run(StatisticTable.update(done=until).where(*same)):
        cells.add(session, found)
        cells.members.add(session, members)


def _finish(counting: Counting, cells: Cells, session: Session) -> None:
    """Recount marked cells; once none is left, let the table take the place of the former one."""
    row = StatisticTable
    if not session.run(row.select().where(row.name == cells.table, row.state == BUILDING)):
        return
    if settle_some(session, cells):
        return
    _take_over(session, cells)
    counting.forget()


def _take_over(session: Session, cells: Cells) -> None:
    """Let a table that holds all records take the place of the former one."""
    for line in lines_of(session, statistic=cells.statistic.id):
        if line.name != cells.table:
            drop(session, line.name)
    session.run(StatisticTable.update(state=KEPT).where(StatisticTable.name == cells.table))
