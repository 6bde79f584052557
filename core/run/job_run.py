"""One run of a job: its command, with what it says meanwhile, kept with how it went; and the runs as people ask."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.declare.phrase import in_language, phrase
from core.declare.problem import ZcError
from core.run.job_plan import in_words, plan_of
from core.run.shown import moment
from core.run.words import said
from core.store.database import now_ms
from core.store.job_runs import CAUGHT_UP, CLOCK, JobRun, JobRuns, Line
from core.store.request import StoreBusy

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

log = logging.getLogger("zc.job")

MOST_LINES = 300  # of what a run says; of more the first go
LONGEST = 500  # characters of a line, and of what came of a run
KEEP_EVERY_S = 5.0
MOST_RUNS = 200


@dataclass
class Course:
    """What a run says, kept every few seconds, so that one that is broken off has told how far it came. Thread-safe."""

    runs: JobRuns
    run: int
    tell: Progress
    lines: list[Line] = field(default_factory=list)
    _kept_at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, text: str) -> None:
        """Take a line, and pass it on."""
        with self._lock:
            self.lines.append((now_ms(), *_both(text)))
            del self.lines[:-MOST_LINES]
            if self._kept_at is None or time.monotonic() - self._kept_at >= KEEP_EVERY_S:
                self._kept_at = time.monotonic()
                self._keep()
        self.tell(text)

    def _keep(self) -> None:
        try:
            self.runs.said(self.run, self.lines)
        except StoreBusy:
            log.warning("what a run says waits, the store takes nothing now run=%d", self.run)


def carry_out(platform: Platform, name: str, job: Mapping[str, Any], asked_by: str, tell: Progress) -> int:
    """Run a job's command and keep how it went; the run's id. A failure is a notice. StoreBusy where it cannot be kept:
    before the command, it does not run."""
    runs = platform.store.job_runs
    run = runs.started(name, asked_by)
    course = Course(runs, run, tell)
    log.info("job begins job=%s by=%s", name, "person" if _is_person(asked_by) else asked_by)
    try:
        result = platform.operate("command", course.note, name=job["run"], arguments=dict(job["with"]))
    except Exception as error:
        log.exception("job failed job=%s", name)
        ok, (note, note_zh) = False, _why(error)
    else:
        log.info("job ended job=%s", name)
        ok, (note, note_zh) = True, _summed_up(result)
    runs.ended(run, ok, note, note_zh, course.lines)
    platform.noticing.job_ended(name, job["title"], ok)
    return run


def list_(platform: Platform, _progress: Progress) -> dict[str, Any]:
    """{jobs: [{id, title, run, plan, plan_text, missed, next_run, running, progress, last, zh: {progress}}], as_of} of
    the active jobs; `last` is the last run as `log` tells it, without its lines. Without a server nothing has a next
    run."""
    due = {row["job"]: row["next_run"] for row in platform.jobs.rows()}
    busy = platform.jobs.progress()
    rows = []
    for name, job in sorted(platform.snapshot.active_jobs.items()):
        last = next(iter(platform.store.job_runs.last(name)), None)
        progress, progress_zh = _both(busy.get(name, ""))
        rows.append(
            {
                "id": name,
                "title": job["title"],
                "run": job["run"],
                "plan": plan_of(job),
                "plan_text": in_words(job),
                "missed": job["missed"],
                "next_run": due.get(name),
                "running": name in busy,
                "progress": progress,
                "last": _told(last, platform.snapshot.zone) if last is not None else None,
                "zh": {"progress": progress_zh},
            }
        )
    return {"jobs": rows, "as_of": moment(now_ms(), platform.snapshot.zone)}


def run(platform: Platform, progress: Progress, *, job: str, who: str) -> dict[str, Any]:
    """Run a job once now: the run as `log` tells it. ZcError while it runs already."""
    ran = platform.jobs.now(job, _declared(platform, job), who, progress)
    return _with_lines(platform.store.job_runs.one(ran), platform.snapshot.zone)


def log_(platform: Platform, _progress: Progress, *, job: str, limit: int = 20) -> dict[str, Any]:
    """{job, title, runs: [{id, state, state_text, by, by_text, started_at, ended_at, seconds, note, lines, zh: {note,
    lines}}]}, newest first; `state` is running, good, failed or broken_off."""
    title = _declared(platform, job)["title"]
    runs = platform.store.job_runs.last(job, max(1, min(limit, MOST_RUNS)))
    return {"job": job, "title": title, "runs": [_with_lines(one, platform.snapshot.zone) for one in runs]}


def _declared(platform: Platform, name: str) -> Mapping[str, Any]:
    known = platform.snapshot.active_jobs
    if name not in known:
        instruction = phrase("Active jobs: {names}", names=", ".join(sorted(known)) or "-")
        raise ZcError(phrase("there is no active job {name}", name=name), instruction)
    return known[name]


def _with_lines(one: JobRun, zone: ZoneInfo) -> dict[str, Any]:
    english, chinese = ([f"{moment(at, zone)} {told[which]}" for at, *told in one.lines] for which in (0, 1))
    return {**_told(one, zone), "lines": english, "zh": {"note": one.note_zh, "lines": chinese}}


def _told(one: JobRun, zone: ZoneInfo) -> dict[str, Any]:
    state = _state(one)
    return {
        "id": one.id,
        "state": state,
        "state_text": said(f"run_{state}"),
        "by": one.asked_by,
        "by_text": one.asked_by if _is_person(one.asked_by) else said(f"by_{one.asked_by}"),
        "started_at": moment(one.started_at, zone),
        "ended_at": moment(one.ended_at, zone) if one.ended_at is not None else None,
        "seconds": (one.ended_at - one.started_at) / 1000 if one.ended_at is not None else None,
        "note": one.note,
    }


def _state(one: JobRun) -> str:
    if one.ok is None:
        return "running"
    if one.is_broken_off:
        return "broken_off"
    return "good" if one.ok else "failed"


def _is_person(asked_by: str) -> bool:
    return asked_by not in (CLOCK, CAUGHT_UP)


def _summed_up(result: Any) -> tuple[str, str]:
    """What came of a command, in English and Chinese: its text where it has one."""
    text = result.get("text") if isinstance(result, Mapping) else result
    if isinstance(text, str):
        return _both(text)
    return _both("" if result is None else json.dumps(result, ensure_ascii=False, default=str))


def _why(error: Exception) -> tuple[str, str]:
    """What went wrong, in English and Chinese."""
    if not isinstance(error, ZcError):
        return _both(f"{type(error).__name__}: {error}")
    reason, instruction = in_language(error.reason, "zh"), in_language(error.instruction, "zh")
    return str(error)[:LONGEST], " ".join(filter(None, (reason, instruction)))[:LONGEST]


def _both(text: str) -> tuple[str, str]:
    return in_language(text, "en")[:LONGEST], in_language(text, "zh")[:LONGEST]
