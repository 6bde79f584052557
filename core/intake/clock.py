"""What a device's clock is worth: how a record's own time stands to its arrival, and which civil day it counts on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.entity.types.time import moment

_MINUTE_MS, _DAY_MS = 60_000, 86_400_000


def good(received_at: int, bounds: Mapping[str, int]) -> tuple[int, int]:
    """The earliest and the latest time that a record may tell whose device has a good clock."""
    return received_at - bounds["oldest_days"] * _DAY_MS, received_at + bounds["ahead_s"] * 1000


def judge(at: int | None, received_at: int, bounds: Mapping[str, int]) -> str:
    """What the clock that said `at` is worth, by the site's bounds ahead_s and oldest_days; times in UTC milliseconds.

    ok, also where there is no time; ahead: later than receipt by more than is allowed; stale: older than is allowed.
    """
    earliest, latest = good(received_at, bounds)
    if at is None or earliest <= at <= latest:
        return "ok"
    return "ahead" if at > received_at else "stale"


def late(at: int | None, received_at: int, bounds: Mapping[str, int]) -> bool:
    """Whether a record is older on arrival than what still counts as live, by the site's bound late_s."""
    return at is not None and received_at - at > bounds["late_s"] * 1000


def civil_day(zone: ZoneInfo) -> Callable[[int], int]:
    """UTC milliseconds → yyyymmdd in `zone`; the last minutes asked for are remembered, since records come in order."""

    @lru_cache(1024)
    def of_minute(minute: int) -> int:
        day = moment(minute * _MINUTE_MS, zone)
        return day.year * 10000 + day.month * 100 + day.day

    return lambda ms: of_minute(ms // _MINUTE_MS)
