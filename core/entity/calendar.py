"""What time a statistic may be asked by: the grains of the calendar, how their values are kept, shown and told.

Values are whole numbers: hour UTC milliseconds of its start, day 20261123, xun 2026113 (the third ten days of the
month), week 202648 (ISO 8601), month 202611, quarter 20264, year 2026, hour_of_day 0 to 23, weekday 1 (Monday) to 7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from core.entity.entity import Field
from core.entity.field_type import Reading, ValueRefused
from core.entity.types import CORE
from core.entity.types.number import Integer
from core.entity.types.time import moment

PERIODS = ("hour", "day", "xun", "week", "month", "quarter", "year")
"""Grains that follow each other; the others come again and again."""
OF_HOURS = frozenset({"hour", "hour_of_day"})
OF_MONTHS = frozenset({"month", "quarter", "year"})


class Grain(Integer):
    """A value of a grain, read as it is kept or as it is shown: 202611 or 2026-11."""

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], int]:
        """Number or shown text → whole number. ValueRefused: wrong_type."""
        number = super().reader(field, reading)

        def read(value: Any) -> int:
            text = isinstance(value, str) and value[:4].isdigit()
            found = number("".join(filter(str.isdigit, value)) if text else value)
            try:
                start_of(field.name, found)
            except (ValueError, IndexError):
                raise ValueRefused("wrong_type", value=value, label=field.label) from None
            return found

        return read


GRAINS: Mapping[str, Field] = MappingProxyType(
    {
        name: Field(name, CORE["time"] if name == "hour" else Grain(), label)
        for name, label in (
            ("hour", "小时"),
            ("day", "日期"),
            ("xun", "旬"),
            ("week", "周"),
            ("month", "月份"),
            ("quarter", "季度"),
            ("year", "年份"),
            ("hour_of_day", "时段"),
            ("weekday", "星期"),
        )
    }
)
THIRDS = "上中下"
WEEKDAYS = "一二三四五六日"


def as_date(day: int) -> date:
    """The civil date of 20261123."""
    return date(day // 10_000, day // 100 % 100, day % 100)


def as_day(of: date) -> int:
    """20261123 of a civil date."""
    return of.year * 10_000 + of.month * 100 + of.day


def start_of(grain: str, value: int) -> date:
    """The first day of a value's period; ValueError for what is none. Of grains that come again any day."""
    match grain:
        case "xun":
            return date(value // 1000, value // 10 % 100, (1, 11, 21)[value % 10 - 1 if value % 10 else 9])
        case "week":
            return date.fromisocalendar(value // 100, value % 100, 1)
        case "month":
            return date(value // 100, value % 100, 1)
        case "quarter":
            return date(value // 10, value % 10 * 3 - 2, 1)
        case "year":
            return date(value, 1, 1)
        case "day":
            return as_date(value)
    if (grain == "weekday" and not 1 <= value <= 7) or (grain == "hour_of_day" and not 0 <= value <= 23):
        raise ValueError(value)
    return date(1970, 1, 1)


def value_of(grain: str, day: date) -> int:
    """The value of the period of a grain, coarser than hours, in which a day lies."""
    match grain:
        case "xun":
            return (day.year * 100 + day.month) * 10 + min((day.day - 1) // 10, 2) + 1
        case "week":
            year, number, _ = day.isocalendar()
            return year * 100 + number
        case "month":
            return day.year * 100 + day.month
        case "quarter":
            return day.year * 10 + (day.month + 2) // 3
        case "year":
            return day.year
    return as_day(day)


def end_of(grain: str, value: int) -> date:
    """The last day of a value's period."""
    first = start_of(grain, value)
    if grain == "week":
        return first + timedelta(days=6)
    if grain in ("day", "hour"):
        return first
    if grain == "xun" and value % 10 < 3:
        return first + timedelta(days=9)
    months = {"xun": 1, "month": 1, "quarter": 3, "year": 12}[grain]
    return months_on(first.replace(day=1), months) - timedelta(days=1)


def months_on(day: date, months: int) -> date:
    """The same day so many months later, the last of the month where it has none such."""
    count = day.year * 12 + day.month - 1 + months
    first = date(count // 12, count % 12 + 1, 1)
    length = (date((count + 1) // 12, (count + 1) % 12 + 1, 1) - first).days
    return first.replace(day=min(day.day, length))


def shown(grain: str, value: int, zone: ZoneInfo) -> str | int:
    """A value as programs see it; days, months and the like are windows of conditions."""
    match grain:
        case "hour":
            return moment(value, zone).isoformat(timespec="seconds")
        case "day":
            return f"{value // 10_000:04d}-{value // 100 % 100:02d}-{value % 100:02d}"
        case "xun":
            return f"{value // 1000:04d}-{value // 10 % 100:02d}-X{value % 10}"
        case "week":
            return f"{value // 100:04d}-W{value % 100:02d}"
        case "month":
            return f"{value // 100:04d}-{value % 100:02d}"
        case "quarter":
            return f"{value // 10:04d}-Q{value % 10}"
        case "year":
            return f"{value:04d}"
    return value


def told(grain: str, value: int, zone: ZoneInfo) -> str:
    """A value as staff say it."""
    match grain:
        case "hour":
            return f"{moment(value, zone):%Y-%m-%d %H}时"
        case "xun":
            return f"{value // 1000}年{value // 10 % 100}月{THIRDS[value % 10 - 1]}旬"
        case "week":
            return f"{value // 100}年第{value % 100}周"
        case "month":
            return f"{value // 100}年{value % 100}月"
        case "quarter":
            return f"{value // 10}年第{value % 10}季度"
        case "year":
            return f"{value}年"
        case "hour_of_day":
            return f"{value}时"
        case "weekday":
            return f"星期{WEEKDAYS[value - 1]}"
    return str(shown(grain, value, zone))
