"""What an answer is compared with: windows, days, hours and periods before, and those of the year before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.entity import calendar
from tests.core.run.asked import HOUR_MS, ms
from tests.core.run.test_answer import NOON, asking, empty, figures, snapshot, weighed, world

DAY = timedelta(days=1)
__all__ = ["empty", "snapshot", "world"]


@pytest.mark.parametrize(
    ("within", "same_period", "previous"),
    [
        ("this_month", (20251101, 20251110), (20261001, 20261010)),
        ("2026-10", (20251001, 20251031), (20260901, 20260930)),
        ("2026-02", (20250201, 20250228), (20260101, 20260131)),
        ("this_period", (20251101, 20251110), (20261021, 20261031)),
        ("this_week", (20251109, 20251110), (20261102, 20261103)),
        ("today", (20251110, 20251110), (20261109, 20261109)),
        ("this_year", (20250101, 20251110), (20250101, 20251110)),
        ("last_quarter", (20250701, 20250930), (20260401, 20260630)),
        ((ms("2026-11-01 00:00:00"), ms("2026-11-08 00:00:00")), (20251101, 20251107), (20261025, 20261031)),
        ("2025-02", (20240201, 20240229), (20250101, 20250131)),
        ("2025-02-28", (20240228, 20240228), (20250227, 20250227)),
        ((ms("2025-02-22 00:00:00"), ms("2025-03-01 00:00:00")), (20240222, 20240228), (20250215, 20250221)),
        ((ms("2024-02-29 00:00:00"), ms("2024-03-01 00:00:00")), (20230228, 20230228), (20240228, 20240228)),
        ((ms("2025-02-21 00:00:00"), ms("2025-03-01 00:00:00")), (20240221, 20240229), (20250211, 20250220)),
        ((ms(NOON), ms(NOON) + HOUR_MS), (20251110, 20251110), (20261110, 20261110)),
    ],
)
def test_what_a_window_is_compared_with(empty, within, same_period, previous):
    compared = asking(empty, within=within, compare=("same_period", "previous")).compared
    windows = [tuple(compared[name]["window"].values()) for name in ("same_period", "previous")]
    assert windows == [same_period, previous]


def test_changes_are_in_percent_and_of_rates_in_points(world):
    world.put([weighed("2026-10-05 08:00:00", overload_class="grave"), weighed("2026-10-06 08:00:00")])
    world.put([weighed("2026-10-31 08:00:00")] * 5)  # after the tenth day, so not compared
    world.put([weighed(NOON, overload_class="grave")] + [weighed("2026-11-02 08:00:00")] * 4)
    answer = asking(
        world,
        measures=("trucks", "overload_rate", "mean_gross"),
        within="this_month",
        compare=("same_period", "previous"),
    )
    previous = answer.compared["previous"]["totals"]
    assert previous == {
        "trucks": pytest.approx(150), "overload_rate": pytest.approx(-30), "mean_gross": 0.0,
        "base": {"trucks": 2, "overload_rate": 0.5, "mean_gross": 30_000},
    }  # fmt: skip
    assert answer.compared["same_period"]["totals"]["why"] == dict.fromkeys(
        ("trucks", "overload_rate", "mean_gross"), "no_base"
    )


def test_rows_by_a_period_are_compared_with_the_one_before_and_a_year_before(world):
    for at, number in (("2025-10-03", 1), ("2025-11-03", 2), ("2026-09-03", 4), ("2026-10-03", 2), ("2026-11-03", 3)):
        world.put([weighed(f"{at} 08:00:00")] * number)
    answer = asking(
        world,
        "month",
        within=(ms("2026-10-01 00:00:00"), ms("2026-12-01 00:00:00")),
        compare=("same_period", "previous"),
    )
    changes = {name: [each["trucks"] for each in found["rows"]] for name, found in answer.compared.items()}
    assert figures(answer) == [(202610, 2), (202611, 3)]
    assert changes == {"same_period": [100.0, 50.0], "previous": [-50.0, 50.0]}
    by_week = asking(world, "week", "station", within="2026-11", compare=("same_period",))
    assert [each["trucks"] for each in by_week.compared["same_period"]["rows"]] == [50.0]


def test_a_month_of_rows_is_compared_with_the_whole_of_another(world):
    world.put([weighed("2025-01-31 08:00:00"), weighed("2025-02-28 08:00:00"), weighed("2024-02-29 08:00:00")])
    within = (ms("2025-01-15 00:00:00"), ms("2025-03-01 00:00:00"))
    answer = asking(world, "month", within=within, compare=("previous", "same_period"))
    bases = {name: [row["base"]["trucks"] for row in found["rows"]] for name, found in answer.compared.items()}
    assert bases == {"previous": [0, 1], "same_period": [0, 1]}


def test_hours_are_compared_with_those_before_them_and_never_with_themselves(world):
    world.put([weighed("2026-11-10 09:15:00"), *[weighed("2026-11-10 05:15:00")] * 2])
    half_past = asking(world, within="3 hours", compare=("previous",), cut_off=ms("2026-11-10 12:30:00"))
    assert (half_past.totals["trucks"], half_past.compared["previous"]["totals"]["base"]) == (1, {"trucks": 2})


def test_days_of_a_window_of_hours_are_compared_with_the_same_hours(world):
    world.put(
        [weighed(f"2026-11-{day} {hour}:15:00") for day in ("08", "09", "10") for hour in ("02", "11", "20", "21")]
    )
    world.put([weighed("2026-10-10 02:15:00")])
    within = (ms("2026-11-09 12:00:00"), ms("2026-11-10 11:00:00"))
    found = asking(world, "day", within=within, compare=("previous",)).compared["previous"]["rows"]
    assert [row["base"]["trucks"] for row in found] == [2, 1]
    of_months = asking(world, "month", within=(within[0], within[1]), compare=("previous",)).compared["previous"][
        "rows"
    ]
    assert [row["base"]["trucks"] for row in of_months] == [1]


def test_a_day_that_the_year_before_had_not_has_no_base(world):
    world.put([weighed("2024-02-29 08:00:00"), weighed("2023-02-28 08:00:00")])
    answer = asking(world, "day", within="2024-02", compare=("same_period",))
    assert answer.compared["same_period"]["rows"] == [
        {"trucks": None, "base": {"trucks": None}, "why": {"trucks": "no_base"}}
    ]


PERIODS = {
    "day": lambda day: (day, 0),
    "xun": lambda day: ((day.year, day.month), min((day.day - 1) // 10, 2)),
    "month": lambda day: ((day.year, day.month), 0),
    "quarter": lambda day: ((day.year, (day.month - 1) // 3), 0),
    "year": lambda day: (day.year, 0),
}
"""What is the same for days of one period."""
days = st.dates(date(2023, 1, 1), date(2025, 12, 31)) | st.sampled_from([date(2024, 2, 29), date(2023, 2, 28)])


def a_year_before(day: date) -> date | None:
    return None if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    happened=st.lists(days, min_size=1, max_size=25), grain=st.sampled_from([*PERIODS]), year=st.integers(2024, 2025)
)
def test_rows_are_compared_with_the_records_of_the_other_period(world, happened, grain, year):
    """Of a whole year, row by row: every record of the period before, and of the same one a year before."""
    world.anew()
    world.adopt(world.snapshot)
    world.put([weighed(f"{day} 08:00:00") for day in happened])
    answer = asking(
        world, grain, within=str(year), compare=("previous", "same_period"), cut_off=ms("2026-06-01 00:00:00")
    )
    period = PERIODS[grain]
    first = {calendar.value_of(grain, day): day for day in sorted(happened, reverse=True) if day.year == year}
    for at, row in enumerate(answer.rows):
        start = next(day for day in _back(first[row[grain]]) if period(day - DAY) != period(day))
        before, same = start - DAY, a_year_before(start)
        wanted = [
            None if one is None else sum(period(day) == period(one) for day in happened) for one in (before, same)
        ]
        told = [answer.compared[name]["rows"][at]["base"]["trucks"] for name in ("previous", "same_period")]
        assert told == wanted, (row, start)


def _back(day: date) -> Iterator[date]:
    """The day, and those before it."""
    while True:
        yield day
        day -= DAY
