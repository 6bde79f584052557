"""From declarations to entities: every name in them must mean something, together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from core.declare.declaration import Declaration, Path
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.derivers import check_derivers
from core.entity.entity import SYSTEM_COLUMNS, Derive, Entity, Field
from core.entity.field_type import FieldType
from core.entity.near import instead

RESERVED = frozenset(SYSTEM_COLUMNS) | {"id", "all", "any", "not"}
"""Names that no field may have: the system's columns, and the words of conditions."""

KEYED_BY = ("text", "integer")
_OWN = ("type", "label", "help", "required", "derived", "mask")


def compile_entities(
    declarations: Mapping[str, Declaration],
    field_types: Mapping[str, FieldType],
    derivers: Mapping[str, Mapping[str, Any]],
    dictionaries: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, Entity], list[Problem]]:
    """The entities by id, and all problems in them; an entity with problems of its own is not among the former.

    `derivers` are announced ones, {name: {uses, optional, gives}}; `dictionaries` maps an id to its items.
    """
    compiler = _Compiler(field_types, derivers, dictionaries)
    entities = {id_: compiler.entity(declaration) for id_, declaration in declarations.items()}
    problems = {
        id_: [*compiler.check(declaration, entities[id_]), *_check_links(declaration, entities[id_], entities)]
        for id_, declaration in declarations.items()
    }
    good = {id_: entity for id_, entity in entities.items() if not problems[id_]}
    return good, sorted(problem for found in problems.values() for problem in found)


class _Compiler:
    """What entities are compiled against."""

    def __init__(
        self,
        field_types: Mapping[str, FieldType],
        derivers: Mapping[str, Mapping[str, Any]],
        dictionaries: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.field_types, self.derivers, self.dictionaries = field_types, derivers, dictionaries

    def entity(self, declaration: Declaration) -> Entity:
        """The entity as declared; whether it makes sense is asked by `check`."""
        data = declaration.data
        fields = {
            name: self.field(name, entry) for name, entry in data["fields"].items() if entry["type"] in self.field_types
        }
        derive = tuple(
            Derive(entry["use"], MappingProxyType({name: field for name, field in entry.items() if name != "use"}))
            for entry in data["derive"]
        )
        return Entity(
            id=declaration.id,
            title=data["title"],
            key=tuple(data["key"]),
            time=data.get("time"),
            show=data.get("show"),
            scope=data.get("scope"),
            derive=derive,
            fields=MappingProxyType(fields),
            indexes=tuple(tuple(index) for index in data["indexes"]),
        )

    def field(self, name: str, entry: Mapping[str, Any]) -> Field:
        """The field as declared, its dictionary's codes among the options."""
        options = {option: value for option, value in entry.items() if option not in _OWN}
        if "dictionary" in options:
            options["codes"] = frozenset(self.dictionaries.get(options["dictionary"], ()))
        return Field(
            name=name,
            type=self.field_types[entry["type"]],
            label=entry["label"],
            help=entry.get("help", ""),
            required=entry.get("required", False),
            derived=entry.get("derived", False),
            mask=entry.get("mask"),
            options=MappingProxyType(options),
        )

    def check(self, declaration: Declaration, entity: Entity) -> Iterator[Problem]:
        """Problems that can be told from this entity alone."""
        for name, entry in declaration.data["fields"].items():
            if entry["type"] not in self.field_types:
                mend = instead(entry["type"], self.field_types)
                what = phrase("there is no field type '{type}'", type=entry["type"])
                yield declaration.problem("ZC318", "fields", name, "type", what=what, mend=mend)
        for name in entity.fields.keys() & RESERVED:
            yield declaration.problem("ZC315", "fields", name, name=name)
        for field in entity.fields.values():
            if fault := self.options_fault(field):
                yield declaration.problem("ZC318", "fields", field.name, what=fault)
        yield from _check_names(declaration, entity)
        yield from _check_key(declaration, entity)
        yield from check_derivers(declaration, entity, self.derivers, self.field_types)

    def options_fault(self, field: Field) -> str | None:
        """What is wrong with a field's options, in words."""
        if field.dictionary is not None and field.dictionary not in self.dictionaries:
            return phrase(
                "there is no dictionary '{name}'; {instead}",
                name=field.dictionary,
                instead=instead(field.dictionary, self.dictionaries),
            )
        return field.type.check_options(field)


def _check_names(declaration: Declaration, entity: Entity) -> Iterator[Problem]:
    data = declaration.data
    named: list[tuple[Path, str]] = [(("key", index), name) for index, name in enumerate(entity.key)]
    named += [((role,), data[role]) for role in ("time", "show", "scope") if data.get(role) is not None]
    named += [
        (("indexes", row, column), name)
        for row, index in enumerate(entity.indexes)
        for column, name in enumerate(index)
        if name not in SYSTEM_COLUMNS
    ]
    named += [
        (("derive", row, slot), name) for row, use in enumerate(entity.derive) for slot, name in use.inputs.items()
    ]
    for path, name in named:
        if name not in data["fields"]:
            yield declaration.problem("ZC310", *path, name=name, mend=instead(name, data["fields"]))
    time = entity.fields.get(entity.time or "")
    if time is not None and not (time.type.timed and time.type.column == "integer"):
        yield declaration.problem("ZC312", "time", name=time.name)


def _check_key(declaration: Declaration, entity: Entity) -> Iterator[Problem]:
    for index, name in enumerate(entity.key):
        field = entity.fields.get(name)
        if field is None:
            continue
        if field.type.column not in KEYED_BY:
            yield declaration.problem(
                "ZC311",
                "key",
                index,
                name=name,
                why=phrase("a {column} cannot tell records apart", column=field.type.column),
            )
        elif field.derived:
            yield declaration.problem(
                "ZC311", "key", index, name=name, why=phrase("it is derived, and a key must come with the record")
            )
        elif name in entity.key[:index]:
            yield declaration.problem("ZC311", "key", index, name=name, why=phrase("it is there twice"))


def _check_links(declaration: Declaration, entity: Entity, entities: Mapping[str, Entity]) -> Iterator[Problem]:
    """Refs lead to entities with a key of one text field; the scope leads from ref to ref to an end."""
    for field in entity.fields.values():
        if field.to is None:
            continue
        place = ("fields", field.name, "to")
        target = entities.get(field.to)
        if target is None:
            yield declaration.problem(
                "ZC313", *place, to=field.to, why=phrase("does not exist"), mend=instead(field.to, entities)
            )
            continue
        key = target.fields.get(target.key[0])
        if len(target.key) != 1:
            why = phrase("has a key of {count} fields ({names})", count=len(target.key), names=", ".join(target.key))
            yield declaration.problem("ZC313", *place, to=field.to, why=why)
        elif key is not None and key.type.column != "text":
            yield declaration.problem(
                "ZC313", *place, to=field.to, why=phrase("has a key that is {column}, not text", column=key.type.column)
            )
    if entity.scope in entity.fields and (fault := _scope_fault(entity, entities)):
        yield declaration.problem("ZC314", "scope", why=fault)


def _scope_fault(entity: Entity, entities: Mapping[str, Entity]) -> str | None:
    """An entity may lead to itself (a region to its parent), but no circle may lead over others."""
    seen = [entity.id]
    while entity.scope is not None:
        field = entity.fields.get(entity.scope)
        if field is None or field.to is None or field.to not in entities:
            return (
                phrase("'{name}' is not a ref", name=entity.scope)
                if field is not None and len(seen) == 1 and not field.to
                else None
            )
        if field.to == entity.id:
            return None
        if field.to in seen:
            return phrase("it leads in a circle: {way}", way=" → ".join([*seen, field.to]))
        seen.append(field.to)
        entity = entities[field.to]
    return None
