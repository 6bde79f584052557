"""What the runs so far say of the next ones: since when a job counts as not run, and which were broken off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core.run.job_plan import plan_of
from core.store.job_runs import CAUGHT_UP
from core.store.store import Store

if TYPE_CHECKING:
    from core.run.live import Platform

KEPT = "jobs"


def break_off(platform: Platform) -> None:
    """Note the runs that a stop broke off. Only where the home was opened just now: its lock says that none runs."""
    for run in platform.store.job_runs.break_off():
        job = platform.snapshot.active_jobs.get(run.job)
        if job is not None:
            platform.noticing.job_ended(run.job, job["title"], ok=False)


def broken_off(store: Store, jobs: Iterable[str]) -> set[str]:
    """Those of the jobs whose last run was broken off. A run that caught up and was broken off itself does not count:
    it may be what ends the server."""
    last = {name: next(iter(store.job_runs.last(name)), None) for name in jobs}
    return {name for name, run in last.items() if run and run.is_broken_off and run.asked_by != CAUGHT_UP}


def remember(store: Store, jobs: Mapping[str, Mapping[str, Any]], at_ms: int) -> None:
    """Keep since when each plan is as it is: before that a job was not due."""
    former = store.state.get(KEPT, {})
    fresh = {}
    for name, job in jobs.items():
        plan, known = plan_of(job), former.get(name)
        is_known = known is not None and known["plan"] == plan and known["since"] <= at_ms  # the clock was set back
        fresh[name] = known if is_known else {"plan": plan, "since": at_ms}
    if fresh != former:
        store.state.put(KEPT, fresh)


def counted_from(store: Store, jobs: Iterable[str], at_ms: int) -> dict[str, datetime]:
    """{job: since when it has not run}: its last run or, where that is later, since when its plan is as it is; never
    after now, also where the clock was set back."""
    known = store.state.get(KEPT, {})
    since = {}
    for name in jobs:
        run = next(iter(store.job_runs.last(name)), None)
        planned = known[name]["since"] if name in known else at_ms
        ms = max(planned, run.started_at if run is not None else 0)
        since[name] = datetime.fromtimestamp(min(ms, at_ms) / 1000, UTC)
    return since
