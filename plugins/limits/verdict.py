"""The verdict: the limit of the weighing's day, and how far the vehicle is over it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import api

from .table import Limit, Limits

NOT_OVER = "none"
"""The code of a dictionary of classes for a vehicle at or under its limit."""

JUDGED_BY = "platform"


@dataclass(frozen=True, slots=True)
class Classes:
    """Bins by 超限幅度 in percent: `codes[n]` reaches from `bounds[n]`, which belongs to it, up to `bounds[n + 1]`."""

    bounds: Sequence[float]
    codes: Sequence[str]

    def of(self, overload_pct: float) -> str:
        """The code of the bin of a vehicle that is over its limit."""
        return self.codes[bisect_right(self.bounds, overload_pct) - 1]


def classes(facts: api.Facts) -> Classes:
    """The bins of the dictionary that the setting `classes` names. ZcError when it cannot class every overload."""
    name = facts.settings["classes"]
    items = facts.dictionaries.get(name)
    if items is None:
        raise api.ZcError(
            f"there is no dictionary {name!r} to class overloads by", "Set classes of plugin limits in site.yaml"
        )
    bins = sorted((item["from"], code) for code, item in items.items() if item.get("from") is not None)
    if NOT_OVER not in items:
        raise api.ZcError(f"dictionary {name} has no item {NOT_OVER!r}", "Add it, for vehicles at or under their limit")
    if not bins or bins[0][0] > 0:
        raise api.ZcError(f"dictionary {name} has no bin that begins at 0", "Give its lowest bin `from: 0`")
    return Classes([bound for bound, _ in bins], [code for _, code in bins])


def verdict(batch: Sequence[Mapping[str, Any]], facts: api.Facts) -> list[dict[str, Any]]:
    """Judge each weighing of `batch` under the limits of its own civil day in the site's zone.

    In: axles; gross, kg; at, UTC milliseconds; axle_type, or absent. Any may be None.
    Out, for each: limit_id and limit_version, the declaration applied; limit_kg; overload_kg, gross above the limit,
    0 at or under it; overload_pct, the 超限幅度; overload_class; judged_by.
    Where no limit is known (axles, gross or time missing, or no limit of that day for the vehicle) everything but
    judged_by is None: unknown is not legal. ZcError when the classes cannot be told.
    """
    limits: Limits = facts.compiled["limit"]
    starts_ms = limits.starts_ms(facts.zone)
    tables = limits.tables
    bins = classes(facts)
    results = []
    for row in batch:
        axles, gross, at = row["axles"], row["gross"], row["at"]
        limit = None
        if axles is not None and gross is not None and at is not None:
            limit = tables[bisect_right(starts_ms, at)].find(axles, row.get("axle_type"))
        results.append(_judged(limit, gross, bins))
    return results


def _judged(limit: Limit | None, gross: int, bins: Classes) -> dict[str, Any]:
    if limit is None:
        return dict(_UNKNOWN)
    over = gross - limit.limit_kg
    pct = overload_pct(over, limit.limit_kg) if over > 0 else 0.0
    return {
        "limit_id": limit.id,
        "limit_version": limit.version,
        "limit_kg": limit.limit_kg,
        "overload_kg": over if over > 0 else 0,
        "overload_pct": pct,
        "overload_class": bins.of(pct) if over > 0 else NOT_OVER,
        "judged_by": JUDGED_BY,
    }


_UNKNOWN: Mapping[str, Any] = {
    "limit_id": None,
    "limit_version": None,
    "limit_kg": None,
    "overload_kg": None,
    "overload_pct": None,
    "overload_class": None,
    "judged_by": JUDGED_BY,
}


def overload_pct(over_kg: int, limit_kg: int) -> float:
    """超限幅度 of one vehicle in percent: over ÷ limit × 100, rounded half up to two decimals.

    The common definition, (total − limit) ÷ limit; not the 超限率 of a group of vehicles. The class is taken from
    this rounded figure, so that a record's class and its percentage never disagree. Whole-number arithmetic, since
    a float would round some halves down.
    """
    return (20000 * over_kg + limit_kg) // (2 * limit_kg) / 100
