"""Time windows of conditions."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entity.window import moves, window

ZONE = ZoneInfo("Asia/Shanghai")
WORDS = ["today", "yesterday", "this_week", "last_week", "this_month", "last_month", "this_quarter", "this_year"]
WORDS += ["this_period", "last_period", "last_quarter", "last_year", "this_period a year ago", "today a year ago"]


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("today", "2026-11-01", "2026-11-02"),
        ("yesterday", "2026-10-31", "2026-11-01"),
        ("this_week", "2026-10-26", "2026-11-02"),  # 1 November 2026 is a Sunday
        ("last_week", "2026-10-19", "2026-10-26"),
        ("this_month", "2026-11-01", "2026-12-01"),
        ("last_month", "2026-10-01", "2026-11-01"),
        ("this_quarter", "2026-10-01", "2027-01-01"),
        ("this_year", "2026-01-01", "2027-01-01"),
        ("last_year", "2025-01-01", "2026-01-01"),
        ("last_quarter", "2026-07-01", "2026-10-01"),
        ("this_period", "2026-11-01", "2026-11-11"),
        ("last_period", "2026-10-21", "2026-11-01"),
        ("this_month a year ago", "2025-11-01", "2025-11-02"),
        ("last_month a year ago", "2025-10-01", "2025-11-01"),
        ("this_year a year ago", "2025-01-01", "2025-11-02"),
        ("2026-02-28", "2026-02-28", "2026-03-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2026-02-27..2026-03-01", "2026-02-27", "2026-03-02"),
    ],
)
def test_windows_of_the_calendar(text: str, start: str, end: str) -> None:
    assert window(text, ZONE, ms("2026-11-01T08:30:00")) == (ms(start), ms(end))


def test_spans_end_with_now() -> None:
    now = ms("2026-11-01T08:30:00")
    assert window("7 days", ZONE, now) == (now + 1 - 7 * 86_400_000, now + 1)
    assert window("1 hour", ZONE, now) == (now + 1 - 3_600_000, now + 1)


@pytest.mark.parametrize(
    "text", ["", "tomorrow", "0 days", "7days", "2026-02-30", "2026-13", "2026-03-02..2026-03-01", 7, None, ["today"]]
)
def test_nothing_else_is_a_window(text: object) -> None:
    with pytest.raises(ValueError):
        window(text, ZONE, 0)


@given(
    st.integers(ms("1990-01-01"), ms("2090-01-01")),
    st.sampled_from(["today", "this_week", "this_month", "this_quarter", "this_year"]),
)
def test_now_is_within_every_current_window(now: int, word: str) -> None:
    start, end = window(word, ZONE, now)
    assert start <= now < end


def test_which_windows_move() -> None:
    assert all(moves(word) for word in [*WORDS, "3 hours"])
    assert not any(moves(text) for text in ["2026-11-01", "2026-11", {"from": "today"}])


@pytest.mark.parametrize(
    ("today", "text", "start", "end"),
    [
        ("2028-02-29", "today a year ago", "2027-02-28", "2027-03-01"),
        ("2027-02-28", "this_period", "2027-02-21", "2027-03-01"),
        ("2026-01-05", "last_period", "2025-12-21", "2026-01-01"),
        ("2026-01-31", "last_period", "2026-01-11", "2026-01-21"),
        ("2026-02-10", "last_quarter", "2025-10-01", "2026-01-01"),
    ],
)
def test_periods_and_last_year_at_the_edges_of_the_calendar(today: str, text: str, start: str, end: str) -> None:
    assert window(text, ZONE, ms(f"{today}T08:30:00")) == (ms(start), ms(end))
