"""The vehicles that pass: made-up plates of real form, each with its axles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from . import figures


@dataclass(frozen=True, slots=True)
class Vehicle:
    """A truck that comes by again and again."""

    plate: str
    axles: int
    axle_type: str


def fleet(seed: int, size: int = figures.FLEET) -> tuple[Vehicle, ...]:
    """The same vehicles for the same seed."""
    chance = Random(f"fleet/{seed}")
    counts = list(figures.LOADS)
    shares = [load.share for load in figures.LOADS.values()]
    vehicles = []
    for axles in chance.choices(counts, shares, k=size):
        vehicles.append(Vehicle(plate(chance), axles, chance.choice(figures.LOADS[axles].axle_types)))
    return tuple(vehicles)


def plate(chance: Random) -> str:
    """A plate of real form; whether somebody has it is chance."""
    province = _one_of(chance, figures.PROVINCES)
    letter = _one_of(chance, figures.HOME_LETTERS) if province == "湘" else chance.choice(figures.OTHER_LETTERS)
    if chance.random() < figures.NEW_ENERGY:
        return f"{province}{letter}{chance.randrange(100_000):05d}{chance.choice('DF')}"
    digits = [chance.choice("0123456789") for _ in range(5)]
    if chance.random() < 0.6:
        digits[chance.randrange(5)] = chance.choice(figures.SERIAL)
    return f"{province}{letter}{''.join(digits)}"


def _one_of(chance: Random, shares: Mapping[str, float]) -> str:
    return chance.choices(tuple(shares), tuple(shares.values()))[0]
