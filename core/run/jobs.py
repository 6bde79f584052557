"""Jobs by the clock of the site's zone, on `schedule`; never two of one at once, whoever asks for it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import schedule

from core.declare.problem import ZcError
from core.run.job_plan import falls_on, next_due, planned
from core.run.snapshot import Snapshot
from core.store.job_runs import CAUGHT_UP, CLOCK

log = logging.getLogger("zc.job")

CLOCK_STEP_S = 1.0

Progress = Callable[[str], None]
Run = Callable[[str, Mapping[str, Any], str, Progress], None]


@dataclass
class Jobs:
    """The jobs of the snapshot in force. `run` runs a job's command and keeps the run: (name, job, who asked,
    progress)."""

    run: Run
    _clock: schedule.Scheduler = field(default_factory=schedule.Scheduler)
    _declared: dict[str, tuple[Mapping[str, Any], ZoneInfo]] = field(default_factory=dict)
    _busy: dict[str, str] = field(default_factory=dict)  # job: how far it is
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, thread_name_prefix="zc-job"))
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def adopt(self, snapshot: Snapshot) -> None:
        """Take the snapshot's jobs; one that did not change keeps its next run."""
        wanted = {name: (job, snapshot.zone) for name, job in snapshot.active_jobs.items()}
        with self._lock:
            for name in [name for name, said in self._declared.items() if wanted.get(name) != said]:
                self._clock.clear(name)
                del self._declared[name]
            for name, (job, zone) in wanted.items():
                if name not in self._declared:
                    self._declared[name] = (job, zone)
                    planned(self._clock, job, str(zone)).do(self._due, name, job, zone).tag(name)

    def start(self, missed: Iterable[str] = ()) -> None:
        """Start the clock's thread, and catch up what was missed."""
        with self._lock:
            for name in missed:
                self._begin(name, self._declared[name][0], CAUGHT_UP)
        self._thread = threading.Thread(target=self._tick, name="zc-clock", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the clock and wait for the jobs under way."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        self._pool.shutdown(wait=True)

    def now(self, name: str, job: Mapping[str, Any], who: str, tell: Progress) -> None:
        """Run a job once now, in the caller's thread. ZcError while a run of it is under way."""
        with self._lock:
            if name in self._busy:
                raise ZcError(f"a run of the job {name} is under way", "Ask again when it has ended: zc job list")
            self._busy[name] = ""
        self._work(name, job, who, tell)

    def rows(self) -> list[dict[str, Any]]:
        """[{job, next_run (in the site's zone), running, progress}] by next run."""
        with self._lock:
            rows = [self._row(str(min(item.tags)), item.next_run) for item in self._clock.jobs if item.next_run]
        return sorted(rows, key=lambda row: row["next_run"])

    def _row(self, name: str, next_run: datetime) -> dict[str, Any]:
        job, zone = self._declared[name]
        due = next_run.astimezone(zone) if "every" in job else next_due(job, datetime.now(zone), zone)
        return {
            "job": name,
            "next_run": due.isoformat(timespec="seconds"),
            "running": name in self._busy,
            "progress": self._busy.get(name, ""),
        }

    def progress(self) -> dict[str, str]:
        """{job: how far it is} of those under way, whoever asked."""
        with self._lock:
            return dict(self._busy)

    def _tick(self) -> None:
        while not self._ended.wait(CLOCK_STEP_S):
            with self._lock:
                self._clock.run_pending()

    def _due(self, name: str, job: Mapping[str, Any], zone: ZoneInfo) -> None:
        """Called by the clock, under the lock. It knows weekdays itself, also where it is late; months it does not."""
        if "monthly" not in job or falls_on(job, datetime.now(zone)):
            self._begin(name, job, CLOCK)

    def _begin(self, name: str, job: Mapping[str, Any], asked_by: str) -> None:
        """Hand the job to the pool unless it still runs. Under the lock."""
        if name in self._busy:
            log.warning("job skipped, the last run is still under way job=%s", name)
            return
        self._busy[name] = ""
        self._pool.submit(self._work, name, job, asked_by, log.info)

    def _work(self, name: str, job: Mapping[str, Any], asked_by: str, tell: Progress) -> None:
        def note(text: str) -> None:
            self._busy[name] = text
            tell(text)

        try:
            self.run(name, job, asked_by, note)
        finally:
            with self._lock:
                del self._busy[name]
