"""Which jobs a stop made miss a run. Each is caught up once, if its declaration says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.run.job_plan import plan_of, was_due
from core.store.database import now_ms
from core.store.job_runs import CAUGHT_UP, JobRun
from core.store.store import Store

if TYPE_CHECKING:
    from core.run.live import Platform

KEPT = "jobs"


def at_start(platform: Platform) -> list[str]:
    """Note the runs that a stop broke off, and what is to be caught up. Only for the server, before a job runs."""
    snapshot, store = platform.snapshot, platform.store
    broken_off = store.job_runs.break_off()
    for run in broken_off:
        if run.job in snapshot.jobs:
            platform.noticing.job_ended(run.job, snapshot.jobs[run.job]["title"], ok=False)
    return missed(store, snapshot.active_jobs, broken_off, snapshot.zone, now_ms())


def remember(store: Store, jobs: Mapping[str, Mapping[str, Any]], at_ms: int) -> None:
    """Keep since when each plan is as it is: before that a job was not due."""
    former = store.state.get(KEPT, {})
    fresh = {}
    for name, job in jobs.items():
        plan, known = plan_of(job), former.get(name)
        fresh[name] = known if known is not None and known["plan"] == plan else {"plan": plan, "since": at_ms}
    if fresh != former:
        store.state.put(KEPT, fresh)


def missed(
    store: Store, jobs: Mapping[str, Mapping[str, Any]], broken_off: Iterable[JobRun], zone: ZoneInfo, at_ms: int
) -> list[str]:
    """The jobs to be caught up, of those that run (`jobs`): due since the last run, or broken off in it. A run that
    caught up and was broken off itself is not tried again: it may be what ends the server."""
    broken = {run.job: run for run in broken_off}
    known, now = store.state.get(KEPT, {}), _at(at_ms)
    found = []
    for name, job in jobs.items():
        if job["missed"] != "catch_up" or name not in known or known[name]["plan"] != plan_of(job):
            continue
        last = next(iter(store.job_runs.last(name)), None)
        since = max(known[name]["since"], last.started_at if last is not None else 0)
        is_broken = name in broken and broken[name].asked_by != CAUGHT_UP
        if is_broken or was_due(job, _at(since), now, zone):
            found.append(name)
    return found


def _at(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
