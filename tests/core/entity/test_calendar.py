"""Grains of time: the days of a period, and its value as it is kept, shown, read and told."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entity.calendar import GRAINS, as_date, as_day, end_of, months_on, shown, start_of, told, value_of
from core.entity.field_type import Reading, ValueRefused
from core.entity.window import window

ZONE = ZoneInfo("Asia/Shanghai")
OF_DAYS = ("day", "xun", "week", "month", "quarter", "year")
days = st.dates(date(1971, 1, 5), date(2199, 12, 31))


@given(day=days, grain=st.sampled_from(OF_DAYS))
def test_a_day_lies_in_its_period_and_in_no_other(day: date, grain: str) -> None:
    value = value_of(grain, day)
    first, last = start_of(grain, value), end_of(grain, value)
    assert first <= day <= last
    assert {value_of(grain, first), value_of(grain, last)} == {value}
    assert value not in {value_of(grain, first - timedelta(days=1)), value_of(grain, last + timedelta(days=1))}


@given(day=days, grain=st.sampled_from(OF_DAYS))
def test_what_is_shown_is_read_again_and_is_a_window(day: date, grain: str) -> None:
    value = value_of(grain, day)
    text = str(shown(grain, value, ZONE))
    assert GRAINS[grain].type.reader(GRAINS[grain], Reading())(text) == value
    first, end = window(text, ZONE, 0)
    assert end - first == ((end_of(grain, value) - start_of(grain, value)).days + 1) * 86_400_000 or day.year < 1992


@pytest.mark.parametrize(
    ("grain", "value", "text", "words"),
    [
        ("hour", 1_794_279_600_000, "2026-11-10T11:00:00+08:00", "2026-11-10 11时"),
        ("day", 20261110, "2026-11-10", "2026-11-10"),
        ("xun", 2026113, "2026-11-X3", "2026年11月下旬"),
        ("week", 202701, "2027-W01", "2027年第1周"),
        ("month", 202611, "2026-11", "2026年11月"),
        ("quarter", 20264, "2026-Q4", "2026年第4季度"),
        ("year", 2026, "2026", "2026年"),
        ("hour_of_day", 7, 7, "7时"),
        ("weekday", 7, 7, "星期日"),
    ],
)
def test_values_are_shown_and_told(grain: str, value: int, text: str | int, words: str) -> None:
    assert (shown(grain, value, ZONE), told(grain, value, ZONE)) == (text, words)


@pytest.mark.parametrize(
    ("grain", "value"),
    [
        ("day", "2026-02-30"), ("xun", 2026114), ("xun", 2026110), ("week", "2025-W53"), ("month", "2026-13"),
        ("quarter", "2026-Q5"), ("weekday", 0), ("weekday", 8), ("hour_of_day", 24), ("month", "soon"), ("year", 1.5),
    ],
)  # fmt: skip
def test_what_is_no_value_is_refused(grain: str, value: object) -> None:
    with pytest.raises(ValueRefused):
        GRAINS[grain].type.reader(GRAINS[grain], Reading())(value)


def test_months_later_the_same_day_or_the_last() -> None:
    assert months_on(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_on(date(2024, 2, 29), -12) == date(2023, 2, 28)
    assert months_on(date(2026, 11, 10), 14) == date(2028, 1, 10)
    assert as_date(as_day(date(2026, 11, 10))) == date(2026, 11, 10)
