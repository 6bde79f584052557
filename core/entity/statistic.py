"""From declarations to statistics: measures of an entity's records, by day or hour and by dimensions.

A record counts in one cell: its civil day, the hour in which it happened, and its value of each dimension. A void
record counts in none. Sums are of whole numbers alone, so that a cell is the same in whatever order its records came.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from itertools import chain
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.calendar import GRAINS, OF_HOURS
from core.entity.condition import Condition, Node, compiled, tests
from core.entity.dimension import Dimension, as_dimension, compile_dimensions
from core.entity.entity import Entity, Field
from core.entity.expected import Expected, compile_expected
from core.entity.measure import Measure, compile_measures, implied, no_sum
from core.entity.near import instead
from core.entity.system import all_fields

HOUR_MS = 3_600_000
LAYOUT = 2
"""Of the tables of cells; another one is counted anew."""
FOLDED = ("n", "min", "max", "distinct")
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Statistic:
    """A compiled statistic. `grain` is hour or day; `sums` names columns of the entity, `shapes` are its dimensions.

    `definition` is all that decides what its cells hold, as plain data.
    """

    id: str
    title: str
    help: str
    entity: Entity
    condition: Node
    grain: str
    shapes: tuple[Dimension, ...]
    sums: tuple[str, ...]
    definition: Mapping[str, Any]
    labelled: Mapping[str, Field] = field(default_factory=dict)
    measures: Mapping[str, Measure] = field(default_factory=dict)
    expected: Expected | None = None
    as_of: str = "now"

    @cached_property
    def fingerprint(self) -> str:
        """The same for statistics whose cells hold the same."""
        written = json.dumps({**self.definition, "layout": LAYOUT}, sort_keys=True)
        return blake2b(written.encode(), digest_size=16).hexdigest()

    @cached_property
    def dimensions(self) -> tuple[str, ...]:
        """Names of the dimensions that are kept."""
        return tuple(shape.name for shape in self.shapes)

    @cached_property
    def plain(self) -> frozenset[str]:
        """The dimensions that are columns of the record as they are."""
        return frozenset(shape.name for shape in self.shapes if shape.is_plain)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The columns that each cell keeps beside its dimensions: count first, then <fold>_<field>."""
        folded = (f"{fold}_{name}" for fold in FOLDED[:-1] for name in self.definition.get(fold, ()))
        return ("count", *(f"sum_{name}" for name in self.sums), *folded)

    @cached_property
    def distinct(self) -> tuple[str, ...]:
        """Fields whose different values are kept."""
        return tuple(self.definition.get("distinct", ()))

    @property
    def has_hours_of_day(self) -> bool:
        """Whether months are also kept by the hour of the day."""
        return bool(self.definition.get("hours_of_day"))

    @property
    def presence(self) -> str | None:
        """The dimension, that of the scope, by which it is kept which hours of a day have records; None where it is
        not."""
        return self.definition.get("presence")

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone whose days and hours cells have."""
        return ZoneInfo(self.definition["zone"])

    @cached_property
    def grains(self) -> Mapping[str, Field]:
        """The grains of time that it has."""
        return {name: grain for name, grain in GRAINS.items() if self.grain == "hour" or name not in OF_HOURS}

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """What one may ask by: the grains of time, and the dimensions."""
        of_entity = all_fields(self.entity)
        return {**self.grains} | {name: self.labelled.get(name) or of_entity[name] for name in self.dimensions}


def compile_statistic(
    declaration: Declaration,
    entity: Entity,
    zone: ZoneInfo,
    entities: Mapping[str, Entity] = NOTHING,
    dictionaries: Mapping[str, Declaration] = NOTHING,
) -> tuple[Statistic | None, list[Problem]]:
    """The statistic of a declaration, and its problems; None when there are any."""
    data = declaration.data
    shapes, fields, problems = compile_dimensions(declaration, entity, dictionaries, zone)
    problems += _sum_problems(declaration, entity)
    if entity.time is None and data["grain"] == "hour":
        problems.append(declaration.problem("ZC383", "grain", entity=entity.id))
    condition, faults = compiled(data["where"], entity, zone)
    problems += [declaration.problem(code, "where", *path, **values) for path, code, values in faults]
    problems += _moment_problems(declaration, condition)
    added = _added(entity)
    measured = {**fields, **{name: all_fields(entity)[name] for name in added}}
    measures, found = compile_measures(declaration, entity, measured, zone)
    problems += [*found, *_name_problems(declaration, measured)]
    expected, found = compile_expected(declaration, entity, entities)
    problems += found
    if problems or condition is None:
        return None, sorted(problems)
    kept = _kept(data["sum"], measures, expected)
    definition = _definition(declaration, entity, shapes, kept, zone) | (
        {"presence": entity.scope} if expected is not None else {}
    )
    made = as_defined(declaration.id, definition, entity, data["title"], data["help"])
    if made is not None:
        every = {**implied(made_sums(data["sum"]), entity), **measures}
        made = replace(made, labelled=fields, measures=every, expected=expected, as_of=data["as_of"])
    return made, []


def _definition(
    declaration: Declaration, entity: Entity, shapes: list[Any], kept: Mapping[str, list[str]], zone: ZoneInfo
) -> dict[str, Any]:
    """All that decides what the cells hold."""
    data = declaration.data
    names = {shape if isinstance(shape, str) else shape["name"] for shape in shapes}
    unique = list({json.dumps(shape, sort_keys=True): shape for shape in shapes}.values())
    return {
        "entity": entity.id,
        "grain": data["grain"],
        "dimensions": [*unique, *(name for name in _added(entity) if name not in names)],
        **kept,
        "where": data["where"],
        "zone": str(zone),
        **({"hours_of_day": True} if data["grain"] == "hour" else {}),
    }


def ad_hoc(
    declaration: Declaration,
    entity: Entity,
    zone: ZoneInfo,
    dictionaries: Mapping[str, Declaration],
    condition: Node,
) -> tuple[Statistic | None, list[Problem]]:
    """The statistic of a question that nobody declared, over any entity and with any condition; nothing keeps it."""
    data = declaration.data
    shapes, fields, problems = compile_dimensions(declaration, entity, dictionaries, zone)
    problems += _sum_problems(declaration, entity)
    measured = {**fields, **{name: all_fields(entity)[name] for name in _added(entity)}}
    measures, found = compile_measures(declaration, entity, measured, zone)
    problems += [*found, *_name_problems(declaration, measured)]
    if problems:
        return None, sorted(problems)
    made = [shape for shape in (as_dimension(each, entity) for each in shapes) if shape is not None]
    added = [name for name in _added(entity) if name not in fields]
    kept = _kept(data["sum"], measures, None)
    return Statistic(
        id=declaration.id,
        title=data["title"],
        help=data["help"],
        entity=entity,
        condition=condition,
        grain="hour" if entity.time else "day",
        shapes=(*dict.fromkeys(made), *(Dimension(name, name, entity.columns[name]) for name in added)),
        sums=tuple(kept["sums"]),
        definition=kept,
        labelled=fields,
        measures={**implied(made_sums(data["sum"]), entity), **measures},
        as_of=data["as_of"],
    ), []


def made_sums(names: list[str]) -> tuple[str, ...]:
    """Each once."""
    return tuple(dict.fromkeys(names))


def as_defined(
    id_: str, definition: Mapping[str, Any], entity: Entity, title: str = "", help_: str = ""
) -> Statistic | None:
    """The statistic that a definition once stood for; None where it no longer fits the entity."""
    folded = chain.from_iterable(definition.get(fold, ()) for fold in FOLDED)
    shapes = [as_dimension(each, entity) for each in definition["dimensions"]]
    condition, _ = compiled(definition["where"], entity, ZoneInfo(definition["zone"]))
    fits = {*definition["sums"], *folded} <= set(entity.columns) and None not in shapes
    is_timed = entity.time is not None or definition["grain"] == "day"
    if condition is None or not is_timed or not fits:
        return None
    sums = tuple(definition["sums"])
    return Statistic(
        id=id_,
        title=title or id_,
        help=help_,
        entity=entity,
        condition=condition.sample,
        grain=definition["grain"],
        shapes=tuple(shape for shape in shapes if shape is not None),
        sums=sums,
        definition=definition,
        measures={name: one for name, one in implied(sums, entity).items()} if set(sums) <= set(entity.fields) else {},
    )


def _added(entity: Entity) -> tuple[str, ...]:
    """Dimensions that every statistic of the entity has."""
    scope = (entity.scope,) if entity.scope else ()
    return (*scope, "provenance", *(("pending",) if entity.derive else ()))


def _kept(sums: list[str], measures: Mapping[str, Measure], expected: Expected | None) -> dict[str, list[str]]:
    """The columns that the measures need, by how they are folded; without those that need none."""
    found: dict[str, list[str]] = {"sums": list(sums)} | {fold: [] for fold in FOLDED}
    for measure in measures.values():
        name = measure.field.name if measure.field else ""
        for fold in {"sum": ("sums",), "mean": ("sums", "n")}.get(measure.kind, (measure.kind,)):
            if fold in found:
                found[fold].append(name)
    if expected is not None:
        found["max"].append("received_at")
    return {fold: list(dict.fromkeys(names)) for fold, names in found.items() if names or fold == "sums"}


def _sum_problems(declaration: Declaration, entity: Entity) -> Iterator[Problem]:
    for index, name in enumerate(declaration.data["sum"]):
        summed = entity.fields.get(name)
        if summed is None:
            yield declaration.problem("ZC380", "sum", index, name=name, mend=instead(name, entity.fields))
        elif why := no_sum(summed):
            yield declaration.problem("ZC381", "sum", index, name=name, role=phrase("summed"), why=why)


def _name_problems(declaration: Declaration, fields: Mapping[str, Field]) -> Iterator[Problem]:
    """A measure's name is no dimension's, else one could not ask for both."""
    for name in declaration.data["measures"]:
        if name in GRAINS or name in fields or name in ("count", "why", *declaration.data["sum"]):
            of_time = name in GRAINS
            taken = phrase("a grain of time" if of_time else "a dimension, a sum or what every answer has")
            yield declaration.problem("ZC387", "measures", name, name=name, taken=taken)


def _moment_problems(declaration: Declaration, condition: Condition | None) -> Iterator[Problem]:
    """What a record counts for is settled when it is stored: not by the clock, nor by other records."""
    if condition is None:
        return
    if condition.moves:
        yield declaration.problem(
            "ZC382", "where", why=phrase("follows the clock"), mend=phrase("name days or months by their dates")
        )
    for test in tests(condition.sample):
        if test.operator == "within_tree":
            why = phrase("asks for a subtree of '{field}'", field=test.field)
            yield declaration.problem(
                "ZC382", "where", why=why, mend=phrase("list the keys with in, or ask for it when reading")
            )
