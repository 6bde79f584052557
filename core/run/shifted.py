"""Windows and periods moved back: to the same one of the year before (同比), or to the one before (环比).

A period that has not ended is compared as far as it has come, so a month on its 23rd day with the first 23 days of
the other. The last day of a month stays the last day of one where whole months or ten-day periods end with it; else
February's last days would be compared with one day more after a leap year.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from core.entity.calendar import PERIODS, as_date, end_of, months_on, start_of, value_of
from core.entity.statistic import HOUR_MS
from core.entity.types.time import moment

SAME_PERIOD = "same_period"
PREVIOUS = "previous"
DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}
THIRDS = (1, 11, 21)
"""Days on which months and ten-day periods begin."""


@dataclass(frozen=True, slots=True)
class Days:
    """Civil days from `first` to `last`, both inclusive."""

    first: date
    last: date


def finest(by: tuple[str, ...]) -> str | None:
    """The finest of the periods that rows are told apart by."""
    return next((grain for grain in PERIODS if grain in by), None)


def moved(days: Days, whole: Days, comparison: str) -> Days:
    """Days of a window as far as it has come, moved as the whole window is: by months where it is whole months, by
    ten-day periods where it is such, else by its length; for the same period by a year."""
    months = _months(whole)
    if comparison == SAME_PERIOD:
        return _by_months(days, 12)
    if months:
        return _by_months(days, months)
    thirds = _thirds(whole)
    if thirds:
        return _by_periods(days, "xun", thirds)
    length = whole.last - whole.first + DAY
    return Days(days.first - length, days.last - length)


def moved_by(days: Days, grain: str, comparison: str) -> Days:
    """Days of a window moved by one period of a grain, or to the same periods of the year before."""
    if comparison == SAME_PERIOD and grain == "week":
        return _by_years_weeks(days)
    if grain in MONTHS:
        last_row = max(days.first, days.last.replace(day=1))
        return _by_months(days, 12 if comparison == SAME_PERIOD else MONTHS[grain], last_row)
    if comparison == SAME_PERIOD:
        return _by_months(days, 12)
    if grain == "xun":
        return _by_periods(days, "xun", 1)
    step = 7 * DAY if grain == "week" else DAY
    return Days(days.first - step, days.last - step)


def before(grain: str, value: int, comparison: str, zone: ZoneInfo) -> int | None:
    """The value of the period that one is compared with; None where the year before had none such."""
    if grain == "hour":
        return value - HOUR_MS if comparison == PREVIOUS else _hour_a_year_before(value, zone)
    start = start_of(grain, value)
    if comparison == PREVIOUS:
        return value_of(grain, start - DAY)
    if grain == "week":
        return _week_a_year_before(value)
    if grain == "day" and (start.month, start.day) == (2, 29):
        return None
    return value_of(grain, months_on(start, -12))


def _hour_a_year_before(value: int, zone: ZoneInfo) -> int | None:
    at = moment(value, zone)
    if (at.month, at.day) == (2, 29):
        return None
    return int(at.replace(year=at.year - 1).timestamp()) * 1000


def _week_a_year_before(value: int) -> int | None:
    try:
        return value_of("week", date.fromisocalendar(value // 100 - 1, value % 100, 1))
    except ValueError:
        return None


def _by_months(days: Days, months: int, begins: date | None = None) -> Days:
    """Moved by months; `begins` is the day from which the last of them counts, the first of the days unless said."""
    last = months_on(days.last, -months)
    if (days.last + DAY).day == 1 and (begins or days.first).day in THIRDS:
        last = months_on(last.replace(day=1), 1) - DAY
    return Days(months_on(days.first, -months), last)


def _by_periods(days: Days, grain: str, number: int) -> Days:
    """Moved by whole periods, each end by its place in its own."""
    ends = []
    for day in (days.first, days.last):
        own = value_of(grain, day)
        to = own
        for _ in range(number):
            to = value_of(grain, start_of(grain, to) - DAY)
        is_end = day == end_of(grain, own) and day == days.last
        ends.append(
            end_of(grain, to) if is_end else min(start_of(grain, to) + (day - start_of(grain, own)), end_of(grain, to))
        )
    return Days(*ends)


def _by_years_weeks(days: Days) -> Days:
    """Moved to the weeks of the same numbers; from a week that the year before had not, to its last."""
    ends = []
    for day in (days.first, days.last):
        year, number, weekday = day.isocalendar()
        try:
            ends.append(date.fromisocalendar(year - 1, number, weekday))
        except ValueError:
            ends.append(date.fromisocalendar(year - 1, number - 1, weekday))
    return Days(*ends)


def _months(whole: Days) -> int:
    """How many whole months these days are; 0 where they are not."""
    after = whole.last + DAY
    if whole.first.day != 1 or after.day != 1:
        return 0
    return (after.year - whole.first.year) * 12 + after.month - whole.first.month


def _thirds(whole: Days) -> int:
    """How many whole ten-day periods these days are; 0 where they are not."""
    first, last = value_of("xun", whole.first), value_of("xun", whole.last)
    if whole.first != start_of("xun", first) or whole.last != end_of("xun", last):
        return 0
    return _third_number(last) - _third_number(first) + 1


def _third_number(value: int) -> int:
    return (value // 1000 * 12 + value // 10 % 100) * 3 + value % 10


def as_days(first: int, last: int) -> Days:
    """Of 20261101 and 20261130."""
    return Days(as_date(first), as_date(last))
