"""Periods: written, told, and one behind the other without a gap."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api import ZcError

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
KINDS = st.sampled_from(["day", "week", "xun", "month", "quarter", "year"])


@pytest.fixture(scope="module")
def period(part):
    return part("period")


def test_every_day_lies_in_one_period_that_reads_back_as_it_is_written(period):
    @given(KINDS, DAYS)
    def holds(kind, day):
        found = period.holding(kind, day)
        assert found.first <= day < found.end
        assert period.period(kind, found.id) == found
        assert period.holding(kind, found.first) == period.holding(kind, found.last) == found
        assert period.holding(kind, found.end).first == found.end
        assert period.last_ended(kind, found.end).end == found.end

    holds()


@pytest.mark.parametrize(
    ("kind", "text", "first", "days", "title"),
    [
        ("day", "2026-10-21", date(2026, 10, 21), 1, "2026年10月21日"),
        ("week", "2026-W43", date(2026, 10, 19), 7, "2026年第43周（10月19日至10月25日）"),
        ("week", "2026-W53", date(2026, 12, 28), 7, "2026年第53周（12月28日至1月3日）"),
        ("xun", "2026-02-X3", date(2026, 2, 21), 8, "2026年2月下旬"),
        ("xun", "2026-10-X1", date(2026, 10, 1), 10, "2026年10月上旬"),
        ("month", "2028-02", date(2028, 2, 1), 29, "2028年2月"),
        ("quarter", "2026-Q3", date(2026, 7, 1), 92, "2026年第三季度"),
        ("year", "2026", date(2026, 1, 1), 365, "2026年"),
    ],
)
def test_each_kind_as_an_operator_writes_it(period, kind, text, first, days, title):
    found = period.period(kind, text)
    assert (found.first, found.end - found.first, found.title) == (first, timedelta(days=days), title)


@pytest.mark.parametrize(
    ("kind", "text"),
    [("month", "2026-13"), ("day", "2026-02-30"), ("week", "2025-W53"), ("quarter", "2026-Q5"), ("month", "2026-Q1"),
     ("xun", "2026-10-2"), ("year", "26"), ("year", "0000")],
)  # fmt: skip
def test_what_is_no_period_is_told_with_an_example(period, kind, text):
    with pytest.raises(ZcError, match=f"'{text}' is no {kind}") as refused:
        period.period(kind, text)
    assert period.WRITTEN[kind] in refused.value.instruction


def test_longer_spans_end_with_the_period(period):
    about = period.period("month", "2026-10")
    assert period.year_to_date(about) == (date(2026, 1, 1), date(2026, 11, 1))
    assert period.twelve_months(about) == (date(2025, 11, 1), date(2026, 11, 1))
