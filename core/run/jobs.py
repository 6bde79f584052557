"""Jobs by the clock of the site's zone, on `schedule`; never two of one at once, each run kept."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import schedule

from core.run.snapshot import Snapshot

log = logging.getLogger("zc.job")

CLOCK_STEP_S = 1.0
UNITS = {"second": "seconds", "minute": "minutes", "hour": "hours", "day": "days"}


@dataclass
class Jobs:
    """The jobs of the snapshot in force. `run` runs a job's command and keeps the run."""

    run: Callable[[str, Mapping[str, Any]], None]
    _clock: schedule.Scheduler = field(default_factory=schedule.Scheduler)
    _declared: dict[str, tuple[Mapping[str, Any], ZoneInfo]] = field(default_factory=dict)
    _busy: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(4, thread_name_prefix="zc-job"))
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def adopt(self, snapshot: Snapshot) -> None:
        """Take the snapshot's jobs; one that did not change keeps its next run."""
        wanted = {name: (job, snapshot.zone) for name, job in snapshot.jobs.items() if job["active"]}
        with self._lock:
            for name in [name for name, said in self._declared.items() if wanted.get(name) != said]:
                self._clock.clear(name)
                del self._declared[name]
            for name, (job, zone) in wanted.items():
                if name not in self._declared:
                    self._declared[name] = (job, zone)
                    planned(self._clock, job, str(zone)).do(self._due, name, job, zone).tag(name)

    def start(self) -> None:
        """Start the clock's thread."""
        self._thread = threading.Thread(target=self._tick, name="zc-clock", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the clock and wait for the jobs under way."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
        self._pool.shutdown(wait=True)

    def rows(self) -> list[dict[str, Any]]:
        """[{job, next_run (local time of this process), running}] by next run."""
        with self._lock:
            return [
                {"job": min(item.tags), "next_run": str(item.next_run), "running": min(item.tags) in self._busy}
                for item in sorted(self._clock.jobs)
            ]

    def _tick(self) -> None:
        while not self._ended.wait(CLOCK_STEP_S):
            with self._lock:
                self._clock.run_pending()

    def _due(self, name: str, job: Mapping[str, Any], zone: ZoneInfo) -> None:
        """Called by the clock, under the lock: hand the job to the pool unless it still runs."""
        if not falls_on(job, datetime.now(zone)):
            return
        if name in self._busy:
            log.warning("job skipped, the last run is still under way job=%s", name)
            return
        self._busy.add(name)
        self._pool.submit(self._work, name, job)

    def _work(self, name: str, job: Mapping[str, Any]) -> None:
        try:
            self.run(name, job)
        finally:
            with self._lock:
                self._busy.discard(name)


def planned(clock: schedule.Scheduler, job: Mapping[str, Any], zone: str) -> schedule.Job:
    """The entry of a job in schedule's own terms; monthly is daily, with `falls_on` as its condition."""
    if "every" in job:
        number, unit = job["every"].split()
        return getattr(clock.every(int(number)), UNITS[unit.rstrip("s")])
    if "weekly" in job:
        return getattr(clock.every(), job["weekly"]["day"]).at(job["weekly"]["at"], zone)
    at = job["daily"] if "daily" in job else job["monthly"]["at"]
    return clock.every().day.at(at, zone)


def falls_on(job: Mapping[str, Any], today: datetime) -> bool:
    """Whether a job is due on that civil day: always, but for monthly ones, whose day may be "last"."""
    if "monthly" not in job:
        return True
    day = job["monthly"]["day"]
    if day == "last":
        return (today + timedelta(days=1)).day == 1
    return today.day == int(day)
