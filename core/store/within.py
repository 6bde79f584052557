"""Scopes and subtrees as the keys that they stand for, for questions that are answered outside the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

import peewee

from core.entity.condition import Node, expand
from core.entity.entity import Entity
from core.store.database import Session
from core.store.scope import Roots, Scope, above, ref_reaches


@dataclass(frozen=True)
class Clause:
    """A record is in it if its own key is one of `own`, or its scope field names one of `owners`."""

    own: frozenset[str]
    owners: frozenset[str]


def clauses(session: Session, entity: Entity, scope: Scope, entities: Mapping[str, Entity]) -> tuple[Clause, ...]:
    """The scope of an entity's records as keys: a record is in it if it is in every clause; no clause is the whole."""
    return tuple(_clause(session, entity, roots, entities) for roots in sorted(scope.clauses, key=str))


def seen(entity: Entity, column: Callable[[str], Any], told: tuple[Clause, ...]) -> Any:
    """The clauses as an expression over columns; None for the whole."""

    def inside(clause: Clause) -> Any:
        own = [column(entity.key[0]).in_(sorted(clause.own))] if clause.own else []
        by_owner = [column(entity.scope).in_(sorted(clause.owners))] if clause.owners and entity.scope else []
        return reduce(or_, [*own, *by_owner], peewee.SQL("1 = 0"))

    return reduce(and_, map(inside, told)) if told else None


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
    table = peewee.Table(to.table).alias("o")
    key = peewee.Column(table, to.key[0])
    tests = ref_reaches(key, to, roots, entities)
    if not tests:
        return named
    query = table.select(key).where(reduce(or_, tests)).tuples()
    return named | {row[0] for row in session.run(query)}
