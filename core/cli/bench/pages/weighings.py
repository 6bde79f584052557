"""Demo weighings as a city has them: by station and hour of the day, trucks that come again, few over the limit.
Always the same for one number of them and one end."""

from __future__ import annotations

import json
import random
from bisect import bisect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

DAY_MS = 86_400_000
DAYS = 365
A_BATCH = 1_000
TIMES_FEWER = 30
"""The month before that of the bench of reports has so many times fewer weighings."""

HOURS = (2, 2, 2, 2, 3, 4, 5, 6, 5, 5, 5, 4, 4, 4, 5, 5, 5, 5, 5, 6, 7, 6, 5, 4)
"""How the trucks of a day spread over its hours."""

STATIONS = {
    "DEMO-430481-01": 18, "DEMO-430481-02": 9, "DEMO-430482-01": 11, "DEMO-430482-02": 5, "DEMO-430421-01": 14,
    "DEMO-430421-02": 6, "DEMO-430422-01": 9, "DEMO-430423-01": 3, "DEMO-430424-01": 8, "DEMO-430426-01": 7,
}  # fmt: skip
"""Demo stations by how much they weigh; those that zc init loads and that are not here weigh nothing."""

COUNTIES = ("430405", "430406", "430407", "430408", "430412", "430421",
            "430422", "430423", "430424", "430426", "430481", "430482")  # fmt: skip
OF_A_COUNTY = {"11": 18, "12": 9, "13": 6, "14": 4, "15": 3}
CITY = {f"DEMO-{county}-{number}": share for county in COUNTIES for number, share in OF_A_COUNTY.items()}
"""As many as a city has: five more in each county, by how much they weigh."""

PARTNERS = {"430421": "north", "430423": "north", "430424": "north", "430481": "south", "430482": "south"}
OTHER = "west"
"""Which demo partner reports the stations of which counties."""

FLEET, REGULARS = 400_000, 60_000
AXLES = {2: 352, 3: 118, 4: 131, 5: 52, 6: 344, 7: 2, 8: 1}
LIMITS_KG = {2: 18_000, 3: 27_000, 4: 36_000, 5: 43_000}
MOST_KG = 49_000
LOADS = (
    (0.40, 0.25, 0.45), (0.92, 0.60, 1.00), (0.985, 1.001, 1.29),
    (0.997, 1.30, 1.49), (0.9995, 1.50, 1.99), (1, 2, 2.4),
)  # fmt: skip
"""Up to which part of all trucks, the least and the most of the limit that they weigh."""

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"


class Truck(NamedTuple):
    """One of the fleet."""

    plate: str
    axles: int
    colour: str


@dataclass(frozen=True)
class Traffic:
    """`records` weighings over the `days` before `end_ms`, the start of a civil day, numbered from `first` on, at
    `stations` by their shares."""

    records: int
    end_ms: int
    zone: ZoneInfo
    days: int = DAYS
    first: int = 0
    stations: Mapping[str, int] = field(default_factory=lambda: STATIONS)

    @cached_property
    def fleet(self) -> list[Truck]:
        """All trucks; plates of Hunan and its neighbours, made up."""
        dice = random.Random("fleet")
        axles = dice.choices(tuple(AXLES), tuple(AXLES.values()), k=FLEET)
        return [
            Truck(
                f"{dice.choice('湘湘湘湘湘湘鄂粤赣')}{dice.choice('DDDDABEFKM')}"
                f"{dice.choice(LETTERS)}{dice.randrange(10_000):04d}",
                each,
                "blue" if each == min(AXLES) else "yellow",
            )
            for each in axles
        ]

    def at_ms(self, index: int) -> int:
        """When the truck of that number was weighed; times rise."""
        day, part = divmod(index * self.days * DAY_MS // self.records, DAY_MS)
        bounds = list(accumulate(HOURS, initial=0))
        place = part / DAY_MS * bounds[-1]
        hour = min(bisect(bounds, place) - 1, len(HOURS) - 1)
        within = (place - bounds[hour]) / HOURS[hour]
        return self.end_ms + (day - self.days) * DAY_MS + int((hour + within) * DAY_MS / len(HOURS))

    def batches(self, start: int) -> Iterator[tuple[int, dict[str, list[dict[str, Any]]]]]:
        """(UTC ms of the last record, {partner: records as devices send them}), from that number on, a multiple of
        A_BATCH."""
        for first in range(start, self.records, A_BATCH):
            dice = random.Random(self.first + first)
            last = min(first + A_BATCH, self.records)
            stations = dice.choices(tuple(self.stations), tuple(self.stations.values()), k=last - first)
            by_partner: dict[str, list[dict[str, Any]]] = {}
            for index, station in zip(range(first, last), stations, strict=True):
                partner = PARTNERS.get(station.split("-")[1], OTHER)
                by_partner.setdefault(partner, []).append(self._record(index, station, dice))
            yield self.at_ms(last - 1), by_partner

    def _record(self, index: int, station: str, dice: random.Random) -> dict[str, Any]:
        truck = self.fleet[dice.randrange(REGULARS if dice.random() < 0.7 else FLEET)]
        limit = LIMITS_KG.get(truck.axles, MOST_KG)
        chance = dice.random()
        least, most = next((least, most) for bound, least, most in LOADS if chance <= bound)
        gross = int(limit * dice.uniform(least, most)) // 20 * 20
        at = datetime.fromtimestamp(self.at_ms(index) / 1000, UTC).astimezone(self.zone)
        return {
            "previewdate": at.strftime("%Y-%m-%d %H:%M:%S"),
            "previewcode": f"DEMO-{self.first + index:09d}",
            "previewstationcode": station,
            "truckno": truck.plate,
            "truckcode": str(truck.axles),
            "axisnum": truck.axles,
            "speed": dice.randrange(100, 800) / 10,
            "ianeno": dice.randrange(1, 5),
            "totalweight": gross,
            "overlimited": max(0, gross - limit),
            "platecolor": truck.colour,
            "overrate": round(max(0, gross - limit) / limit * 100, 1),
            **{f"axle{number}": gross // truck.axles for number in range(1, min(truck.axles, 6) + 1)},
        }


def _over_a_year(records: int, end: datetime, zone: ZoneInfo) -> list[Traffic]:
    return [Traffic(records, _ms(end), zone)]


def _over_a_month(records: int, end: datetime, zone: ZoneInfo) -> list[Traffic]:
    """In the last month that is over, and `TIMES_FEWER` in the month before it."""
    this = end.replace(day=1)
    last = (this - timedelta(days=1)).replace(day=1)
    before = (last - timedelta(days=1)).replace(day=1)
    fewer = records // TIMES_FEWER
    return [
        Traffic(fewer, _ms(last), zone, (last - before).days),
        Traffic(records, _ms(this), zone, (this - last).days, fewer),
    ]


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


SPREADS: Mapping[str, Callable[[int, datetime, ZoneInfo], list[Traffic]]] = {
    "year": _over_a_year,
    "month": _over_a_month,
}
"""How so many weighings lie before a midnight of the zone."""


def body(records: list[dict[str, Any]]) -> bytes:
    """A post of these records."""
    return json.dumps({"bodys": records}, ensure_ascii=False).encode()
