"""From declarations to roles: what a person may see and do, and every name in it checked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.entity import Entity
from core.entity.near import instead

WHOLE = "whole"
USER = "user"
"""The entity whose records are the people that may log in."""


@dataclass(frozen=True)
class Role:
    """A compiled role. `scope` is whole or a ref field of the entity user; "*" stands for all in `menus`, `rights`,
    `unmask` and `hide`; of `operations` each is named."""

    id: str
    title: str
    menus: frozenset[str]
    rights: Mapping[str, frozenset[str]]
    operations: frozenset[str]
    scope: str
    unmask: Mapping[str, frozenset[str]]
    hide: Mapping[str, frozenset[str]]
    lasting: bool = False

    def may(self, right: str, entity: str) -> bool:
        """Whether it has the right on the entity, within its scope; nothing without see."""
        rights = self.rights.get(entity, self.rights.get("*", frozenset()))
        return right in rights and "see" in rights

    def unmasks(self, entity: str, field: str) -> bool:
        """Whether it shows a masked field whole."""
        return _named(self.unmask, entity, field)

    def hides(self, entity: str, field: str) -> bool:
        """Whether the field is not there for it."""
        return _named(self.hide, entity, field)

    def reaches(self, group: str, page: str) -> bool:
        """Whether its menus have the page, by itself or by its group."""
        return not self.menus.isdisjoint({"*", group, page})


def _named(fields: Mapping[str, frozenset[str]], entity: str, field: str) -> bool:
    return any(not fields.get(name, frozenset()).isdisjoint({"*", field}) for name in ("*", entity))


def compile_role(
    declaration: Declaration, entities: Mapping[str, Entity], places: Iterable[str], operations: Iterable[str]
) -> tuple[Role | None, list[Problem]]:
    """The role of a declaration, and its problems; None where any is an error. `places` are the ids and groups of
    pages, `operations` those that may be run from the web."""
    operations = [*operations]
    problems = sorted(_problems(declaration, entities, [*places], operations))
    if any(problem.level == "error" for problem in problems):
        return None, problems
    data = declaration.data
    role = Role(
        id=declaration.id,
        title=data["title"],
        menus=frozenset(data["menus"]),
        rights={name: frozenset(rights) for name, rights in data["rights"].items()},
        operations=frozenset(operations) if "*" in data["operations"] else frozenset(data["operations"]),
        scope=data["scope"],
        unmask={name: frozenset(fields) for name, fields in data["unmask"].items()},
        hide={name: frozenset(fields) for name, fields in data["hide"].items()},
        lasting=data["lasting"],
    )
    return role, problems


def _problems(
    declaration: Declaration, entities: Mapping[str, Entity], places: list[str], operations: list[str]
) -> Iterator[Problem]:
    data = declaration.data
    for index, name in enumerate(data["menus"]):
        if name != "*" and name not in places:
            values = {"what": phrase("menu group or page"), "name": name, "mend": instead(name, sorted({*places}))}
            yield declaration.problem("ZC354", "menus", index, **values)
    for key in ("rights", "unmask", "hide"):
        for name in data[key]:
            if name != "*" and name not in entities:
                values = {"what": phrase("entity"), "name": name, "mend": instead(name, entities)}
                yield declaration.problem("ZC354", key, name, **values)
    for name, rights in data["rights"].items():
        if rights and "see" not in rights:
            yield declaration.problem("ZC358", "rights", name, right=", ".join(rights))
    if data["lasting"]:
        beyond = {right for rights in data["rights"].values() for right in rights} - {"see"}
        for name in [*sorted(beyond), *(["operations"] if data["operations"] else [])]:
            yield declaration.problem("ZC368", "lasting", name=name)
    yield from _field_problems(declaration, entities)
    yield from _scope_problems(declaration, entities, operations)


def _field_problems(declaration: Declaration, entities: Mapping[str, Entity]) -> Iterator[Problem]:
    for key in ("unmask", "hide"):
        for name, fields in declaration.data[key].items():
            known = (
                set(entities[name].fields)
                if name in entities
                else {field for entity in entities.values() for field in entity.fields}
            )
            for index, field in enumerate(fields):
                if field != "*" and field not in known and (name == "*" or name in entities):
                    values = {"what": phrase("field"), "name": field, "mend": instead(field, sorted(known))}
                    yield declaration.problem("ZC354", key, name, index, **values)


def _scope_problems(
    declaration: Declaration, entities: Mapping[str, Entity], operations: list[str]
) -> Iterator[Problem]:
    data, scope = declaration.data, declaration.data["scope"]
    refs = [name for name, field in entities[USER].fields.items() if field.to] if USER in entities else []
    if scope != WHOLE and scope not in refs:
        yield declaration.problem("ZC355", "scope", name=scope, mend=instead(scope, [WHOLE, *refs]))
    if scope != WHOLE and data["operations"]:
        yield declaration.problem("ZC357", "operations", scope=scope)
    for index, name in enumerate(data["operations"]):
        if name != "*" and name not in operations:
            yield declaration.problem("ZC356", "operations", index, name=name, mend=instead(name, operations))
