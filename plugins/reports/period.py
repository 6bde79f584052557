"""The stretches of days that reports are about: how they are written, where they begin and end, what precedes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core import api

KINDS = ("day", "week", "xun", "month", "quarter", "year")
WRITTEN = {
    "day": "2026-10-21",
    "week": "2026-W43",
    "xun": "2026-10-X2",
    "month": "2026-10",
    "quarter": "2026-Q3",
    "year": "2026",
}
"""An example of each, as an operator writes it; xun are the ten days of a month (旬), the last to its end."""

PATTERNS = {
    "day": re.compile(r"(\d{4})-(\d{2})-(\d{2})"),
    "week": re.compile(r"(\d{4})-W(\d{2})"),
    "xun": re.compile(r"(\d{4})-(\d{2})-X([123])"),
    "month": re.compile(r"(\d{4})-(\d{2})"),
    "quarter": re.compile(r"(\d{4})-Q([1-4])"),
    "year": re.compile(r"(\d{4})"),
}
XUN = ("上旬", "中旬", "下旬")
QUARTERS = ("一", "二", "三", "四")
LAST_XUN = 3


@dataclass(frozen=True)
class Period:
    """Civil days from `first` up to the day before `end`. `id` is as an operator writes it, `title` as staff say it."""

    kind: str
    id: str
    title: str
    first: date
    end: date

    @property
    def last(self) -> date:
        """The last day of it."""
        return self.end - timedelta(days=1)


def period(kind: str, text: str) -> Period:
    """The period of that kind which `text` writes. ZcError for anything else."""
    found = PATTERNS[kind].fullmatch(text)
    try:
        if found is not None:
            return _MADE[kind](*map(int, found.groups()))
    except ValueError:
        pass  # a month 13, a week 54: told below
    raise api.ZcError(f"'{text}' is no {kind}", f"Write it as {WRITTEN[kind]}.")


def last_ended(kind: str, today: date) -> Period:
    """The newest period of that kind that is over."""
    return holding(kind, holding(kind, today).first - timedelta(days=1))


def holding(kind: str, day: date) -> Period:
    """The period of that kind in which the day lies."""
    year, week, _ = day.isocalendar()
    numbers = {
        "day": (day.year, day.month, day.day),
        "week": (year, week),
        "xun": (day.year, day.month, min((day.day - 1) // 10 + 1, LAST_XUN)),
        "month": (day.year, day.month),
        "quarter": (day.year, (day.month - 1) // 3 + 1),
        "year": (day.year,),
    }
    return _MADE[kind](*numbers[kind])


def year_to_date(about: Period) -> tuple[date, date]:
    """(first day, day after the last): from the beginning of the year to the end of the period."""
    return date(about.last.year, 1, 1), about.end


def twelve_months(about: Period) -> tuple[date, date]:
    """(first day, day after the last): the twelve months that end with that of the period's last day."""
    return _month_on(about.last.replace(day=1), -11), about.end


def _month_on(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def _day(year: int, month: int, day: int) -> Period:
    first = date(year, month, day)
    return Period("day", f"{first:%Y-%m-%d}", f"{year}年{month}月{day}日", first, first + timedelta(days=1))


def _week(year: int, week: int) -> Period:
    first = date.fromisocalendar(year, week, 1)
    last = first + timedelta(days=6)
    title = f"{year}年第{week}周（{first.month}月{first.day}日至{last.month}月{last.day}日）"
    return Period("week", f"{year}-W{week:02d}", title, first, first + timedelta(days=7))


def _xun(year: int, month: int, third: int) -> Period:
    first = date(year, month, 10 * (third - 1) + 1)
    end = first + timedelta(days=10) if third < LAST_XUN else _month_on(first.replace(day=1), 1)
    return Period("xun", f"{year}-{month:02d}-X{third}", f"{year}年{month}月{XUN[third - 1]}", first, end)


def _month(year: int, month: int) -> Period:
    first = date(year, month, 1)
    return Period("month", f"{year}-{month:02d}", f"{year}年{month}月", first, _month_on(first, 1))


def _quarter(year: int, quarter: int) -> Period:
    first = date(year, 3 * quarter - 2, 1)
    return Period("quarter", f"{year}-Q{quarter}", f"{year}年第{QUARTERS[quarter - 1]}季度", first, _month_on(first, 3))


def _year(year: int) -> Period:
    return Period("year", f"{year}", f"{year}年", date(year, 1, 1), date(year + 1, 1, 1))


_MADE: Mapping[str, Callable[..., Period]] = {
    "day": _day, "week": _week, "xun": _xun, "month": _month, "quarter": _quarter, "year": _year,
}  # fmt: skip
