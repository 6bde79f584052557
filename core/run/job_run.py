"""One run of a job: its command, with what it says meanwhile, kept with how it went; and the runs as people ask."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from core.declare.problem import ZcError
from core.run.job_plan import in_words, plan_of
from core.run.shown import moment
from core.run.words import said
from core.store.database import now_ms
from core.store.job_runs import CAUGHT_UP, CLOCK, JobRun

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

log = logging.getLogger("zc.job")

MOST_LINES = 300  # of what a run says; of more the first go
LONGEST_LINE = 500
MOST_RUNS = 200


def carry_out(platform: Platform, name: str, job: Mapping[str, Any], asked_by: str, tell: Progress) -> None:
    """Run a job's command and keep how it went; a failure is a notice."""
    runs = platform.store.job_runs
    lines: list[str] = []

    def note(text: str) -> None:
        lines.append(f"{moment(now_ms(), platform.snapshot.zone)} {text[:LONGEST_LINE]}")
        del lines[:-MOST_LINES]
        tell(text)

    run = runs.started(name, asked_by)
    log.info("job begins job=%s by=%s", name, asked_by if asked_by in (CLOCK, CAUGHT_UP) else "person")
    try:
        result = platform.operate("command", note, name=job["run"], arguments=dict(job["with"]))
    except Exception as error:
        log.exception("job failed job=%s", name)
        runs.ended(run, ok=False, note=f"{type(error).__name__}: {error}"[:LONGEST_LINE], lines=lines)
        platform.noticing.job_ended(name, job["title"], ok=False)
        return
    runs.ended(run, ok=True, note=str(result)[:LONGEST_LINE], lines=lines)
    platform.noticing.job_ended(name, job["title"], ok=True)
    log.info("job ended job=%s", name)


def list_(platform: Platform, _progress: Progress) -> dict[str, Any]:
    """{jobs: [{id, title, run, plan, plan_text, missed, next_run, running, progress, last}], as_of} of the active jobs;
    `last` is the last run as `log` tells it, without its lines. Without a server nothing has a next run."""
    due = {row["job"]: row["next_run"] for row in platform.jobs.rows()}
    busy = platform.jobs.progress()
    rows = []
    for name, job in sorted(platform.snapshot.active_jobs.items()):
        last = next(iter(platform.store.job_runs.last(name)), None)
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
                "progress": busy.get(name, ""),
                "last": _told(platform, last) if last is not None else None,
            }
        )
    return {"jobs": rows, "as_of": moment(now_ms(), platform.snapshot.zone)}


def run(platform: Platform, progress: Progress, *, job: str, who: str) -> dict[str, Any]:
    """Run a job once now: the run as `log` tells it. ZcError while it runs already."""
    platform.jobs.now(job, _declared(platform, job), who, progress)
    return _with_lines(platform, platform.store.job_runs.last(job)[0])


def log_(platform: Platform, _progress: Progress, *, job: str, limit: int = 20) -> dict[str, Any]:
    """{job, title, runs: [{id, state, state_text, by, by_text, started_at, ended_at, seconds, note, lines}]}, newest
    first; `state` is running, good, failed or broken_off."""
    title = _declared(platform, job)["title"]
    runs = platform.store.job_runs.last(job, max(1, min(limit, MOST_RUNS)))
    return {"job": job, "title": title, "runs": [_with_lines(platform, one) for one in runs]}


def _declared(platform: Platform, name: str) -> Mapping[str, Any]:
    known = platform.snapshot.active_jobs
    if name not in known:
        raise ZcError(f"there is no active job {name}", f"Active jobs: {', '.join(sorted(known)) or 'none'}")
    return known[name]


def _with_lines(platform: Platform, one: JobRun) -> dict[str, Any]:
    return {**_told(platform, one), "lines": one.lines}


def _told(platform: Platform, one: JobRun) -> dict[str, Any]:
    zone, state = platform.snapshot.zone, _state(one)
    is_person = one.asked_by not in (CLOCK, CAUGHT_UP)
    return {
        "id": one.id,
        "state": state,
        "state_text": said(f"run_{state}"),
        "by": one.asked_by,
        "by_text": one.asked_by if is_person else said(f"by_{one.asked_by}"),
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
