"""A window is made up of the fewest cells, each of its hours once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entity.calendar import as_date, as_day, months_on
from core.entity.statistic import HOUR_MS
from core.store.levels import DAY, HOUR, MONTH, NOWHEN, Span, Window, days_of, midnight, month_of, spans, window_of

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = 1_767_196_800_000  # 2026-01-01 in the zone
hours = st.integers(0, 24 * 500)


def hours_of(span: Span) -> Iterator[int]:
    """The hours that lie in the cells of a span."""
    assert span.first is not None
    assert span.last is not None
    start, end = midnight(as_date(span.first), ZONE), midnight(as_date(span.last) + timedelta(days=1), ZONE)
    if span.level == MONTH:
        assert span.first % 100 == 1
        assert (as_date(span.last) + timedelta(days=1)).day == 1
    yield from range(max(start, span.start or 0), min(end, span.end or end), HOUR_MS)


@given(start=hours, length=st.integers(1, 24 * 500), level=st.sampled_from([HOUR, DAY, MONTH]))
def test_every_hour_lies_in_one_cell(start: int, length: int, level: int) -> None:
    start_ms, end_ms = FIRST + start * HOUR_MS, FIRST + (start + length) * HOUR_MS
    made = spans(window_of(start_ms, end_ms, ZONE, hourly=True), HOUR, level)
    found = Counter(hour for span in made for hour in hours_of(span))
    assert found == dict.fromkeys(range(start_ms, end_ms, HOUR_MS), 1)
    assert all(span.level <= level for span in made)
    whole_days = [span for span in made if span.start is None and span.end is None]
    assert all(span.level == min(level, DAY) or span.level == MONTH for span in whole_days)


@given(first=st.dates(date(2026, 1, 1), date(2026, 12, 31)), days=st.integers(0, 800))
def test_whole_months_are_taken_from_months(first, days) -> None:
    last = first + timedelta(days=days)
    made = spans(Window(as_day(first), as_day(last)), DAY, MONTH)
    of_days = sum((as_date(span.last) - as_date(span.first)).days + 1 for span in made if span.level == DAY)
    assert of_days <= 60
    assert len(made) <= 3


def test_windows_of_hours_and_days() -> None:
    at = FIRST + 8 * HOUR_MS
    assert window_of(FIRST, FIRST + 24 * HOUR_MS, ZONE, hourly=True) == Window(20260101, 20260101)
    assert window_of(at + 1, at + 2, ZONE, hourly=True) == Window(20260101, 20260101, at, at + HOUR_MS)
    assert window_of(at, at + 1, ZONE, hourly=False) == Window(20260101, 20260101)
    assert window_of(at, at, ZONE, hourly=True) == NOWHEN
    assert spans(None, HOUR, MONTH) == [Span(MONTH)]
    assert spans(NOWHEN, HOUR, DAY) == [Span(DAY, NOWHEN.first, NOWHEN.last)]


@pytest.mark.parametrize(("month", "number"), [(20260201, 28), (20240201, 29), (20261201, 31)])
def test_the_days_of_a_month(month: int, number: int) -> None:
    assert len(days_of(month)) == number
    assert {month_of(day) for day in days_of(month)} == {month}
    assert as_day(months_on(as_date(month), 1) - timedelta(days=1)) == days_of(month)[-1]
