"""What a figure of a page asks, and what a click on it opens, as the parameters of a URL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.entity.entity import Entity

Query = dict[str, list[str]]


def asks(block: Mapping[str, Any]) -> Query:
    """What a number or chart asks of its statistic: measure, by, within and its conditions."""
    by = [block[key] for key in ("by", "series") if block.get(key)]
    named = {"measure": [block["measure"]], "by": by, "within": [block["within"]], "compare": block.get("compare", [])}
    if block["block"] == "ranking":
        named |= {"order": [f"-{block['measure']}"], "top": [str(block["top"])]}
    if block["block"] == "map":
        named["completeness"] = ["true"]
    return {name: values for name, values in named.items() if values} | _conditions(block)


def opens(block: Mapping[str, Any], entity: Entity) -> dict[str, Any] | None:
    """{page, query} of the records behind the figure; None where it opens nothing."""
    if not block.get("opens"):
        return None
    return {"page": block["opens"], "query": {f"{entity.time}.within": [block["within"]]} | _conditions(block)}


def _conditions(block: Mapping[str, Any]) -> Query:
    query: Query = {}
    for field, test in block["where"].items():
        tests = test if isinstance(test, Mapping) else {"is": test}
        query |= {f"{field}.{name}": _texts(value) for name, value in tests.items()}
    return query


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list | tuple) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in values]
