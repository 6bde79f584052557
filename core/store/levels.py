"""How finely cells are kept, and how a window of time is made up of months, days and hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.entity.calendar import as_date, as_day, months_on
from core.entity.statistic import HOUR_MS
from core.entity.types.time import moment

HOUR, DAY, MONTH, MONTH_HOUR = 0, 1, 2, 3
"""The last is an hour of the day through a whole month: 8 of November."""


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time as cells have it: civil days from `first` to `last` (yyyymmdd), both inclusive. On the first day
    hours count from `start`, on the last up to `end`, UTC milliseconds of hours; None for the whole day."""

    first: int
    last: int
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Cells of one level, from the day `first` to `last`, of hours from `start` up to `end`; None for no bound, and for
    the level of a table that has one."""

    level: int | None
    first: int | None = None
    last: int | None = None
    start: int | None = None
    end: int | None = None

    def sql(self) -> tuple[str, list[Any]]:
        """The condition on cells s, and its values."""
        days = {'"level" = ?': self.level, '"day" >= ?': self.first, '"day" <= ?': self.last}
        tests = {**days, '"hour" >= ?': self.start, '"hour" < ?': self.end}
        said = {f"s.{test}": value for test, value in tests.items() if value is not None}
        return " AND ".join(said) or "1 = 1", [*said.values()]


NOWHEN = Window(20_000_102, 20_000_101)
"""A window without a day."""


def window_of(start_ms: int, end_ms: int, zone: ZoneInfo, hourly: bool) -> Window:
    """The window of UTC milliseconds, half-open: of whole hours where cells have hours, else of whole days; what is
    begun counts whole."""
    if end_ms <= start_ms:
        return NOWHEN
    first, last = (moment(ms, zone).date() for ms in (start_ms, end_ms - 1))
    if not hourly:
        return Window(as_day(first), as_day(last))
    start, end = start_ms - start_ms % HOUR_MS, end_ms + -end_ms % HOUR_MS
    return Window(
        as_day(first),
        as_day(last),
        start if start_ms > midnight(first, zone) else None,
        end if end_ms < midnight(last + timedelta(days=1), zone) else None,
    )


def midnight(day: date, zone: ZoneInfo) -> int:
    """UTC milliseconds at which a civil day begins."""
    return int(datetime.combine(day, time(), tzinfo=zone).timestamp()) * 1000


def spans(window: Window | None, finest: int, coarsest: int) -> list[Span]:
    """The fewest cells that make up the window: whole months from months, whole days from days, the rest from hours.
    `finest` is the finest level that is kept, `coarsest` the coarsest that still answers the question; where that is
    hours of the day, days that are no whole month are from hours. Without a window all there is."""
    if window is None:
        return [Span(coarsest)]
    made = []
    first, last = as_date(window.first), as_date(window.last)
    if finest == HOUR and window.first == window.last and (window.start, window.end) != (None, None):
        return [Span(HOUR, window.first, window.last, window.start, window.end)]
    if finest == HOUR and window.start is not None:
        made.append(Span(HOUR, window.first, window.first, window.start))
        first += timedelta(days=1)
    if finest == HOUR and window.end is not None:
        made.append(Span(HOUR, window.last, window.last, None, window.end))
        last -= timedelta(days=1)
    return made + _days(first, last, coarsest) or [Span(coarsest, window.first, window.last)]


def _days(first: date, last: date, coarsest: int) -> list[Span]:
    """Whole days, those of whole months from months."""
    below = HOUR if coarsest == MONTH_HOUR else DAY
    if first > last:
        return []
    if coarsest < MONTH:
        return [Span(coarsest, as_day(first), as_day(last))]
    months_from = first if first.day == 1 else months_on(first.replace(day=1), 1)
    months_until = (last + timedelta(days=1)).replace(day=1)  # the first month that is not whole
    if months_from >= months_until:
        return [Span(below, as_day(first), as_day(last))]
    made = [Span(coarsest, as_day(months_from), as_day(months_until - timedelta(days=1)))]
    if first < months_from:
        made.append(Span(below, as_day(first), as_day(months_from - timedelta(days=1))))
    if months_until <= last:
        made.append(Span(below, as_day(months_until), as_day(last)))
    return made


def month_of(day: int) -> int:
    """The first day of a day's month."""
    return day - day % 100 + 1


def days_of(month: int) -> list[int]:
    """Every day of the month whose first day it is."""
    first = as_date(month)
    return [as_day(first + timedelta(days=at)) for at in range((months_on(first.replace(day=1), 1) - first).days)]
