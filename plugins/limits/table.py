"""From the declarations of kind `limit` to a table that answers: which limit held on this day for this vehicle?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from core import api

from .phrase import phrase


@dataclass(frozen=True, slots=True)
class Limit:
    """One row of a declaration: what vehicles of `axles` axles may weigh from `start` until the day before `end`."""

    id: str
    version: int
    row: int
    axles: int
    and_more: bool
    axle_type: str | None
    limit_kg: int
    start: date
    end: date | None

    def clashes(self, other: Limit) -> bool:
        """Whether some vehicle on some day has both limits."""
        low, high = sorted((self, other), key=lambda limit: limit.axles)
        early, late = sorted((self, other), key=lambda limit: limit.start)
        return (
            self.axle_type == other.axle_type
            and (low.axles == high.axles or low.and_more)
            and (early.end is None or late.start < early.end)
        )


@dataclass(frozen=True, slots=True)
class Table:
    """The limits of one stretch of days: by axle type and axle count, and those for a count and more."""

    exact: Mapping[tuple[str | None, int], Limit] = field(default_factory=dict)
    more: Mapping[str | None, Limit] = field(default_factory=dict)

    def find(self, axles: int, axle_type: str | None) -> Limit | None:
        """The limit of the axle type where it has one of its own, else the default of the axle count, else None."""
        own = self._find(axle_type, axles) if axle_type is not None else None
        return own or self._find(None, axles)

    def _find(self, axle_type: str | None, axles: int) -> Limit | None:
        found = self.exact.get((axle_type, axles))
        if found is None:
            found = self.more.get(axle_type)
            if found is not None and axles < found.axles:
                return None
        return found


@dataclass(frozen=True)
class Limits:
    """All limits. `tables[0]` is empty and holds before `starts[0]`; `tables[n + 1]` holds from `starts[n]` on.
    `declared` has the data of each declaration by id."""

    starts: tuple[date, ...]
    tables: tuple[Table, ...]
    declared: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def starts_ms(self, zone: ZoneInfo) -> list[int]:
        """The first moment of each of `starts` in `zone`, UTC milliseconds."""
        return [_midnight_ms(day, zone) for day in self.starts]

    def on(self, day: date) -> Table:
        """The table of a civil day."""
        return self.tables[bisect_right(self.starts, day)]


def compile_limits(
    declarations: Mapping[str, api.Declaration],
    links: object,  # noqa: ARG001 - every compiler is asked this way
) -> tuple[Limits, list[api.Problem]]:
    """The limits of all declarations, and the problems: impossible dates, an end before the start, two for one."""
    limits: list[Limit] = []
    problems: list[api.Problem] = []
    for declaration in declarations.values():
        rows, wrong = _rows(declaration)
        limits += rows
        problems += wrong
    problems += _clashes(limits, declarations)
    return replace(_tables(limits), declared={id_: one.data for id_, one in declarations.items()}), problems


def _rows(declaration: api.Declaration) -> tuple[list[Limit], list[api.Problem]]:
    data = declaration.data
    days = {key: _day(data[key]) for key in ("valid_from", "valid_to") if data.get(key) is not None}
    problems = [
        declaration.problem(
            "ZC420",
            key,
            what=phrase("there is no day {day}", day=data[key]),
            mend=phrase("write a date of the calendar such as 2016-09-21"),
        )
        for key, day in days.items()
        if day is None
    ]
    start, last = days["valid_from"], days.get("valid_to")
    if start is None or problems:
        return [], problems
    if last is not None and last < start:
        what = phrase("the last day {last} lies before the first day {first}", last=last, first=start)
        return [], [
            declaration.problem(
                "ZC420", "valid_to", what=what, mend=phrase("exchange the dates, or leave valid_to out")
            )
        ]
    end = last + timedelta(days=1) if last is not None and last < date.max else None
    return [_limit(declaration, row, item, start, end) for row, item in enumerate(data["by_axles"])], []


def _limit(declaration: api.Declaration, row: int, item: Mapping[str, Any], start: date, end: date | None) -> Limit:
    return Limit(
        id=declaration.id,
        version=declaration.data["version"],
        row=row,
        axles=item["axles"],
        and_more=item.get("and_more", False),
        axle_type=item.get("axle_type"),
        limit_kg=item["limit_kg"],
        start=start,
        end=end,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _clashes(limits: list[Limit], declarations: Mapping[str, api.Declaration]) -> Iterable[api.Problem]:
    """A problem at the later of any two limits that hold on the same day for the same vehicle."""
    ordered = sorted(limits, key=lambda limit: (limit.start, limit.id, limit.row))
    for first, second in combinations(ordered, 2):
        if first.clashes(second):
            yield declarations[second.id].problem("ZC420", "by_axles", second.row, **_words(first, second))


def _words(first: Limit, second: Limit) -> dict[str, str]:
    axles = max(first.axles, second.axles)
    vehicle = phrase("{axles} axles", axles=axles)
    if second.axle_type is not None:
        vehicle = phrase("{axles} axles of type '{axle_type}'", axles=axles, axle_type=second.axle_type)
    if first.id == second.id:
        return {
            "what": phrase("{vehicle} already has a limit in row {row}", vehicle=vehicle, row=first.row + 1),
            "mend": phrase("keep one row of each axle count and type; and_more belongs to the highest count only"),
        }
    return {
        "what": phrase(
            "{vehicle} already has a limit on {day} in limit/{id}, row {row}",
            vehicle=vehicle,
            day=second.start,
            id=first.id,
            row=first.row + 1,
        ),
        "mend": phrase("end limit/{id} the day before with valid_to, or take the row out", id=first.id),
    }


def _tables(limits: list[Limit]) -> Limits:
    starts = sorted({day for limit in limits for day in (limit.start, limit.end) if day is not None})
    return Limits(tuple(starts), (Table(), *(_table(limits, day) for day in starts)))


def _table(limits: list[Limit], day: date) -> Table:
    held = [limit for limit in limits if limit.start <= day and (limit.end is None or day < limit.end)]
    return Table(
        exact={(limit.axle_type, limit.axles): limit for limit in held},
        more={limit.axle_type: limit for limit in held if limit.and_more},
    )


@lru_cache(maxsize=1024)
def _midnight_ms(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time.min, zone).timestamp()) * 1000
