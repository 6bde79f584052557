"""What a figure of a page asks, and what a click on it opens, as the parameters of a URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.entity.calendar import PERIODS
from core.entity.entity import SYSTEM_COLUMNS, Entity
from core.entity.path import Path

Query = dict[str, list[str]]


def asks(block: Mapping[str, Any], entity: Entity) -> Query:
    """What a block asks of its statistic: measure, by, within, order and its conditions. Records without a time are
    asked about whenever they were entered."""
    named = {
        "measure": measures_of(block),
        "by": dimensions_of(block),
        "within": [block["within"]] if block.get("within") and entity.time else [],
        "compare": _texts(block.get("compare") or ()),
        "order": _texts(_order(block)),
        "top": [] if block.get("series") or not block.get("top") else [str(block["top"])],
        "completeness": ["true"] if block["block"] in ("figures", "map") else [],
        "online": ["true"] if block.get("online") else [],
    }
    return {name: values for name, values in named.items() if values} | _conditions(block)


def dimensions_of(block: Mapping[str, Any]) -> list[str]:
    """What a block tells its rows apart by; the fields of filters may be asked by as well."""
    if block["block"] in ("figures", "filters"):
        return list(block["by"] if block["block"] == "figures" else block["fields"])
    return [block[key] for key in ("by", "series") if block.get(key)]


def measures_of(block: Mapping[str, Any]) -> list[str]:
    """The measures that a block shows, the first one first."""
    if block.get("measures"):
        return list(block["measures"])
    return [block["measure"]] if block.get("measure") else []


def _order(block: Mapping[str, Any]) -> list[str]:
    if block.get("order"):
        return [block["order"]]
    is_greatest = block["block"] == "ranking" or block.get("shape") == "pareto"
    return [f"-{measures_of(block)[0]}"] if is_greatest else []


def opens(block: Mapping[str, Any], entity: Entity, paths: Mapping[str, Path]) -> dict[str, Any] | None:
    """{page, query, by} of the records behind the figure, `by` the condition that takes what a click is on, None where
    a click says nothing more. None where it opens nothing, or no list can be asked for the same records."""
    conditions = {_listed(key, entity, paths): values for key, values in _conditions(block).items()}
    if not block.get("opens") or None in conditions:
        return None
    query = ({f"{entity.time}.within": [block["within"]]} if entity.time else {}) | conditions
    return {"page": block["opens"], "query": query, "by": _clicked(block.get("by"), entity, paths)}


def _listed(key: str, entity: Entity, paths: Mapping[str, Path]) -> str | None:
    """A condition on the figure as one on the list; a subtree that the scope leads into is one of the scope's field."""
    name, _, operator = key.rpartition(".")
    if name in paths:
        return f"{paths[name].ref}.within" if operator == "within" and is_scope(paths[name], entity) else None
    return key if name in (*entity.fields, *SYSTEM_COLUMNS) else None


def _clicked(by: str | None, entity: Entity, paths: Mapping[str, Path]) -> str | None:
    if by is None:
        return None
    if by in paths:
        return f"{paths[by].ref}.within" if paths[by].level and is_scope(paths[by], entity) else None
    if by in PERIODS and by != "hour":
        return f"{entity.time}.within" if entity.time else None
    return by if by in (*entity.fields, *SYSTEM_COLUMNS) else None


def is_scope(path: Path, entity: Entity) -> bool:
    """Whether it is the way from a record to the tree in which its scope lies."""
    return path.ref == entity.scope and all(step.name == to.scope for to, step in path.steps)


def _conditions(block: Mapping[str, Any]) -> Query:
    query: Query = {}
    for field, test in block.get("where", {}).items():
        tests = test if isinstance(test, Mapping) else {"is": test}
        query |= {f"{field}.{name}": _texts(value) for name, value in tests.items()}
    return query


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]
