"""When jobs ran, who asked for it and how it went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.store.database import Database, Session, now_ms
from core.store.tables import JobRun as Row
from core.store.writer import Writer

CLOCK, CAUGHT_UP = "clock", "caught_up"
KEPT = 1000  # runs of one job; the oldest beyond go

Line = Sequence[Any]
"""What a run said: (UTC milliseconds, English, Chinese)."""


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run; times are UTC milliseconds. While it runs `ended_at` and `ok` are null; where something broke it off,
    `ok` is false and `ended_at` null. `asked_by` is clock, caught_up or a person's login."""

    id: int
    job: str
    started_at: int
    ended_at: int | None
    ok: bool | None
    note: str
    asked_by: str
    note_zh: str
    lines: list[Line]

    @property
    def is_broken_off(self) -> bool:
        """Whether it never came to an end."""
        return self.ok is False and self.ended_at is None


class JobRuns:
    """The door to the runs of jobs."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def started(self, job: str, asked_by: str = CLOCK) -> int:
        """A run begins; its id. Never two of a job run at once, so one whose end could not be stored was broken off."""

        def begin(session: Session) -> int:
            of_job = Row.job == job
            session.run(Row.update(ok=False).where(of_job & Row.ok.is_null()))
            oldest = Row.select(Row.id).where(of_job).order_by(Row.id.desc()).limit(1).offset(KEPT - 1)
            session.run(Row.delete().where(of_job & (Row.id <= oldest)))
            run = Row.insert(job=job, started_at=now_ms(), note="", asked_by=asked_by, note_zh="", lines=[])
            return int(session.run(run))

        return self._writer.run(begin)

    def said(self, run_id: int, lines: Sequence[Line]) -> None:
        """All that the run said so far."""
        query = Row.update(lines=list(lines)).where(Row.id == run_id)
        self._writer.run(lambda session: session.run(query))

    def ended(self, run_id: int, ok: bool, note: str = "", note_zh: str = "", lines: Sequence[Line] = ()) -> None:
        """The run ended: what came of it in English and Chinese, and all that it said."""
        query = Row.update(ended_at=now_ms(), ok=ok, note=note, note_zh=note_zh, lines=list(lines))
        self._writer.run(lambda session: session.run(query.where(Row.id == run_id)))

    def break_off(self) -> list[JobRun]:
        """Note of all runs without an end that they were broken off; these. Only for who knows that none runs."""
        running = Row.ok.is_null()
        with self._database.reading() as session:
            found = _runs(session.run(Row.select().where(running).order_by(Row.id).tuples()))
        if found:
            self._writer.run(lambda session: session.run(Row.update(ok=False).where(running)))
        return found

    def one(self, run_id: int) -> JobRun:
        """That run. LookupError where there is none."""
        with self._database.reading() as session:
            for run in _runs(session.run(Row.select().where(Row.id == run_id).tuples())):
                return run
        raise LookupError(run_id)

    def last(self, job: str, limit: int = 1) -> list[JobRun]:
        """The last runs of a job, the newest first."""
        query = Row.select().where(Row.job == job).order_by(Row.id.desc()).limit(limit)
        with self._database.reading() as session:
            return _runs(session.run(query.tuples()))


def _runs(rows: Iterable[tuple[Any, ...]]) -> list[JobRun]:
    return [JobRun(*row) for row in rows]
