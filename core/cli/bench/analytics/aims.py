"""What each measured thing should come to, and one row for each of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

SQLITE, POSTGRESQL, DUCKDB = "sqlite", "postgresql", "duckdb"
OURS = "ours"


@dataclass(frozen=True)
class Aim:
    """A bound on one figure of a row."""

    figure: str
    bound: float
    at_least: bool

    def __str__(self) -> str:
        return f"{self.figure.replace('_', ' ')} {'≥' if self.at_least else '≤'} {self.bound:g}"

    def is_met(self, row: Mapping[str, Any]) -> bool:
        """Whether the row's figure keeps it."""
        value = row[self.figure]
        return bool(value >= self.bound if self.at_least else value <= self.bound)


IN_ALL = Aim("times_sqlite", 50, at_least=True)
AT_ONE_STATION = Aim("ours_ms", 5, at_least=False)
AD_HOC = (Aim("times_sqlite", 15, at_least=True), Aim("of_duckdb", 2, at_least=False))
OF_A_PAGE = Aim("ours_ms", 50, at_least=False)
OF_INTAKE = Aim("cost_percent", 40, at_least=False)


def row_of(name: str, groups: int, seconds: Mapping[str, Sequence[float]], aims: Sequence[Aim]) -> dict[str, Any]:
    """One measured thing: medians in milliseconds, and medians of the ratios turn by turn; None of a side that was not
    there."""
    ours = seconds[OURS]
    row = {"question": name, "groups": groups, "ours_ms": _ms(ours)}
    for side in (SQLITE, POSTGRESQL, DUCKDB):
        theirs = seconds.get(side)
        row[f"{side}_ms"] = _ms(theirs) if theirs else None
    for side in (SQLITE, POSTGRESQL):
        row[f"times_{side}"] = _ratio(seconds[side], ours, 1) if side in seconds else None
    row["of_duckdb"] = _ratio(ours, seconds[DUCKDB], 2) if DUCKDB in seconds else None
    row["cost_percent"] = None
    return judged(row, aims)


def judged(row: dict[str, Any], aims: Sequence[Aim]) -> dict[str, Any]:
    """The row with its aims, and whether it keeps all of them."""
    return row | {"aim": ", ".join(map(str, aims)), "met": all(aim.is_met(row) for aim in aims)}


def _ms(seconds: Sequence[float]) -> float:
    return round(median(seconds) * 1000, 2)


def _ratio(over: Sequence[float], under: Sequence[float], digits: int) -> float:
    return round(median(one / other for one, other in zip(over, under, strict=True)), digits)
