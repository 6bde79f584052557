"""Time windows of conditions, in the site's zone: what `within` says about a time field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.entity.calendar import end_of, start_of
from core.entity.types.time import epoch_ms, moment

WORDS = (
    "today, yesterday, this_week, this_period, this_month, this_quarter, this_year, last_week, last_period, "
    "last_month, last_quarter, last_year, 'this_month a year ago', '7 days', '3 hours'"
)
YEAR_AGO = " a year ago"
HOURLY = ("hour", "minute")
"""In the windows that do not begin with a day."""
_SPAN = re.compile(r"([1-9][0-9]{0,4}) (minute|hour|day|week)s?")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_PERIODS = {
    "year": re.compile(r"[0-9]{4}"),
    "quarter": re.compile(r"[0-9]{4}-Q[1-4]"),
    "week": re.compile(r"[0-9]{4}-W[0-9]{2}"),
    "xun": re.compile(r"[0-9]{4}-[0-9]{2}-X[1-3]"),
}
_LENGTHS_MS = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000, "week": 604_800_000}


def window(text: Any, zone: ZoneInfo, now_ms: int) -> tuple[int, int]:
    """(start_ms, end_ms), half-open, of a word, a span such as "7 days" (up to and with now), a day or a month.

    Weeks begin on Monday; a period is ten days of a month (旬), the last one to its end. "WORD a year ago" is the same
    period of last year: from a year before it began to the end of today's date then. So are the periods of statistics,
    as they are shown: 2026, 2026-Q4, 2026-W48, 2026-11-X3 (the third ten days). ValueError for anything else.
    """
    written = text if isinstance(text, str) else ""
    if span := _SPAN.fullmatch(written):
        end = now_ms + 1
        return end - int(span[1]) * _LENGTHS_MS[span[2]], end
    first, end_day = _days(written, moment(now_ms, zone).date())
    return _ms(first, zone), _ms(end_day, zone)


def _days(written: str, today: date) -> tuple[date, date]:
    """The first day of the window, and the one after its last."""
    if day := _DAY.fullmatch(written):
        first = date(int(day[1]), int(day[2]), int(day[3]))
        return first, first + timedelta(days=1)
    if month := _MONTH.fullmatch(written):
        first = date(int(month[1]), int(month[2]), 1)
        return first, _months_on(first, 1)
    for grain, pattern in _PERIODS.items():
        if pattern.fullmatch(written):
            value = int("".join(filter(str.isdigit, written)))
            return start_of(grain, value), end_of(grain, value) + timedelta(days=1)
    word = written.removesuffix(YEAR_AGO)
    if word not in _DAYS_OF:
        raise ValueError("not a window")
    first, end = _DAYS_OF[word](today)
    return (first, end) if word == written else (_year_ago(first), _year_ago(min(end, today + timedelta(days=1))))


def moves(text: Any) -> bool:
    """Whether the window is another one tomorrow."""
    return isinstance(text, str) and (text.removesuffix(YEAR_AGO) in _DAYS_OF or _SPAN.fullmatch(text) is not None)


def _ms(day: date, zone: ZoneInfo) -> int:
    return epoch_ms(datetime.combine(day, time(), tzinfo=zone))


def _months_on(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _week(today: date, weeks: int) -> tuple[date, date]:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)
    return monday, monday + timedelta(weeks=1)


def _month(today: date, months: int) -> tuple[date, date]:
    first = _months_on(today.replace(day=1), months)
    return first, _months_on(first, 1)


def _quarter(today: date, quarters: int) -> tuple[date, date]:
    first = _months_on(date(today.year, (today.month - 1) // 3 * 3 + 1, 1), 3 * quarters)
    return first, _months_on(first, 3)


def _period(today: date, periods: int) -> tuple[date, date]:
    """Ten days of a month: 1 to 10, 11 to 20, 21 to its end."""
    count = (today.year * 12 + today.month - 1) * 3 + min((today.day - 1) // 10, 2) + periods
    return _period_start(count), _period_start(count + 1)


def _period_start(count: int) -> date:
    months, third = divmod(count, 3)
    return date(months // 12, months % 12 + 1, 1 + 10 * third)


def _year_ago(day: date) -> date:
    """The same date of the year before; of 29 February the 28th."""
    leap = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if leap else day.day)


_DAYS_OF: Mapping[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda today: (today, today + timedelta(days=1)),
    "yesterday": lambda today: (today - timedelta(days=1), today),
    "this_week": lambda today: _week(today, 0),
    "last_week": lambda today: _week(today, -1),
    "this_month": lambda today: _month(today, 0),
    "last_month": lambda today: _month(today, -1),
    "this_period": lambda today: _period(today, 0),
    "last_period": lambda today: _period(today, -1),
    "this_quarter": lambda today: _quarter(today, 0),
    "last_quarter": lambda today: _quarter(today, -1),
    "this_year": lambda today: (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
    "last_year": lambda today: (date(today.year - 1, 1, 1), date(today.year, 1, 1)),
}
