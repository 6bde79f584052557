"""Jobs by the clock of the site's zone: adopted, caught up, never two of one at once, each run kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import pytest

from core.declare.problem import ZcError
from core.run.catching_up import break_off, broken_off, counted_from, remember
from core.run.home import Home
from core.run.jobs import Jobs
from core.run.live import Platform
from tests.core.run import homes

PYTHON = """from core import api


def sweep(live, rooms):
    live.progress(f"sweeping {rooms}")
    return {"swept": rooms}


@api.hook
def offer():
    return api.Offers(commands={"sweep": sweep})
"""
ARGUMENTS = {"rooms": {"type": "integer", "required": True}}


@pytest.fixture
def sweeping(home: Home) -> Iterator[Platform]:
    """A platform with a command for jobs, and two jobs that run it."""
    said = {"commands": {"sweep": {"label": "清理", "job": True, "arguments": ARGUMENTS}}}
    homes.plugin(home.root, "county", PYTHON, said)
    for name, when in (("daily", "daily: '03:30'"), ("often", "every: 2 hours")):
        homes.write(home.root, f"config/jobs/{name}.yaml", f"title: 测试任务\nrun: sweep\nwith: {{rooms: 3}}\n{when}\n")
    with homes.opened(home) as platform:
        yield platform


def due(platform: Platform) -> dict[str, str]:
    """{job: its next run}."""
    return {row["job"]: row["next_run"] for row in homes.operate(platform, "status")["jobs"]}


def at(text: str) -> int:
    """UTC milliseconds of a moment in the site's zone."""
    return int(datetime.fromisoformat(text).replace(tzinfo=homes.ZONE).timestamp() * 1000)


def test_a_job_counts_as_not_run_since_its_last_run_or_since_its_plan(
    sweeping: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, jobs = sweeping.store, {"daily": {"daily": "03:30"}, "often": {"every": "2 hours"}}

    def since(now: str) -> dict[str, str]:
        counted = counted_from(store, jobs, at(now))
        return {name: f"{moment.astimezone(homes.ZONE):%d %H:%M}" for name, moment in counted.items()}

    remember(store, jobs, at("2026-11-30 01:00"))
    assert since("2026-12-03 09:00") == {"daily": "30 01:00", "often": "30 01:00"}
    monkeypatch.setattr("core.store.job_runs.now_ms", lambda: at("2026-12-03 09:00"))
    store.job_runs.ended(store.job_runs.started("daily"), ok=False)
    remember(store, jobs, at("2026-12-03 09:30"))
    assert since("2026-12-03 10:00") == {"daily": "03 09:00", "often": "30 01:00"}
    jobs["daily"] = {"daily": "10:00"}
    remember(store, jobs, at("2026-12-04 11:00"))
    assert since("2026-12-05 10:30")["daily"] == "04 11:00", "a changed plan has missed nothing"
    assert since("2026-12-01 00:00") == {"daily": "01 00:00", "often": "30 01:00"}, "a clock that was set back"
    remember(store, jobs, at("2026-12-01 00:00"))
    assert since("2026-12-02 00:00")["daily"] == "02 00:00"


@dataclass
class Begun:
    """Takes the place of what runs a job: which were begun, and by whom; each run lasts until `leave` is set."""

    jobs: list[tuple[str, str]] = field(default_factory=list)
    leave: threading.Event = field(default_factory=threading.Event)
    some: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def run(self, name: str, job: Mapping[str, Any], asked_by: str, tell: Callable[[str], None]) -> int:
        self.jobs.append((name, asked_by))
        tell("half way")
        self.some.release()
        assert self.leave.wait(30)
        return len(self.jobs)


@contextmanager
def clock_of(sweeping: Platform, begun: Begun, since: Mapping[str, timedelta]) -> Iterator[Jobs]:
    """The platform's jobs on a clock of their own, each last run so long ago, now where nothing is said."""
    now = datetime.now(UTC)
    jobs = Jobs(begun.run, lambda names: {name: now - since.get(name, timedelta()) for name in names})
    jobs.adopt(sweeping.snapshot)
    try:
        yield jobs
    finally:
        begun.leave.set()
        jobs.stop()


def declare(platform: Platform, name: str, when: str) -> None:
    """Have that job in force."""
    text = f"title: 测试任务\nrun: sweep\nwith: {{rooms: 3}}\n{when}\n"
    homes.write(platform.home.root, f"config/jobs/{name}.yaml", text)
    assert platform.reload(who="test").activated


def test_what_was_missed_runs_once_at_the_start_where_that_is_declared(sweeping: Platform) -> None:
    declare(sweeping, "monthly", "monthly: {day: last, at: '03:30'}\nmissed: catch_up")
    declare(sweeping, "seldom", "every: 2 days\nmissed: catch_up")
    declare(sweeping, "later", "every: 9 days\nmissed: catch_up")
    begun, week, months = Begun(), timedelta(days=8), timedelta(days=40)
    with clock_of(sweeping, begun, {"daily": week, "later": week, "seldom": week, "monthly": months}) as jobs:
        jobs.start()
        assert begun.some.acquire(timeout=30)
        assert begun.some.acquire(timeout=30)
    assert sorted(begun.jobs) == [("monthly", "caught_up"), ("seldom", "caught_up")]


def test_an_interval_goes_on_after_a_restart(sweeping: Platform) -> None:
    with clock_of(sweeping, Begun(), {"often": timedelta(minutes=90 + 6 * 120)}) as jobs:
        [next_run] = [row["next_run"] for row in jobs.rows() if row["job"] == "often"]
    assert abs(datetime.fromisoformat(next_run) - datetime.now(UTC) - timedelta(minutes=30)) < timedelta(seconds=30)


@pytest.mark.parametrize("hours", [30, -30])
def test_a_clock_that_jumps_is_as_a_stop(sweeping: Platform, monkeypatch: pytest.MonkeyPatch, hours: int) -> None:
    shift = [timedelta()]

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Shifted:
            return cls.fromtimestamp((datetime.now(UTC) + shift[0]).timestamp(), tz)

    monkeypatch.setattr("core.run.jobs.CLOCK_STEP_S", 0.02)
    monkeypatch.setattr("core.run.jobs.datetime", Shifted)
    declare(sweeping, "nightly", "daily: '03:30'\nmissed: catch_up")
    anew = threading.Event()
    monkeypatch.setattr("core.run.jobs.log.warning", lambda *_: anew.set())
    begun = Begun()
    begun.leave.set()
    with clock_of(sweeping, begun, {}) as jobs:
        jobs.start()
        before = jobs.rows()
        shift[0] = timedelta(hours=hours)
        assert anew.wait(30)
        assert hours < 0 or begun.some.acquire(timeout=30)
        after = {row["job"] for row in jobs.rows()}
    assert after == {row["job"] for row in before}
    assert (("nightly", "caught_up") in begun.jobs) == (hours > 0)


def test_a_run_that_was_broken_off_is_told_and_caught_up_but_not_a_second_time(home: Home, sweeping: Platform) -> None:
    jobs, runs = sweeping.snapshot.active_jobs, sweeping.store.job_runs
    runs.started("daily", "tester")
    runs.started("often", "caught_up")
    break_off(sweeping)
    assert broken_off(sweeping.store, jobs) == {"daily"}
    run = homes.operate(sweeping, "job.log", job="daily")["runs"][0]
    assert (run["state"], run["state_text"], run["ended_at"]) == ("broken_off", "中断", None)
    begun = Begun()
    begun.leave.set()
    declare(sweeping, "daily", "daily: '03:30'\nmissed: catch_up")
    with clock_of(sweeping, begun, {}) as clock:
        clock.start(broken_off(sweeping.store, jobs))
        assert begun.some.acquire(timeout=30)
    assert begun.jobs == [("daily", "caught_up")]


def test_whoever_opens_the_home_next_tells_what_was_broken_off(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home")
    with homes.opened(home) as platform:
        platform.store.job_runs.started("gone", "tester")
    with homes.opened(home) as platform:
        assert platform.store.job_runs.last("gone")[0].is_broken_off


def test_a_run_that_never_ended_is_broken_off_when_the_next_begins(sweeping: Platform) -> None:
    runs = sweeping.store.job_runs
    runs.started("daily")
    sweeping.run_job("daily", sweeping.snapshot.jobs["daily"])
    assert [(run.ok, run.is_broken_off) for run in runs.last("daily", 2)] == [(True, False), (False, True)]


def test_a_person_runs_a_job_and_reads_what_it_said(sweeping: Platform) -> None:
    done = homes.operate(sweeping, "job.run", job="daily", who="tester")
    assert (done["state"], done["by"], done["note"]) == ("good", "tester", '{"swept": 3}')
    assert [line.split(" ", 1)[1] for line in done["lines"]] == ["sweeping 3"]
    assert homes.operate(sweeping, "job.log", job="daily")["runs"] == [done]
    listed = {row["id"]: row for row in homes.operate(sweeping, "job.list")["jobs"]}
    assert (listed["daily"]["plan_text"], listed["daily"]["last"]["state"]) == ("每天 03:30", "good")
    assert listed["often"]["last"] is None
    for name, arguments in (("job.run", {"job": "none", "who": "x"}), ("job.log", {"job": "none"})):
        with pytest.raises(ZcError, match="no active job none"):
            homes.operate(sweeping, name, **arguments)


def test_nobody_starts_a_second_run_and_a_stop_waits_for_the_first(sweeping: Platform) -> None:
    begun, job = Begun(), sweeping.snapshot.jobs["daily"]
    with clock_of(sweeping, begun, {}) as jobs, ThreadPoolExecutor(2) as people:
        first = people.submit(jobs.now, "daily", job, "tester", print)
        assert begun.some.acquire(timeout=30)
        assert jobs.progress() == {"daily": "half way"}
        with pytest.raises(ZcError, match="under way"):
            jobs.now("daily", job, "other", print)
        stopping = people.submit(jobs.stop)
        begun.leave.set()
        stopping.result(30)
        assert first.done() or first.result(30)
        assert jobs.progress() == {}
        with pytest.raises(ZcError, match="being stopped"):
            jobs.now("daily", job, "tester", print)
    assert begun.jobs == [("daily", "tester")]


def test_what_is_said_after_a_run_blocks_no_other(sweeping: Platform) -> None:
    told = []

    def run(name: str, job: Mapping[str, Any], asked_by: str, tell: Callable[[str], None]) -> int:
        told.append(tell)
        return len(told)

    jobs = Jobs(run, lambda names: dict.fromkeys(names, datetime.now(UTC)))
    job = sweeping.snapshot.jobs["daily"]
    assert jobs.now("daily", job, "tester", print) == 1
    told[0]("late")
    assert jobs.now("daily", job, "tester", print) == 2
    jobs.stop()


def test_unchanged_jobs_keep_their_next_run(home: Home, sweeping: Platform) -> None:
    sweeping.start()
    before = due(sweeping)
    assert set(before) == {"daily", "often"}
    homes.write(home.root, "config/jobs/daily.yaml", "title: 测试任务\nrun: sweep\nwith: {rooms: 3}\ndaily: '04:30'\n")
    assert sweeping.reload(who="test").activated
    after = due(sweeping)
    assert after["often"] == before["often"]
    assert after["daily"] != before["daily"]
    homes.write(
        home.root,
        "config/jobs/often.yaml",
        "title: 任务\nrun: sweep\nwith: {rooms: 3}\nevery: 2 hours\nactive: false\n",
    )
    assert sweeping.reload(who="test").activated
    assert set(due(sweeping)) == {"daily"}


def test_another_zone_moves_the_times(home: Home, sweeping: Platform) -> None:
    sweeping.start()
    before = due(sweeping)
    homes.change_site(home.root, zone="America/New_York")
    assert sweeping.reload(who="test").activated
    assert due(sweeping)["daily"] != before["daily"]


def test_a_run_is_kept_with_what_came_of_it(sweeping: Platform) -> None:
    sweeping.run_job("daily", sweeping.snapshot.jobs["daily"])
    run = sweeping.store.job_runs.last("daily")[0]
    assert (run.ok, run.note) == (True, '{"swept": 3}')
    sweeping.run_job("daily", {**sweeping.snapshot.jobs["daily"], "with": {"rooms": "many"}})
    run = sweeping.store.job_runs.last("daily")[0]
    assert not run.ok
    assert "rooms" in run.note


def test_a_job_never_runs_twice_at_once(sweeping: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.run.jobs.CLOCK_STEP_S", 0.05)
    begun, skipped = Begun(), threading.Event()
    monkeypatch.setattr("core.run.jobs.log.warning", lambda text, name: skipped.set())
    declare(sweeping, "often", "every: 1 second")
    with clock_of(sweeping, begun, {}) as jobs:
        jobs.start()
        assert skipped.wait(30)
        assert begun.jobs == [("often", "clock")]
        assert {row["job"] for row in jobs.rows() if row["running"]} == {"often"}
    assert not any(row["running"] for row in jobs.rows())
