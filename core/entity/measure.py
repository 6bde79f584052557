"""What a statistic measures: records counted, fields summed and compared, and how one measure stands to another.

Every measure is made of parts: columns that each cell keeps, or the members of a cell. A part of several cells is
folded from theirs, so that totals, means and rates are those of the whole question and never sums of rows.

One rule says what a measure is over no records at all, and over records whose field is empty, in a row, in totals, in
what a change is from, and through every door: a count, a sum and a number of different values are 0; a mean, a least
and a greatest have no value, nor has a rate or a share of which the lower part is 0. What has none programs read as
null, files leave empty, and people see as "—", with the reason where a screen says reasons. A group has a row where it
has records that are asked about, whatever they measure; a group without a row is one over no records.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.phrase import joined, phrase
from core.declare.problem import Problem
from core.entity.condition import All, Node, compiled
from core.entity.entity import Entity, Field
from core.entity.near import instead

GREATEST = 10**9
"""A summed field's min and max lie within this, so that no number of records makes a sum too great for 64 bits."""

OVER_RECORDS = ("count", "sum", "mean", "min", "max", "distinct")
OF_MEASURES = ("rate", "share")
ADDED = frozenset({"count", "sum"})
OF_NONE = ADDED | {"distinct", "share"}
ONLINE = ("hours_due", "hours_present", "online_rate", "last_received")
"""What may be told beside measures by what the scope names: hours in which there should have been records, those in
which there were, their share (a part of one), and the last receipt there ever was (UTC milliseconds)."""


@dataclass(frozen=True)
class Measure:
    """`kind` says how: count, sum, mean, min, max, distinct of `field` over the records for whose dimensions `where`
    holds; rate and share are the first of the measures `of` divided by the second, or by itself over all rows."""

    id: str
    label: str
    unit: str
    kind: str
    field: Field | None = None
    where: Node = All(())  # noqa: RUF009 - frozen
    of: tuple[str, ...] = ()

    @property
    def is_ratio(self) -> bool:
        """Whether its values lie between 0 and 1, and change by percentage points."""
        return self.kind in OF_MEASURES

    @property
    def adds(self) -> bool:
        """Whether the values of groups add up to that of all of them."""
        return self.kind in ADDED

    @property
    def of_none(self) -> int | None:
        """Its value over no records, of a share beside others that have some."""
        return 0 if self.kind in OF_NONE else None

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns of a cell that it is made of."""
        name = self.field.name if self.field else ""
        columns = {"count": ("count",), "sum": (f"sum_{name}",), "mean": (f"sum_{name}", f"n_{name}")}
        return columns.get(self.kind, (f"{self.kind}_{name}",) if self.kind in ("min", "max") else ())


def implied(sums: tuple[str, ...], entity: Entity) -> dict[str, Measure]:
    """What is measured without being declared: how many records, and each field under `sum`."""
    measures = {"count": Measure("count", "数量", "", "count")}
    for name in sums:
        field = entity.fields[name]
        measures[name] = Measure(name, f"{field.label}合计", field.type.shown, "sum", field)
    return measures


def compile_measures(
    declaration: Declaration, entity: Entity, dimensions: Mapping[str, Field], zone: ZoneInfo
) -> tuple[dict[str, Measure], list[Problem]]:
    """The declared measures of a statistic whose kept dimensions are these, and what is wrong with them."""
    made: dict[str, Measure] = {}
    problems: list[Problem] = []
    for name, said in declaration.data["measures"].items():
        path = ("measures", name)
        kinds = [kind for kind in (*OVER_RECORDS, *OF_MEASURES) if said.get(kind)]
        if len(kinds) != 1:
            found = joined(kinds, "{one} and {other}") if kinds else phrase("nothing")
            problems.append(declaration.problem("ZC384", *path, name=name, found=found))
            continue
        kind = kinds[0]
        field = entity.fields.get(said[kind]) if kind in OVER_RECORDS[1:] else None
        problems += _field_problems(declaration, path, kind, said[kind], entity)
        condition, faults = compiled(said.get("where", {}), entity, zone, fields=dimensions)
        problems += [declaration.problem(code, *path, "where", *inside, **values) for inside, code, values in faults]
        if kind in OF_MEASURES and said.get("where"):
            problems.append(
                declaration.problem(
                    "ZC385", *path, "where", name=name, why=phrase("a {kind} has no records", kind=kind)
                )
            )
        if condition is not None:
            unit = said.get("unit", "%" if kind in OF_MEASURES else field.type.shown if field else "")
            of = (said[kind],) if kind == "share" else tuple(said[kind]) if kind == "rate" else ()
            made[name] = Measure(name, said["label"], unit, kind, field, condition.sample, of)
    problems += _of_problems(declaration, made, {*declaration.data["sum"], "count"})
    return made, problems


def no_sum(field: Field) -> str | None:
    """Why a field cannot be summed; None where it can."""
    if field.type.timed or field.type.column != "integer":
        return phrase("it is no whole number, and only such sums are the same in whatever order records come")
    bounds = [field.options.get(side) for side in ("min", "max")]
    if not field.derived and not all(bound is not None and abs(bound) <= GREATEST for bound in bounds):
        return phrase(
            "it has no min and max within {bound}, so a sum might not fit into 64 bits", bound=f"{GREATEST:,}"
        )
    return None


def _no_bound(field: Field) -> str | None:
    is_number = field.type.column in ("integer", "real") and not field.type.listed
    return None if is_number else phrase("it is no number")


def _not_told_apart(field: Field) -> str | None:
    if field.type.column == "real" or field.type.listed:
        return phrase("numbers with decimals and lists are hardly ever the same")
    if field.type.column == "boolean":
        return phrase("it has two values")
    return None


WHY_NOT = {"sum": no_sum, "mean": no_sum, "min": _no_bound, "max": _no_bound, "distinct": _not_told_apart}
ROLES = {"sum": "summed", "mean": "averaged", "min": "a least", "max": "a greatest", "distinct": "told apart"}


def _field_problems(
    declaration: Declaration, path: tuple[str, ...], kind: str, name: Any, entity: Entity
) -> Iterator[Problem]:
    if kind not in WHY_NOT:
        return
    field = entity.fields.get(name)
    if field is None:
        yield declaration.problem("ZC380", *path, kind, name=name, mend=instead(name, entity.fields))
    elif why := WHY_NOT[kind](field):
        yield declaration.problem("ZC381", *path, kind, name=name, role=phrase(ROLES[kind]), why=why)


def _of_problems(declaration: Declaration, made: Mapping[str, Measure], implied_: set[str]) -> Iterator[Problem]:
    """Rates and shares are of measures over records; a share of such alone as add up."""
    for name, measure in made.items():
        for index, other in enumerate(measure.of):
            place = (measure.kind,) if measure.kind == "share" else (measure.kind, index)
            kind = made[other].kind if other in made else "count" if other in implied_ else None
            if kind is None:
                mend = instead(other, [*made, *sorted(implied_)])
                yield declaration.problem("ZC386", "measures", name, *place, name=other, mend=mend)
            elif kind not in (ADDED if measure.kind == "share" else {*ADDED, "distinct"}):
                why = phrase("a {kind} is not made of a {other}", kind=measure.kind, other=kind)
                yield declaration.problem("ZC385", "measures", name, *place, name=other, why=why)
