"""Scopes and subtrees as the keys that they stand for, for questions that are answered outside the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.entity.condition import Node, expand
from core.entity.entity import Entity
from core.store.database import Session
from core.store.scope import Roots, Scope, above, ref_reaches
from core.store.sql import Sql, among, column, either, every


@dataclass(frozen=True)
class Clause:
    """A record is in it if its own key is one of `own`, or its scope field names one of `owners`."""

    own: frozenset[str]
    owners: frozenset[str]


def clauses(session: Session, entity: Entity, scope: Scope, entities: Mapping[str, Entity]) -> tuple[Clause, ...]:
    """The scope of an entity's records as keys: a record is in it if it is in every clause; no clause is the whole."""
    return tuple(_clause(session, entity, roots, entities) for roots in sorted(scope.clauses, key=str))


def seen(entity: Entity, of: Callable[[str], Sql], told: tuple[Clause, ...]) -> Sql | None:
    """The clauses as a condition over the columns `of` the records; None for the whole."""

    def inside(clause: Clause) -> Sql:
        own = [among(of(entity.key[0]), sorted(clause.own))] if clause.own else []
        by_owner = [among(of(entity.scope), sorted(clause.owners))] if clause.owners and entity.scope else []
        return either([*own, *by_owner])

    return every(map(inside, told)) if told else None


def expanded(session: Session, node: Node, entity: Entity, entities: Mapping[str, Entity]) -> Node:
    """A condition with each subtree as the keys in it."""

    def subtree(field: str, root: str) -> frozenset[str]:
        to = entities[str(entity.fields[field].to)]
        return _reaching(session, to, Roots(None, frozenset({root})), entities)

    return expand(node, subtree)


def _clause(
    session: Session, entity: Entity, roots: frozenset[tuple[str, frozenset[str]]], entities: Mapping[str, Entity]
) -> Clause:
    own: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    to = above(entity, entities)
    for root in (Roots(*root) for root in roots):
        own |= root.keys if root.are_of(entity) else frozenset()
        owners |= _reaching(session, to, root, entities) if to is not None else frozenset()
    return Clause(own, owners)


def _reaching(session: Session, to: Entity, roots: Roots, entities: Mapping[str, Entity]) -> frozenset[str]:
    """Keys that name a root, or a record of `to` whose path reaches one."""
    named = roots.keys if roots.are_of(to) else frozenset()
    if len(to.key) != 1:
        return named
    tests = ref_reaches(column("o", to.key[0]), to, roots, entities)
    if not tests:
        return named
    text, values = either(tests)
    sql = f'SELECT o."{to.key[0]}" FROM "{to.table}" AS o WHERE {text}'  # noqa: S608 - compiled names
    return named | {row[0] for row in session.execute(sql, values).fetchall()}
