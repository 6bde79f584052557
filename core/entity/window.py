"""Time windows of conditions, in the site's zone: what `within` says about a time field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.entity.types.time import epoch_ms, moment

WORDS = "today, yesterday, this_week, this_month, this_quarter, this_year, last_week, last_month, '7 days', '3 hours'"
_SPAN = re.compile(r"([1-9][0-9]{0,4}) (minute|hour|day|week)s?")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")
_LENGTHS_MS = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000, "week": 604_800_000}


def window(text: Any, zone: ZoneInfo, now_ms: int) -> tuple[int, int]:
    """(start_ms, end_ms), half-open, of a word, a span such as "7 days" (up to and with now), a day or a month.

    Weeks begin on Monday. ValueError for anything else.
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
    if written not in _DAYS_OF:
        raise ValueError("not a window")
    return _DAYS_OF[written](today)


def moves(text: Any) -> bool:
    """Whether the window is another one tomorrow."""
    return isinstance(text, str) and (text in _DAYS_OF or _SPAN.fullmatch(text) is not None)


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


def _quarter(today: date) -> tuple[date, date]:
    first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return first, _months_on(first, 3)


_DAYS_OF: Mapping[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda today: (today, today + timedelta(days=1)),
    "yesterday": lambda today: (today - timedelta(days=1), today),
    "this_week": lambda today: _week(today, 0),
    "last_week": lambda today: _week(today, -1),
    "this_month": lambda today: _month(today, 0),
    "last_month": lambda today: _month(today, -1),
    "this_quarter": _quarter,
    "this_year": lambda today: (date(today.year, 1, 1), date(today.year + 1, 1, 1)),
}
