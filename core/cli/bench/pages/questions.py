"""What the bench asks: each list as a URL of a category and as what somebody would write for it in a WHERE."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.cli.bench.pages.visitor import Params
from core.declare.problem import ZcError

LIMIT = 20
WINDOW_DAYS = 7
CATEGORY_ID = "weighing"
CATEGORY = f"/api/v1/categories/{CATEGORY_ID}"
FACETS = ("overload_class", "axles", "station")


@dataclass(frozen=True)
class Question:
    """One condition: the URL's parameters and what a WHERE over r says, with its values. `part` is what is looked for
    in plates, as their index has it; `number` is its place among all that are asked."""

    name: str
    asked: Params
    where: str = ""
    values: tuple[Any, ...] = ()
    part: str = ""
    number: int = 0

    def since(self, at: datetime) -> Question:
        """The same from that time on."""
        where = " AND ".join(part for part in (self.where, "r.weighed_at >= ?") if part)
        asked = self.asked | {"weighed_at.from": f"{at:%Y-%m-%d %H:%M:%S}"}
        values = (*self.values, int(at.timestamp() * 1000))
        return replace(self, name=f"{self.name}, {WINDOW_DAYS} days", asked=asked, where=where, values=values)


def numbered(plate: str, part: str, folded: str, zone: ZoneInfo, only: str) -> list[Question]:
    """The questions in whose names `only` is, numbered. ZcError where it is in none."""
    today = datetime.now(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    late = today - timedelta(days=WINDOW_DAYS)
    known = list(questions(plate, part, folded, late))
    chosen = [one for one in known if only in one.name]
    if not chosen:
        raise ZcError(f"no question has {only!r} in its name", f"Names: {'; '.join(one.name for one in known)}")
    return [replace(one, number=number) for number, one in enumerate(chosen)]


def questions(plate: str, part: str, folded: str, late: datetime) -> Iterator[Question]:
    """Common and rare values, each over all and from the time `late` on. `plate` comes often; `part` is of plates,
    `folded` as their index has it."""
    found = (
        Question("time", {}),
        Question("station", {"station": "DEMO-430481-02"}, "r.station = ?", ("DEMO-430481-02",)),
        Question("plate", {"plate": plate}, "r.plate = ?", (plate,)),
        Question("axles", {"axles": "6"}, "r.axles = ?", (6,)),
        Question("axles, rare", {"axles": "8"}, "r.axles = ?", (8,)),
        Question("class", {"overload_class": "minor"}, "r.overload_class = ?", ("minor",)),
        Question("class, rare", {"overload_class": "extreme"}, "r.overload_class = ?", ("extreme",)),
        Question("gross", _gross(40_000, 45_000), "r.gross_kg BETWEEN ? AND ?", (40_000, 45_000)),
        Question("gross, rare", _gross(116_000, 118_000), "r.gross_kg BETWEEN ? AND ?", (116_000, 118_000)),
        Question("partner", {"partner": "demo-west"}, "r.partner = ?", ("demo-west",)),
    )
    for question in found:
        yield question
        yield question.since(late)
    yield Question("part of a plate", {"plate.like": f"%{part}%"}, values=(f"%{part}%",), part=folded)


def _gross(least: int, most: int) -> Params:
    return {"gross_kg.between": [str(least), str(most)]}


def listed(asked: Params) -> dict[str, list[str]]:
    """The parameters as a server has them of a URL."""
    return {name: [said] if isinstance(said, str) else said for name, said in asked.items()}
