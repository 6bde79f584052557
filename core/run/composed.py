"""A question picked from lists: what of an entity an account may pick, and the statistic that it would be.

A measure is picked as KIND:FIELD, mean:gross_kg, or count; conditions as in the URL of a list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from core.declare.problem import ZcError
from core.entity.calendar import GRAINS
from core.entity.dimension import SYSTEM_DIMENSIONS, no_dimension
from core.entity.entity import Entity, Field
from core.entity.measure import WHY_NOT
from core.entity.path import above
from core.entity.system import all_fields
from core.intake.category import Filter, control
from core.run.described import filtered, type_of
from core.run.menu import may_ask
from core.run.presets import time_presets
from core.run.query import ASKED, Params, asked, names, one
from core.run.rights import Rights
from core.run.veil import Veil
from core.run.words import NotAllowed, NotFound, said
from core.store.store import Store

COUNT = "count"
SAVING = frozenset({"declaration.open", "declaration.activate"})
LINE = 10_000  # no text of a declaration is folded
LEVELS = (1, 2, 3)
"""Of a tree that are offered."""
TOLD = ("ref", "choice", "text", "boolean")
"""Types of fields that paths lead to."""
KINDS = ("sum", "mean", "min", "max", "distinct")
NUMBERS = {"integer": int, "real": float}


def offered(rights: Rights, store: Store, id_: str | None) -> dict[str, Any]:
    """{entities: [{id, title}], entity: {id, title, time, export, dimensions, measures, filters, presets} or null,
    save: whether one may declare}: whose records one may ask about, and what of the one that is named. NotFound,
    NotAllowed."""
    there = [one for one in rights.snapshot.entities.values() if rights.may("see", one.id)]
    entities = sorted(({"id": one.id, "title": one.title} for one in there), key=lambda one: one["title"])
    asked_about = _entity(rights, store, entity_of(rights, id_)) if id_ else None
    return {"entities": entities, "entity": asked_about, "save": rights.operations >= SAVING}


def entity_of(rights: Rights, id_: str) -> Entity:
    """The entity, if it may be seen. NotFound, NotAllowed."""
    entity = rights.snapshot.entities.get(id_)
    if entity is None:
        raise NotFound(said("unknown_entity", id=id_))
    if not rights.may("see", entity.id):
        raise NotAllowed(said("no_see", title=entity.title))
    return entity


def written(rights: Rights, store: Store, params: Params) -> str:
    """The statistic that the URL's `entity`, `by`, `measure` and conditions pick, as YAML. ZcError in words."""
    id_ = one(params, "entity")
    if id_ is None:
        raise ZcError(said("ad_hoc_pick"))
    entity = entity_of(rights, id_)
    by = {name.partition(".")[0] for name in names(params, "by")}
    derived = {name: definition for name, (definition, _) in _derived(rights, entity).items()}
    own = sorted(by & {*entity.fields, *SYSTEM_DIMENSIONS})
    listed = [*own, *(derived[name] for name in sorted(by & set(derived)))]
    data = {
        "title": one(params, "title") or said("ad_hoc_title", title=entity.title),
        "entity": entity.id,
        "where": _where(rights, store, entity, params),
        "dimensions": listed,
        "measures": dict(_measure(entity, name) for name in names(params, "measure") if name != COUNT),
    }
    told = {name: each for name, each in data.items() if each}
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=LINE)


def asked_of(params: Params) -> Params:
    """What is left to ask of that statistic: all but its conditions, measures under their names there."""
    left = {name: values for name, values in params.items() if name in ASKED}
    return {**left, "measure": [name.replace(":", "_") for name in names(params, "measure")]}


def _where(rights: Rights, store: Store, entity: Entity, params: Params) -> dict[str, Any]:
    veil = Veil(rights, store, entity)
    fields = {name: field for name, field in all_fields(entity).items() if veil.is_there(name)}
    conditions = {name: values for name, values in params.items() if name not in ("entity", "title")}
    found = asked(conditions, entity, fields, rights.snapshot.zone).where
    return {name: {test: _typed(fields[name], each) for test, each in tests.items()} for name, tests in found.items()}


def _typed(field: Field, value: Any) -> Any:
    """A number as one, so that what is kept reads as one would write it."""
    if isinstance(value, list):
        return [_typed(field, each) for each in value]
    read = None if field.type.timed else NUMBERS.get(field.type.column)
    try:
        return value if read is None or not isinstance(value, str) else read(value)
    except ValueError:
        return value


def _measure(entity: Entity, name: str) -> tuple[str, dict[str, Any]]:
    kind, _, field = name.partition(":")
    found = entity.fields.get(field)
    if kind not in WHY_NOT or found is None or WHY_NOT[kind](found):
        known = "、".join(one["name"] for one in _measures(entity, list(entity.fields)))
        raise ZcError(said("unknown_measure", name=name, known=known))
    return f"{kind}_{field}", {"label": said(f"measure_{kind}", field=found.label), kind: field}


def _entity(rights: Rights, store: Store, entity: Entity) -> dict[str, Any]:
    veil = Veil(rights, store, entity)
    plain = [name for name in entity.fields if veil.is_there(name) and rights.is_plain(entity, name)]
    fields = [field for name, field in all_fields(entity).items() if veil.is_there(name) and not field.type.listed]
    return {
        "id": entity.id,
        "title": entity.title,
        "time": entity.time,
        "export": rights.may("export", entity.id),
        "dimensions": list(_dimensions(rights, entity, plain)),
        "measures": [{"name": COUNT, "label": said("measure_count")}, *_measures(entity, plain)],
        "presets": time_presets() if entity.time else [],
        "filters": [
            filtered(rights, Filter(field, control(field)))
            for field in fields
            if field.name != entity.time and may_ask(rights, entity, field)
        ],
    }


def _dimensions(rights: Rights, entity: Entity, plain: list[str]) -> Iterator[dict[str, str]]:
    """{name, label, group} of what rows may be told apart by."""
    for grain in GRAINS.values() if entity.time else ():
        yield {"name": grain.name, "label": grain.label, "group": said("dimensions_time")}
    every = all_fields(entity)
    for name in (*plain, *SYSTEM_DIMENSIONS):
        if no_dimension(every[name]) is None and name not in GRAINS:
            yield {"name": name, "label": every[name].label, "group": said("dimensions_own")}
    for name, (definition, label) in _derived(rights, entity).items():
        if (definition.get("bin") or definition.get("prefix")) in plain:
            yield {"name": name, "label": label, "group": said("dimensions_own")}
    for name in plain:
        yield from _beyond(rights, entity.fields[name])


def _derived(rights: Rights, entity: Entity) -> dict[str, tuple[Mapping[str, Any], str]]:
    """{name: (definition, label)} of the bins and first letters that statistics of the entity tell apart."""
    found: dict[str, tuple[Mapping[str, Any], str]] = {}
    declared = rights.snapshot.reading.declarations.get("statistic", {})
    for id_, statistic in rights.snapshot.statistics.items():
        if statistic.entity.id == entity.id:
            for each in declared[id_].data["dimensions"]:
                if not isinstance(each, str):
                    found[each["name"]] = (each, statistic.fields[each["name"]].label)
    return found


def _beyond(rights: Rights, field: Field) -> Iterator[dict[str, str]]:
    """Paths through a ref to the fields of what it refers to, of a tree by level too."""
    to = rights.snapshot.entities.get(field.to or "")
    if to is None or len(to.key) != 1 or not rights.may("see", to.id):
        return
    for name, far in to.fields.items():
        if name in to.key or type_of(far) not in TOLD or not rights.is_plain(to, name):
            continue
        path = {"name": f"{field.name}.{name}", "label": far.label, "group": field.label}
        yield path
        tree = rights.snapshot.entities.get(far.to or "")
        for level in LEVELS if tree is not None and above(tree) is not None else ():
            named = said("tree_level", field=far.label, level=level)
            yield path | {"name": f"{path['name']}@{level}", "label": named}


def _measures(entity: Entity, names_: list[str]) -> Iterator[dict[str, str]]:
    for kind in KINDS:
        for field in (entity.fields[name] for name in names_):
            if not WHY_NOT[kind](field):
                yield {"name": f"{kind}:{field.name}", "label": said(f"measure_{kind}", field=field.label)}
