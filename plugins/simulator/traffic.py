"""Simulated weighings as a pure function of a seed and the time, in the tender's form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from random import Random
from typing import Any
from zlib import crc32
from zoneinfo import ZoneInfo

from . import figures
from .fleet import Vehicle, fleet

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A station that sends: its code, the numbers of its lanes, its site type."""

    code: str
    lanes: tuple[int, ...]
    site_type: str | None = None


class Traffic:
    """What all stations together send. Every method answers the same for the same seed, rate and places.

    `rate` is in records a second, the mean over a week. A second is counted from 1970, UTC.
    """

    def __init__(self, seed: int, rate: float, places: Sequence[Place], zone: ZoneInfo) -> None:
        self.places = tuple(places)
        self._seed = seed
        self._zone = zone
        self._vehicles: tuple[Vehicle, ...] = fleet(seed)
        busy = [0.5 + Random(f"busy/{seed}/{place.code}").random() for place in self.places]
        self._rates = {place: rate * share / sum(busy) for place, share in zip(self.places, busy, strict=True)}
        self._broken_clock = Random(f"clock/{seed}").choice(self.places) if len(self.places) > 1 else None
        # Part of every record's number, so that runs with other settings never give one number to two weighings.
        said = f"{seed}/{rate}/{[place.code for place in self.places]}"
        self._run = blake2b(said.encode(), digest_size=4).hexdigest()

    def due(self, second: int) -> list[Record]:
        """What is posted in this second: its own weighings, records sent again, and what an offline station kept."""
        return [record for place in self.places for record in self._due(place, second)]

    def passages(self, place: Place, second: int) -> list[Record]:
        """The weighings of one station in one second, whenever they are posted."""
        chance = Random(f"{self._seed}/{place.code}/{second}")
        mean = self._rates[place] * intensity(datetime.fromtimestamp(second, self._zone))
        found: list[Record] = []
        elapsed = chance.expovariate(mean)
        while elapsed < 1:
            found.append(self._record(chance, place, second, len(found)))
            elapsed += chance.expovariate(mean)
        return found

    def offline(self, place: Place, second: int) -> bool:
        """Whether the station's line is down; it keeps its records and posts them two hours later."""
        block = second // figures.OFFLINE_BLOCK_S
        return Random(f"line/{self._seed}/{place.code}/{block}").random() < figures.OFFLINE

    def _due(self, place: Place, second: int) -> Iterator[Record]:
        if not self.offline(place, second):
            yield from self.passages(place, second)
        before = second - figures.RESENT_AFTER_S
        if not self.offline(place, before):
            yield from (record for record in self.passages(place, before) if _resent(record))
        end = second - figures.LATE_S
        start = end - figures.OFFLINE_BLOCK_S
        if end % figures.OFFLINE_BLOCK_S == 0 and self.offline(place, start):
            for kept in range(start, end):
                yield from self.passages(place, kept)

    def _record(self, chance: Random, place: Place, second: int, serial: int) -> Record:
        # Squaring makes some vehicles come often and most of them seldom.
        vehicle = self._vehicles[int(len(self._vehicles) * chance.random() ** 2)]
        load = figures.LOADS[vehicle.axles]
        gross_kg = gross(chance, load)
        wrong = place == self._broken_clock and chance.random() < figures.WRONG_CLOCK
        shown = datetime.fromtimestamp(second + (figures.CLOCK_AHEAD_S if wrong else 0), self._zone)
        return {
            "previewdate": shown.strftime("%Y-%m-%d %H:%M:%S"),
            "previewcode": f"SIM-{place.code}-{second}-{self._run}-{serial:03d}",
            "previewstationcode": place.code,
            "truckno": figures.UNREADABLE_WORD if chance.random() < figures.UNREADABLE else vehicle.plate,
            "truckcode": vehicle.axle_type,
            "axisnum": vehicle.axles,
            "speed": speed(chance, place),
            "ianeno": chance.choice(place.lanes),
            "totalweight": gross_kg,
            "overlimited": reported(chance, gross_kg - load.limit_kg),
        }


def intensity(moment: datetime) -> float:
    """Traffic at a local moment relative to the mean of the week; runs smoothly through each hour."""
    place = (moment.hour + moment.minute / 60 + moment.second / 3600 - 0.5) % 24
    hour = int(place)
    share = place - hour
    level = figures.HOURS[hour] * (1 - share) + figures.HOURS[(hour + 1) % 24] * share
    mean = sum(figures.HOURS) / 24 * sum(figures.WEEKDAYS) / 7
    return level * figures.WEEKDAYS[moment.weekday()] / mean


def gross(chance: Random, load: figures.Load) -> int:
    """A total mass in kg: empty, loaded within the limit, or overloaded with a tail."""
    kind = chance.random()
    if kind < load.overloaded:
        over = min(0.005 + chance.expovariate(1 / load.mean_over), 1.2)
        return _on_scale(load.limit_kg * (1 + over))
    mean, spread = load.loaded_kg if kind < load.overloaded + load.loaded else load.empty_kg
    lightest = load.empty_kg[0] - 2 * load.empty_kg[1]
    return _on_scale(min(max(chance.gauss(mean, spread), lightest), load.limit_kg))


def speed(chance: Random, place: Place) -> float:
    """Speed in km/h with one decimal: slow over a station's scale, flowing elsewhere."""
    slow = place.site_type == figures.STOPPING_SITE
    mean, spread = figures.SPEED_STATION_KMH if slow else figures.SPEED_MOVING_KMH
    return round(min(max(chance.gauss(mean, spread), 3.0), 110.0), 1)


def reported(chance: Random, over_kg: int) -> int:
    """The overload in kg as the device tells it: near the difference, since it weighs axle by axle."""
    return max(0, over_kg + chance.choice(figures.REPORTED_DIFFERENCE_KG)) if over_kg > 0 else 0


def _on_scale(kg: float) -> int:
    return int(round(kg / figures.SCALE_STEP_KG)) * figures.SCALE_STEP_KG


def _resent(record: Record) -> bool:
    return crc32(record["previewcode"].encode()) % 10_000 < figures.RESENT * 10_000
