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

from core.run.home import Home
from core.run.jobs import Jobs, falls_on, planned
from core.run.live import Platform
from tests.core.run import homes

PYTHON = """from core import api


def sweep(live, rooms):
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

    def run(name: str, job: Mapping[str, Any]) -> None:
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
