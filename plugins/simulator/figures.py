"""The figures of the simulated traffic. All of them are invented for demonstration: nothing here was measured.

Limits are those a device might have been set to; what is legal is told by the platform's own verdict.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Load:
    """How heavy vehicles of one axle count are: shares of 1, masses in kg as (mean, spread)."""

    share: float
    axle_types: tuple[str, ...]
    limit_kg: int
    empty_kg: tuple[int, int]
    loaded_kg: tuple[int, int]
    loaded: float
    overloaded: float
    mean_over: float  # of the limit, where it is overloaded


LOADS: Mapping[int, Load] = MappingProxyType(
    {
        2: Load(0.34, ("12",), 18_000, (5_200, 900), (12_500, 2_600), 0.60, 0.015, 0.09),
        3: Load(0.09, ("122", "15", "112"), 27_000, (9_800, 1_200), (20_500, 3_000), 0.62, 0.022, 0.11),
        4: Load(0.15, ("115", "125", "127"), 36_000, (13_200, 1_500), (28_500, 3_200), 0.66, 0.045, 0.16),
        5: Load(0.07, ("155", "129"), 43_000, (14_800, 1_400), (36_500, 3_600), 0.66, 0.035, 0.12),
        6: Load(0.35, ("157", "1127", "159"), 49_000, (16_000, 1_300), (43_500, 3_200), 0.70, 0.030, 0.10),
    }
)

HOURS = (28, 22, 18, 17, 20, 32, 52, 74, 92, 100, 98, 90, 78, 82, 94, 98, 96, 90, 78, 66, 58, 50, 42, 34)
"""Relative traffic at the middle of each hour of the day."""

WEEKDAYS = (1.06, 1.08, 1.07, 1.06, 1.05, 0.92, 0.76)
"""Relative traffic of each day, Monday first."""

PROVINCES: Mapping[str, float] = MappingProxyType(
    {"湘": 0.80, "粤": 0.05, "桂": 0.03, "赣": 0.03, "鄂": 0.03, "豫": 0.015, "贵": 0.015, "皖": 0.01,
     "冀": 0.01, "鲁": 0.01}
)  # fmt: skip

HOME_LETTERS: Mapping[str, float] = MappingProxyType(
    {"D": 0.70, "A": 0.08, "B": 0.05, "L": 0.05, "M": 0.04, "E": 0.04, "C": 0.02, "K": 0.02}
)
"""Second character of plates of Hunan: mostly Hengyang's D."""

OTHER_LETTERS = "ABCDEFGHJKLMN"
SERIAL = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"
NEW_ENERGY = 0.04
FLEET = 6_000

SPEED_MOVING_KMH = (47.0, 11.0)
SPEED_STATION_KMH = (11.0, 3.5)
STOPPING_SITE = "21"
"""The site type at whose scales vehicles creep."""

UNREADABLE = 0.02
UNREADABLE_WORD = "未识别"
RESENT = 0.01
RESENT_AFTER_S = 30
OFFLINE = 0.005
OFFLINE_BLOCK_S = 600
LATE_S = 7_200
WRONG_CLOCK = 0.05
"""Share of the records of the one station whose clock is broken."""
CLOCK_AHEAD_S = 3 * 86_400
REPORTED_DIFFERENCE_KG = (-20, -10, 0, 0, 0, 0, 10, 20)
SCALE_STEP_KG = 10
