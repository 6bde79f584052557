"""When jobs are due: in schedule's terms, by the calendar of the site's zone, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import schedule
from hypothesis import given
from hypothesis import strategies as st

from core.run.job_plan import falls_on, in_words, interval, next_due, planned, resumed, was_due
from tests.core.run import homes

CALENDAR: list[dict[str, Any]] = [
    {"daily": "03:30"},
    {"weekly": {"day": "sunday", "at": "03:30"}},
    {"monthly": {"day": 28, "at": "03:30"}},
    {"monthly": {"day": "last", "at": "03:30"}},
]


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
@given(now=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), gap=st.integers(1, 100 * 24 * 60))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_what_was_due_is_what_the_calendar_says(job: Mapping[str, Any], now: datetime, gap: int) -> None:
    here = now.replace(tzinfo=homes.ZONE, second=0, microsecond=0)
    since = here - timedelta(minutes=gap)
    upcoming = next_due(job, since, homes.ZONE)
    assert upcoming > since
    assert was_due(job, since, here, homes.ZONE) == (upcoming <= here)
    assert falls_on(job, upcoming)
    assert (upcoming.hour, upcoming.minute) == (3, 30)


@given(st.integers(0, 10**7), st.sampled_from(["7 seconds", "10 minutes", "2 hours", "3 days"]))
def test_an_interval_counts_from_the_last_run(passed_s: int, every: str) -> None:
    job, since = {"every": every}, datetime(2026, 11, 1, tzinfo=UTC)
    now = since + timedelta(seconds=passed_s)
    upcoming = resumed(job, since, now)
    assert now < upcoming <= now + interval(job)
    assert (upcoming - since) % interval(job) == timedelta()
    assert was_due(job, since, now, homes.ZONE) == (upcoming > since + interval(job))


def test_plans_are_told_in_words() -> None:
    jobs = ({"every": "10 minutes"}, *CALENDAR)
    said = ["每 10 分钟", "每天 03:30", "每周日 03:30", "每月 28 日 03:30", "每月最后一天 03:30"]
    assert [in_words(job) for job in jobs] == said
