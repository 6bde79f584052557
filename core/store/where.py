"""Conditions as SQL. It says what the condition's own `test` says: two-valued, null fails every test but `not`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.condition import All, Any_, Looks, Node, Not, Test
from core.entity.entity import Entity
from core.store import sql
from core.store.scope import Roots, ref_reaches
from core.store.sql import Sql, among, either, every, written

LAST_CHARACTER = 0x10FFFF
SURROGATES = range(0xD800, 0xE000)
GLOB_SIGNS = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}


@dataclass(frozen=True, slots=True)
class Where:
    """Turns conditions over `entity` into SQL over `table`, a table or its alias."""

    entity: Entity
    table: str
    entities: Mapping[str, Entity]
    dialect: str

    def sql(self, node: Node) -> Sql:
        """A test that is true, false or (read as false) null."""
        match node:
            case All(parts):
                return every(map(self.sql, parts))
            case Any_(parts):
                return either(map(self.sql, parts))
            case Not(part):
                return written("NOT COALESCE({}, FALSE)", self.sql(part))
            case Test(field, operator, value):
                return self._test(field, operator, value)

    def column(self, name: str) -> Sql:
        """A column of the table; ZcError for a name that the entity does not have."""
        return sql.column(self.table, known_column(self.entity, name))

    def _test(self, field: str, operator: str, value: Any) -> Sql:
        column = self.column(field)
        if operator == "within_tree":
            return self._within_tree(field, column, value)
        if operator == "like":
            return _like(column, value, self.dialect)
        if operator == "alike":
            return _alike(column, value)
        return OPERATORS[operator](column, value)

    def _within_tree(self, field: str, column: Sql, value: str | frozenset[str]) -> Sql:
        if not isinstance(value, str):
            return among(column, sorted(value))
        to = self.entities.get(self.entity.fields[field].to or "")
        if to is None:
            raise ZcError(
                phrase("'{field}' of {entity} refers to nothing", field=field, entity=self.entity.title),
                phrase("Use `within` on fields of type ref"),
            )
        return either(ref_reaches(column, to, Roots(None, frozenset({value})), self.entities))


def known_column(entity: Entity, name: str) -> str:
    """The name, if it is a column of the entity's table; ZcError where it is not."""
    if name != "id" and name not in entity.columns:
        raise ZcError(
            phrase("{entity} has no field '{name}'", entity=entity.title, name=name),
            phrase("Name one of {names}", names=", ".join(entity.columns)),
        )
    return name


def _compared(form: str, column: Sql, value: Any) -> Sql:
    """`form` with the column and the value."""
    return Sql(form.format(column), (*column.values, value))


def _not(column: Sql, value: Any) -> Sql:
    return _compared("({0} IS NULL OR {0} <> ?)", column, value)


def _starts(column: Sql, prefix: str) -> Sql:
    end = _after_prefix(prefix)
    return _ranged("({0} >= ? AND {0} < ?)", column, (prefix, end)) if end else _compared("{} >= ?", column, prefix)


def _ranged(form: str, column: Sql, bounds: Any) -> Sql:
    return Sql(form.format(column), (bounds[0], bounds[1]))


def _after_prefix(prefix: str) -> str | None:
    """The least text, by code points, that is greater than all that start with `prefix`; None if there is none."""
    for length in range(len(prefix), 0, -1):
        code = ord(prefix[length - 1])
        if code < LAST_CHARACTER:
            following = code + 1 if code + 1 not in SURROGATES else SURROGATES.stop
            return prefix[: length - 1] + chr(following)
    return None


def _like(column: Sql, pattern: str, dialect: str) -> Sql:
    """Case-sensitive, without an escape character: GLOB where LIKE ignores case."""
    if dialect == "sqlite":
        return _compared("{} GLOB ?", column, "".join(GLOB_SIGNS.get(sign, sign) for sign in pattern))
    return _compared("({} LIKE ? ESCAPE '')", column, pattern)


def _alike(column: Sql, looks: Looks) -> Sql:
    """Has the part in it once each character is the one it is taken for; no wildcard has a meaning here."""
    folded = column
    for given, taken in zip(looks.given, looks.taken, strict=True):
        folded = Sql(f"replace({folded}, ?, ?)", (*folded.values, given, taken))
    return Sql(f"replace({folded}, ?, '') <> {folded}", (*folded.values, looks.part, *folded.values))


OPERATORS: Mapping[str, Callable[[Sql, Any], Sql]] = {
    "is": partial(_compared, "{} = ?"),
    "not": _not,
    "above": partial(_compared, "{} > ?"),
    "below": partial(_compared, "{} < ?"),
    "from": partial(_compared, "{} >= ?"),
    "to": partial(_compared, "{} <= ?"),
    "between": partial(_ranged, "({0} >= ? AND {0} <= ?)"),
    "in": lambda column, value: among(column, list(value)),
    "starts": _starts,
    "within_time": partial(_ranged, "({0} >= ? AND {0} < ?)"),
    "present": lambda column, value: Sql(f"{column} IS {'NOT NULL' if value else 'NULL'}", column.values),
}
