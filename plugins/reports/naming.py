"""How texts call figures: {total.count}, {total.count.previous}, {by_station.1.station}, {by_class.grave.count},
{by_station.first3.rate}."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

PLAIN = ("site", "area", "title", "period", "from", "to", "cut_off", "version")
"""Names that stand for no figure: the site, whose records they are (全市 or a region), the report, its period with its
first and last day, the moment of the dataset, the version of the report."""

ONLINE = ("hours_due", "hours_present", "online_rate", "last_received")
"""Columns that `online` adds: hours in which there should have been records, those in which there were, their share,
the last receipt."""

ALL_ROWS = "*"
COMPARED = ("same_period", "previous")
FIRST = re.compile(r"first([1-9])")
COMPLETENESS = "completeness"
ROWS = "rows"


@dataclass(frozen=True)
class Called:
    """One figure as a text calls it. `row` is None for the total, a number from 1, a code of the first dimension, * for
    all, or first3 for as many in a row; `column` is a measure, a dimension, `rows` or `completeness`; `compared` is ""
    where it is no change."""

    figure: str
    row: str | None
    column: str
    compared: str = ""

    @property
    def first(self) -> int:
        """How many rows are called by name and value, 0 where it is one value."""
        found = FIRST.fullmatch(self.row or "")
        return int(found[1]) if found else 0


def called(name: str, figures: Mapping[str, Mapping[str, Any]]) -> Called | None:
    """What a name calls among figures, given as they are declared; None where it calls nothing."""
    figure, *rest = name.split(".")
    said = figures.get(figure)
    if said is None or not rest:
        return None
    compared = rest.pop() if rest[-1] in COMPARED else ""
    if compared and compared not in said["compare"]:
        return None
    whole, inside = ".".join(rest), ".".join(rest[1:])
    if whole in (*measures(said), ROWS, COMPLETENESS):
        return Called(figure, None, whole, compared)
    if said["by"] and rest and FIRST.fullmatch(rest[0]):
        return Called(figure, rest[0], inside) if inside in measures(said) and not compared else None
    if said["by"] and rest and inside in (*measures(said), *said["by"]):
        return Called(figure, rest[0], inside, compared)
    return None


def column(name: str) -> tuple[str, str]:
    """A column's name as (dimension or measure, comparison or ""): a path such as station.region is one name."""
    base, _, last = name.rpartition(".")
    return (base, last) if last in COMPARED else (name, "")


def measures(said: Mapping[str, Any]) -> tuple[str, ...]:
    """What a declared figure measures, beside its dimensions."""
    return (*said["measures"], *(ONLINE if said["online"] else ()))


def names(template: str) -> Iterator[str]:
    """The names in braces. ValueError where braces do not match, or something stands beside a name."""
    for _, name, spec, conversion in Formatter().parse(template):
        if name is None:
            continue
        if spec or conversion or not name:
            raise ValueError(f"nothing may stand beside the name in {{{name}}}")
        yield name


def pieces(template: str) -> Iterator[tuple[str, str | None]]:
    """(text, the name behind it or None) one after the other."""
    for text, name, _, _ in Formatter().parse(template):
        yield text, name


def ordered(sections: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The sections as they follow each other: as written, but behind the one that `after` names."""
    order: list[str] = [name for name, said in sections.items() if not said.get("after")]
    waiting = [name for name, said in sections.items() if said.get("after")]
    while waiting:
        placed = [name for name in waiting if sections[name]["after"] in order]
        if not placed:
            return (*order, *waiting)  # they follow each other in a ring: told as a problem
        for name in reversed(placed):
            order.insert(order.index(sections[name]["after"]) + 1, name)
        waiting = [name for name in waiting if name not in order]
    return tuple(order)


def rings(sections: Mapping[str, Mapping[str, Any]]) -> Sequence[str]:
    """Sections that follow each other in a ring, or one that is not there."""
    reached = {name for name, said in sections.items() if not said.get("after")}
    while more := {name for name, said in sections.items() if said.get("after") in reached} - reached:
        reached |= more
    return [name for name in sections if name not in reached]
