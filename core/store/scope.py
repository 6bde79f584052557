"""Which rows an account may see: those whose scope path (station → its region → its parent …) reaches its keys.

A path goes from a record through its entity's `scope` field to the record it names, and on. It ends where that
record is not there or void, or the entity has no scope. Nothing reached is nothing seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import and_, or_
from typing import Any, NamedTuple

import peewee

from core.entity.entity import Entity
from core.store.database import Session


@dataclass(frozen=True, slots=True)
class Scope:
    """Make one with `whole`, `within`, `any_of` or `all_of`.

    A row is in scope if its path reaches, for each of `clauses`, one of the roots (entity, keys) in it: no clause is
    the whole, a clause without roots is nothing.
    """

    clauses: frozenset[frozenset[tuple[str, frozenset[str]]]]

    @classmethod
    def whole(cls) -> Scope:
        """Every row."""
        return cls(frozenset())

    @classmethod
    def within(cls, entity: str, keys: frozenset[str] | set[str]) -> Scope:
        """Rows whose scope path reaches a record of `entity` with one of these keys."""
        return cls(frozenset({frozenset({(entity, frozenset(keys))})}))

    @classmethod
    def any_of(cls, scopes: Iterable[Scope]) -> Scope:
        """Rows in any of the scopes; of none, no row."""
        chosen = product(*(scope.clauses for scope in set(scopes)))
        return cls(frozenset(frozenset().union(*clauses) for clauses in chosen))

    @classmethod
    def all_of(cls, scopes: Iterable[Scope]) -> Scope:
        """Rows in each of the scopes; of none, every row."""
        return cls(frozenset().union(*(scope.clauses for scope in scopes)))

    @property
    def is_nothing(self) -> bool:
        """Whether no row can be in it."""
        return frozenset() in self.clauses


class Roots(NamedTuple):
    """Where a path has to arrive: at a record of `entity` (None: of any) with one of `keys`."""

    entity: str | None
    keys: frozenset[str]

    def are_of(self, entity: Entity) -> bool:
        """True if records of this entity may be roots."""
        return self.entity in (None, entity.id) and len(entity.key) == 1


def visible(entity: Entity, table: Any, scope: Scope, entities: Mapping[str, Entity]) -> Any:
    """The scope as an expression over `table`; None for the whole."""
    return _clauses(scope, lambda roots: _reaches(entity, table, roots, entities, ()))


def _clauses(scope: Scope, reaching: Callable[[Roots], list[Any]]) -> Any:
    """All clauses hold, each by any expression that says how a row reaches one of its roots; None for the whole."""
    clauses = [
        either([test for root in sorted(clause, key=str) for test in reaching(Roots(*root))])
        for clause in sorted(scope.clauses, key=str)
    ]
    return reduce(and_, clauses) if clauses else None


def either(tests: Sequence[Any]) -> Any:
    """Any of these holds; none of none. Nothing is beside them: a planner finds no index for `1 = 0 OR …`."""
    return reduce(or_, tests) if tests else peewee.SQL("1 = 0")


def visible_along(entity: Entity, owner: Any, scope: Scope, entities: Mapping[str, Entity]) -> Any:
    """The scope as an expression over rows that are not the entity's own but tell, in the column `owner`, what its
    scope field refers to; None for the whole. Without an owner nobody else sees anything."""
    to = above(entity, entities)
    return _clauses(
        scope, lambda roots: ref_reaches(owner, to, roots, entities) if owner is not None and to is not None else []
    )


def holds(
    session: Session, entity: Entity, values: Mapping[str, Any], scope: Scope, entities: Mapping[str, Entity]
) -> bool:
    """Whether a record with these values, stored or not, lies in the scope."""
    to, owner = above(entity, entities), values.get(entity.scope or "")

    def reaching(roots: Roots) -> list[Any]:
        itself = roots.are_of(entity) and values.get(entity.key[0]) in roots.keys
        above = ref_reaches(peewee.Value(owner), to, roots, entities) if owner is not None and to is not None else []
        return [*([peewee.SQL("1 = 1")] if itself else []), *above]

    held = _clauses(scope, reaching)
    if held is None:
        return True
    return bool(list(session.run(peewee.Select((), (peewee.SQL("1"),)).where(held).tuples())))


def ref_reaches(
    column: Any, to: Entity, roots: Roots, entities: Mapping[str, Entity], passed: tuple[str, ...] = ()
) -> list[Any]:
    """Expressions any of which holds if the record of `to` that `column` names is a root or its path reaches one."""
    tests = [column.in_(sorted(roots.keys))] if roots.are_of(to) else []
    reaching = _keys_reaching(to, roots, entities, passed) if len(to.key) == 1 else None
    return tests if reaching is None else [*tests, _is_among(column, reaching)]


def _is_among(column: Any, keys: Any) -> Any:
    """`column IN (keys)` for a query of keys; Peewee's own `in_` renders a query twice, and one in one four times."""
    return peewee.NodeList((column, peewee.SQL("IN"), keys), parens=True)


def _reaches(
    entity: Entity, table: Any, roots: Roots, entities: Mapping[str, Entity], passed: tuple[str, ...]
) -> list[Any]:
    tests = [peewee.Column(table, entity.key[0]).in_(sorted(roots.keys))] if roots.are_of(entity) else []
    to = above(entity, entities)
    if entity.scope is None or to is None or to.id in passed:
        return tests
    return tests + ref_reaches(peewee.Column(table, entity.scope), to, roots, entities, (*passed, entity.id))


def _keys_reaching(to: Entity, roots: Roots, entities: Mapping[str, Entity], passed: tuple[str, ...]) -> Any:
    """A query of the keys of standing records of `to` whose path reaches a root; None if no path leads there."""
    if above(to, entities) is to:
        return _tree(to, roots) if roots.are_of(to) else None
    table = peewee.Table(to.table)
    tests = _reaches(to, table, roots, entities, passed)
    if not tests:
        return None
    return table.select(peewee.Column(table, to.key[0])).where(_stands(table), reduce(or_, tests))


def _tree(entity: Entity, roots: Roots) -> Any:
    """A query of the keys of an entity whose scope is itself: those under the roots, however deep."""
    key, above = entity.key[0], str(entity.scope)
    top, below = peewee.Table(entity.table), peewee.Table(entity.table)
    first = top.select(peewee.Column(top, key)).where(_stands(top), peewee.Column(top, above).in_(sorted(roots.keys)))
    tree = first.cte("tree", recursive=True, columns=("key",))
    deeper = below.select(peewee.Column(below, key)).join(tree, on=(peewee.Column(below, above) == tree.c.key))
    return tree.union(deeper.where(_stands(below))).select_from(tree.c.key)


def above(entity: Entity, entities: Mapping[str, Entity]) -> Entity | None:
    """The entity that the scope field refers to, itself for a tree; None where there is none."""
    field = entity.fields.get(entity.scope or "")
    to = entities.get(field.to or "") if field else None
    return entity if to and to.id == entity.id else to


def _stands(table: Any) -> Any:
    return peewee.Column(table, "voided_at").is_null()
