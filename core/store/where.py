"""Conditions as SQL. It says what the condition's own `test` says: two-valued, null fails every test but `not`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

import peewee

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.condition import All, Any_, Looks, Node, Not, Test
from core.entity.entity import Entity
from core.store.scope import Roots, either, ref_reaches

ALWAYS = peewee.SQL("1 = 1")
NEVER = peewee.SQL("1 = 0")
LAST_CHARACTER = 0x10FFFF
SURROGATES = range(0xD800, 0xE000)
GLOB_SIGNS = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}


@dataclass(frozen=True, slots=True)
class Where:
    """Turns conditions over `entity` into SQL over `table`."""

    entity: Entity
    table: Any
    entities: Mapping[str, Entity]
    dialect: str

    def sql(self, node: Node) -> Any:
        """A Peewee expression that is true, false or (read as false) null."""
        match node:
            case All(parts):
                return reduce(and_, map(self.sql, parts), ALWAYS)
            case Any_(parts):
                return either([self.sql(part) for part in parts])
            case Not(part):
                return peewee.NodeList((peewee.SQL("NOT"), peewee.fn.COALESCE(self.sql(part), False)), parens=True)
            case Test(field, operator, value):
                return self._test(field, operator, value)

    def column(self, name: str) -> Any:
        """A column of the table; ZcError for a name that the entity does not have."""
        return peewee.Column(self.table, known_column(self.entity, name))

    def _test(self, field: str, operator: str, value: Any) -> Any:
        column = self.column(field)
        if operator == "within_tree":
            return self._within_tree(field, column, value)
        if operator == "like":
            return _like(column, value, self.dialect)
        if operator == "alike":
            return _alike(column, value)
        return OPERATORS[operator](column, value)

    def _within_tree(self, field: str, column: Any, value: str | frozenset[str]) -> Any:
        if not isinstance(value, str):
            return column.in_(sorted(value))
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


def _not(column: Any, value: Any) -> Any:
    return column.is_null() | (column != value)


def _starts(column: Any, prefix: str) -> Any:
    end = _after_prefix(prefix)
    return (column >= prefix) & (column < end) if end else column >= prefix


def _after_prefix(prefix: str) -> str | None:
    """The least text, by code points, that is greater than all that start with `prefix`; None if there is none."""
    for length in range(len(prefix), 0, -1):
        code = ord(prefix[length - 1])
        if code < LAST_CHARACTER:
            following = code + 1 if code + 1 not in SURROGATES else SURROGATES.stop
            return prefix[: length - 1] + chr(following)
    return None


def _like(column: Any, pattern: str, dialect: str) -> Any:
    """Case-sensitive, without an escape character: GLOB where LIKE ignores case."""
    if dialect == "sqlite":
        return peewee.Expression(column, "GLOB", "".join(GLOB_SIGNS.get(sign, sign) for sign in pattern))
    return peewee.NodeList((column, peewee.SQL("LIKE"), peewee.Value(pattern), peewee.SQL("ESCAPE ''")), parens=True)


def _alike(column: Any, looks: Looks) -> Any:
    """Has the part in it once each character is the one it is taken for; no wildcard has a meaning here."""
    folded = column
    for given, taken in zip(looks.given, looks.taken, strict=True):
        folded = peewee.fn.replace(folded, given, taken)
    return peewee.fn.replace(folded, looks.part, "") != folded


OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "is": lambda column, value: column == value,
    "not": _not,
    "above": lambda column, value: column > value,
    "below": lambda column, value: column < value,
    "from": lambda column, value: column >= value,
    "to": lambda column, value: column <= value,
    "between": lambda column, value: (column >= value[0]) & (column <= value[1]),
    "in": lambda column, value: column.in_(list(value)),
    "starts": _starts,
    "within_time": lambda column, value: (column >= value[0]) & (column < value[1]),
    "present": lambda column, value: column.is_null(not value),
}
