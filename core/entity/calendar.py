"""What time a statistic may be asked by: the grains of the calendar, how their values are kept, shown and told.

Values are whole numbers: hour UTC milliseconds of its start, day 20261123, xun 2026113 (the third ten days of the
month), week 202648 (ISO 8601), month 202611, quarter 20264, year 2026, hour_of_day 0 to 23, weekday 1 (Monday) to 7.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from zoneinfo import ZoneInfo

from core.entity.entity import Field
from core.entity.types import CORE
from core.entity.types.time import moment

PERIODS = ("hour", "day", "xun", "week", "month", "quarter", "year")
"""Grains that follow each other; the others come again and again."""
OF_HOURS = frozenset({"hour", "hour_of_day"})
OF_MONTHS = frozenset({"month", "quarter", "year"})

GRAINS: Mapping[str, Field] = MappingProxyType(
    {
        name: Field(name, CORE["time" if name == "hour" else "integer"], label)
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
