"""What a URL asks: FIELD=value and FIELD.TEST=value as the grammar of conditions, and sort, limit, after, page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.problem import ZcError
from core.entity.condition import OPERATORS, Node, parse
from core.entity.entity import Entity, Field
from core.run.words import said
from core.store.database import now_ms

Params = Mapping[str, Sequence[str]]
"""Decoded URL parameters as they came, each with all its values."""

ASKED = frozenset(
    {"sort", "limit", "after", "page", "by", "series", "measure", "within", "q", "field", "columns", "tree", "count"}
    | {"compare", "top", "order", "completeness", "online", "as_of", "ask"}
)
"""Parameters that are no fields; a field of such a name is asked as FIELD.is=value."""

MOST_ROWS = 1000
BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True)
class Asked:
    """A URL's conditions as data of the grammar, and as a tree; `fields` are those it names."""

    where: dict[str, Any]
    node: Node
    fields: tuple[str, ...]


def asked(params: Params, entity: Entity, fields: Mapping[str, Field], zone: ZoneInfo) -> Asked:
    """The conditions of a URL over these fields. ZcError, in words for who asked, where it has none of that name or
    the value cannot be read; an empty value asks nothing."""
    where: dict[str, Any] = {}
    for key, values in params.items():
        name, _, operator = (key, "", "") if key in fields else key.rpartition(".") if "." in key else (key, "", "")
        given = [value for value in values if value != ""]
        if (not operator and key in ASKED) or not given:
            continue
        if name not in fields:
            known = "、".join(field.label for field in fields.values())
            raise ZcError(said("unknown_filter", name=name, known=known))
        if operator and operator not in OPERATORS:
            raise ZcError(said("bad_test", name=fields[name].label, operator=operator))
        where.setdefault(name, {}).update(_test(operator, given, fields[name].label))
    node, faults = parse(where, entity, zone, now_ms(), fields=fields)
    if faults or node is None:
        path, code, values_of = faults[0]
        label = fields[str(path[0])].label
        if code == "ZC323":
            raise ZcError(said("bad_test", name=label, operator=values_of["operator"]))
        raise ZcError(said("bad_value", name=label, value=values_of.get("value", "")))
    return Asked(where, node, tuple(where))


def _test(operator: str, given: list[str], label: str) -> dict[str, Any]:
    """One test as the grammar has it."""
    if operator == "in" or (not operator and len(given) > 1):
        return {"in": given}
    if operator == "between":
        return {"between": given}
    if operator == "present":
        if given[-1] not in BOOLEANS:
            raise ZcError(said("bad_value", name=label, value=given[-1]))
        return {"present": BOOLEANS[given[-1]]}
    return {operator or "is": given[-1]}


def number(params: Params, name: str, default: int, low: int, high: int) -> int:
    """A whole number of a URL within bounds; ZcError in words."""
    given = one(params, name)
    if given is None:
        return default
    if not given.isascii() or not given.isdigit() or not low <= int(given[:12]) <= high:
        raise ZcError(said("bad_number", name=name, low=low, high=high))
    return int(given)


def one(params: Params, name: str) -> str | None:
    """The last value of a parameter; None where it has none or an empty one."""
    return next((value for value in reversed(params.get(name, ())) if value != ""), None)


def names(params: Params, name: str) -> tuple[str, ...]:
    """The names in a parameter, commas between, each once."""
    texts = ",".join(params.get(name, ())).split(",")
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))
