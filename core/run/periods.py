"""Every hour, day or month of a question's window, so that what is drawn over time shows those without records too."""

from __future__ import annotations

from datetime import date, timedelta

from core.entity.calendar import PERIODS, as_date, end_of, value_of
from core.entity.statistic import HOUR_MS
from core.entity.types.time import moment
from core.run.asker import Asker
from core.store.levels import Window, midnight

MOST_STEPS = 1000


def steps(asker: Asker) -> dict[str, list[int]]:
    """{grain: the stored values of its periods from the window's beginning up to now, in order} of the first grain
    that the question asks by; {} without a window, or where there are more than anyone looks at."""
    grain = next((name for name in asker.by if name in PERIODS), None)
    if grain is None or asker.window is None:
        return {}
    made = _hours(asker, asker.window) if grain == "hour" else _periods(asker, asker.window, grain)
    return {grain: made} if len(made) <= MOST_STEPS else {}


def _hours(asker: Asker, window: Window) -> list[int]:
    zone = asker.snapshot.zone
    start = midnight(as_date(window.first), zone) if window.start is None else window.start
    end = midnight(as_date(window.last) + timedelta(days=1), zone) if window.end is None else window.end
    return [*range(start, min(end, asker.now + 1, start + (MOST_STEPS + 1) * HOUR_MS), HOUR_MS)]


def _periods(asker: Asker, window: Window, grain: str) -> list[int]:
    day: date = as_date(window.first)
    last = min(as_date(window.last), moment(asker.now, asker.snapshot.zone).date())
    found: list[int] = []
    while day <= last and len(found) <= MOST_STEPS:
        found.append(value_of(grain, day))
        day = end_of(grain, found[-1]) + timedelta(days=1)
    return found
