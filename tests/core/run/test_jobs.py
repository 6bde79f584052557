"""Jobs by the clock of the site's zone: when they are due, adopted, never two of one at once, each run kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import schedule
from hypothesis import given
from hypothesis import strategies as st

from core.declare.problem import ZcError
from core.run.catching_up import missed, remember
from core.run.home import Home
from core.run.job_plan import falls_on, in_words, next_due, planned, was_due
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
CALENDAR: list[dict[str, Any]] = [
    {"daily": "03:30"},
    {"weekly": {"day": "sunday", "at": "03:30"}},
    {"monthly": {"day": 28, "at": "03:30"}},
    {"monthly": {"day": "last", "at": "03:30"}},
]
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


@given(st.integers(2000, 2100), st.integers(1, 12), st.integers(1, 28))
def test_a_monthly_job_falls_on_one_day_of_each_month(year: int, month: int, day: int) -> None:
    first = datetime(year, month, 1, tzinfo=homes.ZONE)
    days = [date for number in range(31) if (date := first + timedelta(days=number)).month == month]
    assert [date.day for date in days if falls_on({"monthly": {"day": day, "at": "02:30"}}, date)] == [day]
    assert [date.day for date in days if falls_on({"monthly": {"day": "last", "at": "02:30"}}, date)] == [days[-1].day]
    assert all(falls_on({"daily": "02:30"}, date) for date in days)


@pytest.mark.parametrize(
    ("job", "wanted"),
    [
        ({"every": "1 minute"}, timedelta(minutes=1)),
        ({"every": "90 seconds"}, timedelta(seconds=90)),
        ({"every": "3 hours"}, timedelta(hours=3)),
        ({"every": "2 days"}, timedelta(days=2)),
    ],
)
def test_a_job_every_so_often(job: Mapping[str, Any], wanted: timedelta) -> None:
    entry = planned(schedule.Scheduler(), job, "Asia/Shanghai").do(lambda: None)
    assert abs(entry.next_run - datetime.now() - wanted) < timedelta(seconds=5)  # noqa: DTZ005 - as schedule has it


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "America/New_York"])
def test_times_are_those_of_the_sites_zone(zone: str) -> None:
    clock = schedule.Scheduler()
    jobs = ({"daily": "03:30"}, {"monthly": {"day": 1, "at": "03:30"}}, {"weekly": {"day": "monday", "at": "03:30"}})
    for job in jobs:
        entry = planned(clock, job, zone).do(lambda: None)
        there = entry.next_run.astimezone(homes.ZoneInfo(zone))
        assert (there.hour, there.minute) == (3, 30)
        assert "weekly" not in job or there.weekday() == 0


@pytest.mark.parametrize("job", CALENDAR)
@given(now=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), gap=st.integers(1, 100 * 24 * 60))  # noqa: DTZ001
def test_what_was_due_is_what_the_calendar_says(job: Mapping[str, Any], now: datetime, gap: int) -> None:
    here = now.replace(tzinfo=homes.ZONE, second=0, microsecond=0)
    since = here - timedelta(minutes=gap)
    upcoming = next_due(job, since, homes.ZONE)
    assert upcoming > since
    assert was_due(job, since, here, homes.ZONE) == (upcoming <= here)
    assert falls_on(job, upcoming)
    assert (upcoming.hour, upcoming.minute) == (3, 30)


def test_plans_are_told_in_words() -> None:
    jobs = ({"every": "10 minutes"}, *CALENDAR)
    said = ["每 10 分钟", "每天 03:30", "每周日 03:30", "每月 28 日 03:30", "每月最后一天 03:30"]
    assert [in_words(job) for job in jobs] == said


def at(text: str) -> int:
    """UTC milliseconds of a moment in the site's zone."""
    return int(datetime.fromisoformat(text).replace(tzinfo=homes.ZONE).timestamp() * 1000)


def test_what_a_stop_missed_is_caught_up_once_where_that_is_declared(
    sweeping: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, said = sweeping.store, {"title": "测试", "run": "sweep", "with": {}}
    jobs = {
        "daily": {**said, "daily": "03:30", "missed": "catch_up"},
        "ending": {**said, "monthly": {"day": "last", "at": "02:00"}, "missed": "catch_up"},
        "often": {**said, "every": "2 hours", "missed": "catch_up"},
        "skipping": {**said, "daily": "03:30", "missed": "skip"},
    }

    def missed_at(text: str) -> list[str]:
        return missed(store, jobs, [], homes.ZONE, at(text))

    assert missed_at("2026-11-30 09:00") == [], "nothing is known of these plans yet"
    remember(store, jobs, at("2026-11-30 01:00"))
    assert missed_at("2026-11-30 01:30") == []
    assert missed_at("2026-11-30 02:30") == ["ending"]
    assert missed_at("2026-12-03 09:00") == ["daily", "ending", "often"], "once each, however many"
    monkeypatch.setattr("core.store.job_runs.now_ms", lambda: at("2026-12-03 09:01"))
    for name in jobs:
        store.job_runs.ended(store.job_runs.started(name), ok=True)
    assert missed_at("2026-12-03 10:00") == []
    assert missed_at("2026-12-03 11:30") == ["often"]
    jobs["daily"] = {**jobs["daily"], "daily": "10:00"}
    assert "daily" not in missed_at("2026-12-04 11:00"), "a changed plan has missed nothing"
    remember(store, jobs, at("2026-12-04 11:00"))
    assert "daily" in missed_at("2026-12-05 10:30")


def test_a_run_that_was_broken_off_is_caught_up_but_not_a_second_time(sweeping: Platform) -> None:
    runs = sweeping.store.job_runs
    jobs = {name: {**job, "missed": "catch_up"} for name, job in sweeping.snapshot.jobs.items()}
    now = sweeping.snapshot.made_at
    remember(sweeping.store, jobs, now)
    runs.started("daily")
    broken = runs.break_off()
    assert [(run.job, runs.last("daily")[0].is_broken_off) for run in broken] == [("daily", True)]
    assert missed(sweeping.store, jobs, broken, homes.ZONE, now) == ["daily"]
    runs.started("daily", "caught_up")
    assert missed(sweeping.store, jobs, runs.break_off(), homes.ZONE, now) == []
    assert runs.break_off() == []


def test_a_person_runs_a_job_and_reads_what_it_said(sweeping: Platform) -> None:
    done = homes.operate(sweeping, "job.run", job="daily", who="tester")
    assert (done["state"], done["by"], done["note"]) == ("good", "tester", "{'swept': 3}")
    assert [line.split(" ", 1)[1] for line in done["lines"]] == ["sweeping 3"]
    assert homes.operate(sweeping, "job.log", job="daily")["runs"] == [done]
    listed = {row["id"]: row for row in homes.operate(sweeping, "job.list")["jobs"]}
    assert (listed["daily"]["plan_text"], listed["daily"]["last"]["state"]) == ("每天 03:30", "good")
    assert listed["often"]["last"] is None
    for name, arguments in (("job.run", {"job": "none", "who": "x"}), ("job.log", {"job": "none"})):
        with pytest.raises(ZcError, match="no active job none"):
            homes.operate(sweeping, name, **arguments)


def test_nobody_starts_a_second_run(sweeping: Platform) -> None:
    begun, leave = threading.Event(), threading.Event()

    def run(name: str, job: Mapping[str, Any], asked_by: str, tell: Any) -> None:
        tell("half way")
        begun.set()
        leave.wait(30)

    jobs = Jobs(run)
    jobs.adopt(sweeping.snapshot)
    jobs.start(["daily"])
    assert begun.wait(30)
    assert jobs.progress() == {"daily": "half way"}
    with pytest.raises(ZcError, match="under way"):
        jobs.now("daily", sweeping.snapshot.jobs["daily"], "tester", print)
    leave.set()
    jobs.stop()
    assert jobs.progress() == {}


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
    assert (run.ok, run.note) == (True, "{'swept': 3}")
    sweeping.run_job("daily", {**sweeping.snapshot.jobs["daily"], "with": {"rooms": "many"}})
    run = sweeping.store.job_runs.last("daily")[0]
    assert not run.ok
    assert "rooms" in run.note


def test_a_job_never_runs_twice_at_once(
    sweeping: Platform, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("core.run.jobs.CLOCK_STEP_S", 0.05)
    begun, leave = [], threading.Event()

    def run(name: str, job: Mapping[str, Any], asked_by: str, tell: Any) -> None:
        begun.append(name)
        leave.wait(30)

    skipped = threading.Event()
    monkeypatch.setattr("core.run.jobs.log.warning", lambda text, name: skipped.set())
    homes.write(
        sweeping.home.root, "config/jobs/often.yaml", "title: 任务\nrun: sweep\nwith: {rooms: 3}\nevery: 1 second\n"
    )
    assert sweeping.reload(who="test").activated
    jobs = Jobs(run)
    jobs.adopt(sweeping.snapshot)
    jobs.start()
    assert skipped.wait(30)
    assert begun == ["often"]
    assert {row["job"] for row in jobs.rows() if row["running"]} == {"often"}
    leave.set()
    jobs.stop()
    assert not any(row["running"] for row in jobs.rows())
