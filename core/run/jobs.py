"""Jobs by the clock of the site's zone, on `schedule`; never two of one at once, whoever asks for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import schedule

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.run.job_plan import next_due, planned, resumed, was_due
from core.run.snapshot import Snapshot
from core.store.job_runs import CAUGHT_UP, CLOCK

log = logging.getLogger("zc.job")

CLOCK_STEP_S = 1.0
AT_ONCE = 4  # jobs; more wait
LATE = timedelta(minutes=10)
"""Between two looks at the clock: more is a clock that was set or a machine that slept, and what lay between counts as
missed, as what a stop missed."""

Progress = Callable[[str], None]
Run = Callable[[str, Mapping[str, Any], str, Progress], int]
CountedFrom = Callable[[Iterable[str]], Mapping[str, datetime]]


@dataclass
class Jobs:
    """The jobs of the snapshot in force. `run` runs a job's command and keeps the run, whose id it gives: (name, job,
    who asked, progress). `counted_from` says since when each of some jobs has not run."""

    run: Run
    counted_from: CountedFrom
    _clock: schedule.Scheduler = field(default_factory=schedule.Scheduler)
    _declared: dict[str, tuple[Mapping[str, Any], ZoneInfo]] = field(default_factory=dict)
    _busy: dict[str, str] = field(default_factory=dict)  # job: how far it is
    _lock: threading.Condition = field(default_factory=threading.Condition)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(AT_ONCE, thread_name_prefix="zc-job"))
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def adopt(self, snapshot: Snapshot) -> None:
        """Take the snapshot's jobs; one that did not change keeps its next run."""
        wanted = {name: (job, snapshot.zone) for name, job in snapshot.active_jobs.items()}
        with self._lock:
            since = self.counted_from(wanted)
            for name in [name for name, said in self._declared.items() if wanted.get(name) != said]:
                self._clock.clear(name)
                del self._declared[name]
            fresh = wanted.keys() - self._declared.keys()
            self._declared |= {name: wanted[name] for name in fresh}
            self._plan(fresh, since)

    def start(self, again: Collection[str] = ()) -> None:
        """Start the clock's thread. Those of the jobs `again`, and those that were due meanwhile, run at once where
        they are declared to catch up."""
        with self._lock:
            self._catch_up(self.counted_from(self._declared), again)
        self._thread = threading.Thread(target=self._tick, name="zc-clock", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the clock and wait for the jobs under way, whoever asked."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        self._pool.shutdown(wait=True)
        with self._lock:
            self._lock.wait_for(lambda: not self._busy)

    def now(self, name: str, job: Mapping[str, Any], who: str, tell: Progress) -> int:
        """Run a job once now, in the caller's thread; the run's id. ZcError while a run of it is under way."""
        with self._lock:
            if self._ended.is_set():
                raise ZcError(phrase("the server is being stopped"), phrase("Ask again when it runs."))
            if name in self._busy:
                what = phrase("a run of the job {name} is under way", name=name)
                raise ZcError(what, phrase("Ask again when it has ended; zc job list says how far it is."))
            self._busy[name] = ""
        return self._work(name, job, who, tell)

    def rows(self) -> list[dict[str, Any]]:
        """[{job, next_run (in the site's zone), running, progress}] by next run."""
        with self._lock:
            rows = [self._row(str(min(item.tags)), item.next_run) for item in self._clock.jobs if item.next_run]
        return sorted(rows, key=lambda row: row["next_run"])

    def progress(self) -> dict[str, str]:
        """{job: how far it is} of those under way, whoever asked."""
        with self._lock:
            return dict(self._busy)

    def _row(self, name: str, next_run: datetime) -> dict[str, Any]:
        job, zone = self._declared[name]
        due = next_due(job, datetime.now(zone), zone) if "monthly" in job else next_run.astimezone(zone)
        return {
            "job": name,
            "next_run": due.isoformat(timespec="seconds"),
            "running": name in self._busy,
            "progress": self._busy.get(name, ""),
        }

    def _plan(self, names: Iterable[str], since: Mapping[str, datetime]) -> None:
        """Have the clock call these. Under the lock."""
        for name in names:
            job, zone = self._declared[name]
            entry = planned(self._clock, job, str(zone)).do(self._due, name).tag(name)
            if "every" in job:  # schedule has no zones there, but the machine's
                entry.next_run = resumed(job, since[name], datetime.now(UTC)).astimezone().replace(tzinfo=None)

    def _tick(self) -> None:
        seen = datetime.now(UTC)
        while not self._ended.wait(CLOCK_STEP_S):
            now = datetime.now(UTC)
            try:
                with self._lock:
                    if abs(now - seen) > LATE:
                        self._plan_again(now - seen)
                    self._clock.run_pending()
                seen = now
            except Exception:
                log.exception("the clock of the jobs failed, it tries again")

    def _plan_again(self, jump: timedelta) -> None:
        """After the clock was set or the machine slept. Under the lock."""
        log.warning("the clock jumped, jobs are planned anew seconds=%d", jump.total_seconds())
        since = self.counted_from(self._declared)
        self._clock.clear()
        self._plan(self._declared, since)
        self._catch_up(since)

    def _catch_up(self, since: Mapping[str, datetime], again: Collection[str] = ()) -> None:
        """Run what was missed where that is declared, once however many. Under the lock."""
        now = datetime.now(UTC)
        for name, (job, zone) in self._declared.items():
            if job["missed"] == "catch_up" and (name in again or was_due(job, since[name], now, zone)):
                self._begin(name, job, CAUGHT_UP)

    def _due(self, name: str) -> None:
        """Called by the clock, under the lock. It knows weekdays itself; months it does not."""
        job, zone = self._declared[name]
        now = datetime.now(UTC)
        if "monthly" not in job or was_due(job, now - LATE, now, zone):
            self._begin(name, job, CLOCK)

    def _begin(self, name: str, job: Mapping[str, Any], asked_by: str) -> None:
        """Hand the job to the pool unless it still runs. Under the lock."""
        if name in self._busy:
            log.warning("job skipped, the last run is still under way job=%s", name)
            return
        self._busy[name] = ""
        self._pool.submit(self._unasked, name, job, asked_by)

    def _unasked(self, name: str, job: Mapping[str, Any], asked_by: str) -> None:
        """A run for which nobody waits."""
        if self._ended.is_set():
            self._free(name)
            return
        try:
            self._work(name, job, asked_by, log.info)
        except Exception:
            log.exception("the run could not be kept job=%s", name)

    def _work(self, name: str, job: Mapping[str, Any], asked_by: str, tell: Progress) -> int:
        def note(text: str) -> None:
            with self._lock:
                if name in self._busy:
                    self._busy[name] = text
            tell(text)

        try:
            return self.run(name, job, asked_by, note)
        finally:
            self._free(name)

    def _free(self, name: str) -> None:
        with self._lock:
            del self._busy[name]
            self._lock.notify_all()
