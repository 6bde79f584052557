"""Grains of time as SQL, against Python's own calendar: leap days, the weeks of New Year, ten-day periods of every
month, clocks that are put on and back."""

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.store import calendar
from core.store.levels import days_of

HOUR = timedelta(hours=1)
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata")
dates = st.dates(date(1980, 1, 1), date(2100, 12, 31))
near_new_year = st.builds(
    lambda year, days: date(year, 1, 1) + timedelta(days), st.integers(1981, 2099), st.integers(-8, 8)
)


def evaluated(expression, day, hour=0):
    with closing(sqlite3.connect(":memory:")) as database:
        sql = f"SELECT {expression} FROM (SELECT ? AS day, ? AS hour) AS s"
        return database.execute(sql, (int(f"{day:%Y%m%d}"), hour)).fetchone()[0]


@given(st.one_of(dates, near_new_year, st.sampled_from([date(2024, 2, 29), date(2000, 2, 29), date(2100, 2, 28)])))
def test_grains_of_a_day(day):
    said = {grain: evaluated(text, day) for grain, text in calendar.EXPRESSIONS.items() if grain != "hour"}
    year, week, weekday = day.isocalendar()
    assert said == {
        "day": int(f"{day:%Y%m%d}"),
        "xun": int(f"{day:%Y%m}{'1' if day.day <= 10 else '2' if day.day <= 20 else '3'}"),
        "week": said["week"],
        "month": int(f"{day:%Y%m}"),
        "quarter": day.year * 10 + (day.month - 1) // 3 + 1,
        "year": day.year,
        "weekday": weekday,
    }
    assert calendar.week(said["week"]) == year * 100 + week
    assert calendar.week_number(year * 100 + week) == said["week"]
    month = days_of(int(f"{day:%Y%m}01"))
    assert (month[0], int(f"{day:%Y%m%d}") in month, len({*month})) == (int(f"{day:%Y%m}01"), True, len(month))


@pytest.mark.parametrize("name", ZONES)
@given(first=dates.filter(lambda day: day.year < 2037), days=st.integers(0, 400), data=st.data())
def test_hours_of_the_day_follow_the_zone(name, first, days, data):
    zone, last = ZoneInfo(name), first + timedelta(days)
    begins = datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)
    hours = (days + 1) * 24
    text = calendar.hour_of_day(zone, int(f"{first:%Y%m%d}"), int(f"{last:%Y%m%d}"))
    at = begins.replace(minute=0) + data.draw(st.integers(0, hours - 1)) * HOUR
    assert evaluated(text, first, int(at.timestamp()) * 1000) == at.astimezone(zone).hour
