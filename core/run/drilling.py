"""What a list can be asked for of that which a figure is made of: dimensions, measures and periods as conditions of
the list, so that behind a figure lie the very records that it counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from core.entity.calendar import PERIODS
from core.entity.condition import All, Node, Test
from core.entity.dimension import Dimension
from core.entity.entity import Field
from core.entity.measure import Measure
from core.entity.path import Path
from core.entity.statistic import Statistic
from core.run.block_query import Query, is_scope

Told = dict[str, Any]
ASKED_AS = {"is": "", "in": ".in", "not": ".not"}


def drilling(
    statistic: Statistic, paths: Mapping[str, Path], asks: frozenset[str], zone: ZoneInfo
) -> dict[str, Any] | None:
    """{time, dimensions: {name: way}, measures: {name: conditions of the list}, query} for a list that can be asked by
    the fields `asks`; what it cannot be asked for is not among them; time is null where records have none. None where
    not even all that the statistic counts can be asked for.

    A way is {way, field}: `is` the field holds the dimension's own value, `tree` the value is a place in its tree,
    `starts` it begins with the value, `period` the value is a window of it, `hour` the hour that begins then; `bins`
    has {code: {from, below}} beside it.
    """
    ways = {name: way for name, way in _ways(statistic, paths, zone).items() if way["field"] in asks}
    query = _query(statistic.condition, ways)
    if query is None or statistic.entity.time not in (None, *asks):
        return None
    measures = {name: _query(_counted(one, statistic.measures), ways) for name, one in statistic.measures.items()}
    told = {name: one for name, one in measures.items() if one is not None}
    return {"time": statistic.entity.time, "dimensions": ways, "measures": told, "query": query}


def _ways(statistic: Statistic, paths: Mapping[str, Path], zone: ZoneInfo) -> dict[str, Told]:
    ways = {shape.name: _way(shape, statistic, zone) for shape in statistic.shapes}
    for name in statistic.grains if statistic.entity.time else ():
        if name in PERIODS:
            ways[name] = {"way": "hour" if name == "hour" else "period", "field": statistic.entity.time}
    for name, path in paths.items():
        if path.level and is_scope(path, statistic.entity):
            ways[name] = {"way": "tree", "field": path.ref}
    return ways


def _way(shape: Dimension, statistic: Statistic, zone: ZoneInfo) -> Told:
    if shape.bounds:
        return {"way": "bins", "field": shape.source, "bins": _bins(shape, statistic.entity.fields[shape.source], zone)}
    return {"way": "starts" if shape.length else "is", "field": shape.source}


def _bins(shape: Dimension, field: Field, zone: ZoneInfo) -> dict[str, dict[str, Any]]:
    """{code: {from, below}} in shown units, either left out where there is no such bound."""
    lows = [field.type.show(low, field, zone) for low, _ in shape.bounds]
    bins = {
        code: {"from": low} | ({"below": above} if above is not None else {})
        for (_, code), low, above in zip(shape.bounds, lows, [*lows[1:], None], strict=True)
    }
    return bins | ({shape.below: {"below": lows[0]}} if shape.below else {})


def _counted(measure: Measure, measures: Mapping[str, Measure]) -> Node:
    """Of which records a measure is; a rate or a share is told by those that it takes a part of."""
    return measures[measure.of[0]].where if measure.of else measure.where


def _query(node: Node, ways: Mapping[str, Told]) -> Query | None:
    """A condition on dimensions as one on the list; None where the list cannot be asked so."""
    if isinstance(node, All):
        query: Query = {}
        for part in node.parts:
            found = _query(part, ways)
            if found is None or query.keys() & found.keys():
                return None
            query |= found
        return query
    return _of_test(node, ways[node.field]) if isinstance(node, Test) and node.field in ways else None


def _of_test(test: Test, way: Told) -> Query | None:
    values = list(test.value) if isinstance(test.value, tuple) else [test.value]
    if way["way"] == "bins" and test.operator in ("is", "in"):
        return _of_bins(values, way)
    if way["way"] != "is" or test.operator not in ASKED_AS:
        return None
    return {way["field"] + ASKED_AS[test.operator]: [str(value) for value in values]}


def _of_bins(codes: list[str], way: Told) -> Query | None:
    """Bins that lie beside each other, as one span of the field."""
    chosen = sorted((way["bins"][code] for code in codes), key=lambda span: span.get("from", float("-inf")))
    if any(one.get("below") != after.get("from") for one, after in zip(chosen, chosen[1:], strict=False)):
        return None
    span = {"from": chosen[0].get("from"), "below": chosen[-1].get("below")}
    return {f"{way['field']}.{side}": [str(value)] for side, value in span.items() if value is not None}
