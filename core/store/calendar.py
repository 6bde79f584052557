"""Grains of time as SQL over cells s, and the condition on them: core.entity.calendar says what their values are.

Only sums, products and whole division are used, which both databases do alike; a remainder is what division leaves.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from core.entity.calendar import as_date
from core.entity.statistic import HOUR_MS

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ON = 's."day"'
MONTH_OF_DAY = f"{ON} / 100"
MONTH_NUMBER = f"({ON} / 100 - {ON} / 10000 * 100)"
DAY_OF_MONTH = f"({ON} - {ON} / 100 * 100)"
# The number of a civil day since 4713 BC (Fliegel and Van Flandern 1968, years from March); of a Monday 7 divides it.
_A = f"((14 - {MONTH_NUMBER}) / 12)"
_Y = f"({ON} / 10000 + 4800 - {_A})"
_M = f"({MONTH_NUMBER} + 12 * {_A} - 3)"
JULIAN = f"({DAY_OF_MONTH} + (153 * {_M} + 2) / 5 + 365 * {_Y} + {_Y} / 4 - {_Y} / 100 + {_Y} / 400 - 32045)"
JULIAN_OF_ORDINAL = 1_721_425  # of date.toordinal() == 0

EXPRESSIONS = {
    "hour": 's."hour"',
    "day": ON,
    "xun": f"({MONTH_OF_DAY} * 10 + CASE WHEN {DAY_OF_MONTH} > 20 THEN 3 WHEN {DAY_OF_MONTH} > 10 THEN 2 ELSE 1 END)",
    "week": f"({JULIAN} / 7)",
    "month": f"({MONTH_OF_DAY})",
    "quarter": f"({ON} / 10000 * 10 + ({MONTH_NUMBER} + 2) / 3)",
    "year": f"({ON} / 10000)",
    "weekday": f"({JULIAN} - {JULIAN} / 7 * 7 + 1)",
}
"""Each grain but hour_of_day, which follows the zone; of weeks their number since 4713 BC, see `week`."""


def hour_of_day(zone: ZoneInfo, first: int, last: int, hour: str = 's."hour"') -> str:
    """0 to 23 of an hour as SQL, UTC milliseconds of its start, whose day lies between `first` and `last`, yyyymmdd."""
    local = f"({hour} + {_offset(zone, first, last, hour)}) / {HOUR_MS}"
    return f"({local} - ({local}) / 24 * 24)"


def week(number: int) -> int:
    """202648 of a week's number."""
    year, number_of_year, _ = date.fromordinal(number * 7 - JULIAN_OF_ORDINAL).isocalendar()
    return year * 100 + number_of_year


def week_number(value: int) -> int:
    """The number of the week 202648."""
    return (date.fromisocalendar(value // 100, value % 100, 1).toordinal() + JULIAN_OF_ORDINAL) // 7


def _offset(zone: ZoneInfo, first: int, last: int, hour: str) -> str:
    """Milliseconds by which the zone is ahead of UTC in an hour of these days, each change looked up beforehand."""
    at = datetime.combine(as_date(first), datetime.min.time(), tzinfo=UTC) - DAY
    until = datetime.combine(as_date(last), datetime.min.time(), tzinfo=UTC) + 2 * DAY
    offset, changes = _ahead(at, zone), []
    while at < until:
        if _ahead(at + DAY, zone) != offset:
            change = next(then for then in (at + step * HOUR for step in range(1, 25)) if _ahead(then, zone) != offset)
            changes.append(f"WHEN {hour} < {int(change.timestamp()) * 1000} THEN {offset}")
            offset = _ahead(at + DAY, zone)
        at += DAY
    return f"CASE {' '.join(changes)} ELSE {offset} END" if changes else str(offset)


def _ahead(at: datetime, zone: ZoneInfo) -> int:
    ahead = at.astimezone(zone).utcoffset()
    return int(ahead.total_seconds()) * 1000 if ahead is not None else 0
