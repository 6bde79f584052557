"""When jobs ran, who asked for it and how it went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from core.store.database import Database, now_ms
from core.store.tables import JobRun as Row
from core.store.writer import Writer

CLOCK, CAUGHT_UP = "clock", "caught_up"
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run; times are UTC milliseconds. While it runs `ended_at` and `ok` are null; where a stop broke it off, `ok`
    is false and `ended_at` null. `asked_by` is clock, caught_up or a person's login."""

    id: int
    job: str
    started_at: int
    ended_at: int | None
    ok: bool | None
    note: str
    asked_by: str
    lines: list[str]

    @property
    def is_broken_off(self) -> bool:
        """Whether a stop ended it."""
        return self.ok is False and self.ended_at is None


class JobRuns:
    """The door to the runs of jobs."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def started(self, job: str, asked_by: str = CLOCK) -> int:
        """A run begins; its id."""
        query = Row.insert(job=job, started_at=now_ms(), note="", asked_by=asked_by, lines=[])
        return int(self._writer.run(lambda session: session.run(query)))

    def ended(self, run_id: int, ok: bool, note: str = "", lines: Sequence[str] = ()) -> None:
        """The run ended."""
        query = Row.update(ended_at=now_ms(), ok=ok, note=note, lines=list(lines)).where(Row.id == run_id)
        self._writer.run(lambda session: session.run(query))

    def break_off(self) -> list[JobRun]:
        """Note of all runs that never ended that a stop broke them off; these. Only for who knows that none runs."""
        running = Row.ok.is_null()
        with self._database.reading() as session:
            found = _runs(session.run(Row.select().where(running).order_by(Row.id).tuples()))
        if found:
            self._writer.run(lambda session: session.run(Row.update(ok=False).where(running)))
        return found

    def last(self, job: str, limit: int = 1) -> list[JobRun]:
        """The last runs of a job, the newest first."""
        query = Row.select().where(Row.job == job).order_by(Row.id.desc()).limit(limit)
        with self._database.reading() as session:
            return _runs(session.run(query.tuples()))

    def purge(self, days: int) -> None:
        """Forget runs that began more than `days` days ago, but of each job the last one."""
        newest = Row.select(peewee.fn.MAX(Row.id)).group_by(Row.job)
        old = (Row.started_at < now_ms() - days * DAY_MS) & Row.id.not_in(newest)
        with self._database.reading() as session:
            if not list(session.run(Row.select(Row.id).where(old).limit(1).tuples())):
                return
        self._writer.run(lambda session: session.run(Row.delete().where(old)))


def _runs(rows: Iterable[tuple[Any, ...]]) -> list[JobRun]:
    return [JobRun(*row) for row in rows]
