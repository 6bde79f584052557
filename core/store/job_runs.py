"""When jobs ran and how it went."""

from __future__ import annotations

from dataclasses import dataclass

from core.store.database import Database, now_ms
from core.store.tables import JobRun as Row
from core.store.writer import Writer


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run; times are UTC milliseconds. While it runs, and after a crash, `ended_at` and `ok` are null."""

    id: int
    job: str
    started_at: int
    ended_at: int | None
    ok: bool | None
    note: str


class JobRuns:
    """The door to the runs of jobs."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def started(self, job: str) -> int:
        """A run begins; its id."""
        query = Row.insert(job=job, started_at=now_ms(), note="")
        return int(self._writer.run(lambda session: session.run(query)))

    def ended(self, run_id: int, ok: bool, note: str = "") -> None:
        """The run ended."""
        query = Row.update(ended_at=now_ms(), ok=ok, note=note).where(Row.id == run_id)
        self._writer.run(lambda session: session.run(query))

    def last(self, job: str, limit: int = 1) -> list[JobRun]:
        """The last runs of a job, the newest first."""
        query = Row.select().where(Row.job == job).order_by(Row.id.desc()).limit(limit)
        with self._database.reading() as session:
            return [JobRun(*row) for row in session.run(query.tuples())]
