"""Which rows an account may see: those whose scope path (station → its region → its parent …) reaches its keys.

A path goes from a record through its entity's `scope` field to the record it names, and on. It ends where that
record is not there or void, or the entity has no scope. Nothing reached is nothing seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

from core.entity.entity import Entity
from core.store.database import Session
from core.store.sql import ALWAYS, Sql, among, column, either, every, value, written


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


def visible(entity: Entity, table: str, scope: Scope, entities: Mapping[str, Entity]) -> Sql | None:
    """The scope as a condition over `table`, a table of records or its alias; None for the whole."""
    return _clauses(scope, lambda roots: _reaches(entity, table, roots, entities, ()))


def _clauses(scope: Scope, reaching: Callable[[Roots], list[Sql]]) -> Sql | None:
    """All clauses hold, each by any test that says how a row reaches one of its roots; None for the whole."""
    clauses = [
        either(test for root in sorted(clause, key=str) for test in reaching(Roots(*root)))
        for clause in sorted(scope.clauses, key=str)
    ]
    return every(clauses) if clauses else None


def visible_along(entity: Entity, owner: Sql | None, scope: Scope, entities: Mapping[str, Entity]) -> Sql | None:
    """The scope as a condition over rows that are not the entity's own but tell, in the column `owner`, what its
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

    def reaching(roots: Roots) -> list[Sql]:
        itself = roots.are_of(entity) and values.get(entity.key[0]) in roots.keys
        higher = ref_reaches(value(owner), to, roots, entities) if owner is not None and to is not None else []
        return [*([ALWAYS] if itself else []), *higher]

    held = _clauses(scope, reaching)
    if held is None:
        return True
    return session.execute(f"SELECT 1 WHERE {held.text}", held.values).fetchone() is not None  # noqa: S608 - made of compiled names


def ref_reaches(
    ref: Sql, to: Entity, roots: Roots, entities: Mapping[str, Entity], passed: tuple[str, ...] = ()
) -> list[Sql]:
    """Tests any of which holds if the record of `to` that `ref` names is a root or its path reaches one."""
    tests = [among(ref, sorted(roots.keys))] if roots.are_of(to) else []
    reaching = _keys_reaching(to, roots, entities, passed) if len(to.key) == 1 else None
    return tests if reaching is None else [*tests, written("{} IN ({})", ref, reaching)]


def _reaches(
    entity: Entity, table: str, roots: Roots, entities: Mapping[str, Entity], passed: tuple[str, ...]
) -> list[Sql]:
    tests = [among(column(table, entity.key[0]), sorted(roots.keys))] if roots.are_of(entity) else []
    to = above(entity, entities)
    if entity.scope is None or to is None or to.id in passed:
        return tests
    return tests + ref_reaches(column(table, entity.scope), to, roots, entities, (*passed, entity.id))


def _keys_reaching(to: Entity, roots: Roots, entities: Mapping[str, Entity], passed: tuple[str, ...]) -> Sql | None:
    """A query of the keys of standing records of `to` whose path reaches a root; None if no path leads there."""
    if above(to, entities) is to:
        return _tree(to, roots) if roots.are_of(to) else None
    tests = _reaches(to, to.table, roots, entities, passed)
    if not tests:
        return None
    keys = f'SELECT "{to.table}"."{to.key[0]}" FROM "{to.table}" WHERE "{to.table}"."voided_at" IS NULL'  # noqa: S608 - compiled names
    return written(f"{keys} AND {{}}", either(tests))


def _tree(entity: Entity, roots: Roots) -> Sql:
    """A query of the keys of an entity whose scope is itself: those under the roots, however deep."""
    key, parent, stands = entity.key[0], str(entity.scope), 'below."voided_at" IS NULL'
    of = f'SELECT below."{key}" FROM "{entity.table}" AS below'  # noqa: S608 - compiled names
    under = f'{of} JOIN tree ON below."{parent}" = tree.key WHERE {stands}'
    return written(
        f"WITH RECURSIVE tree (key) AS ({of} WHERE {stands} AND {{}} UNION {under}) SELECT key FROM tree",  # noqa: S608 - compiled names
        among(column("below", parent), sorted(roots.keys)),
    )


def above(entity: Entity, entities: Mapping[str, Entity]) -> Entity | None:
    """The entity that the scope field refers to, itself for a tree; None where there is none."""
    field = entity.fields.get(entity.scope or "")
    to = entities.get(field.to or "") if field else None
    return entity if to and to.id == entity.id else to
