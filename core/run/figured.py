"""What a block of a page says of its statistic: what it asks, by which conditions it may be narrowed, and which
records a click on it opens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.entity.condition import All
from core.entity.entity import Field
from core.entity.measure import Measure
from core.entity.path import Path
from core.entity.statistic import Statistic
from core.intake.category import Filter
from core.run import block_query
from core.run.described import described, filtered, opened
from core.run.drilling import drilling
from core.run.menu import may_ask
from core.run.pages import figure_fields, figure_paths, placed
from core.run.rights import Rights
from core.run.words import NotAllowed, said, words

EVERY = All(())
"""The condition of a list that leaves out nothing."""


def figured(rights: Rights, statistic: Statistic, block: Mapping[str, Any]) -> dict[str, Any]:
    """What a block says of its statistic. NotAllowed where the account may not see the entity."""
    entity = statistic.entity
    if not rights.may("see", entity.id):
        raise NotAllowed(said("no_see", title=entity.title))
    fields = figure_fields(block, statistic, rights.snapshot.entities)
    by = {name: described(rights, fields[name]) for name in block_query.dimensions_of(block)}
    measures = [_measure(statistic.measures[name]) for name in block_query.measures_of(block)]
    told = {
        "query": block_query.asks(block, entity),
        "statistic": {"id": statistic.id, "title": statistic.title, "entity": entity.id, "time": entity.time},
        "dimensions": by,
        "asks": sorted({name.partition(".")[0] for name in (*statistic.fields, *by)}),
        "measures": measures,
        "measure": measures[0] if measures else None,
        "export": rights.may("export", entity.id),
    }
    if block["block"] == "filters":
        return told | _chosen_by(rights, statistic, block)
    paths = figure_paths(block, statistic, rights.snapshot.entities)
    is_table = block["block"] == "figures"
    opens = {"page": block.get("opens"), "query": {}} if is_table else block_query.opens(block, entity, paths)
    return told | {"opens": opens, "drill": _drill(rights, statistic, block, paths)}


def _measure(measure: Measure) -> dict[str, Any]:
    return {
        "name": measure.id,
        "label": measure.label,
        "unit": measure.unit,
        "adds": measure.adds,
        "of_none": measure.of_none,
        "ratio": measure.is_ratio,
    }


def _drill(
    rights: Rights, statistic: Statistic, block: Mapping[str, Any], paths: Mapping[str, Path]
) -> dict[str, Any] | None:
    """How a click opens records (core.run.drilling) on a page with a list of all of them; None where it opens none."""
    page_id = opened(rights, block.get("opens"))
    blocks = placed(rights.snapshot.pages[page_id].rows) if page_id else ()
    listed = next((one["category"] for _, one in blocks if one["block"] == "table"), None)
    category = rights.snapshot.categories[listed] if listed else None
    if category is None or category.entity is not statistic.entity or category.condition.sample != EVERY:
        return None
    asks = frozenset(name for name, field in category.asks.items() if may_ask(rights, category.entity, field))
    found = drilling(statistic, paths, asks, rights.snapshot.zone)
    return found and {**found, "page": page_id}


def _chosen_by(rights: Rights, statistic: Statistic, block: Mapping[str, Any]) -> dict[str, Any]:
    """The controls of a block of filters."""
    fields = figure_fields(block, statistic, rights.snapshot.entities)
    filters = [filtered(rights, Filter(fields[name], _control(statistic, fields[name]))) for name in block["fields"]]
    presets = [{"value": name, "label": words().get(name, name)} for name in block["presets"]]
    return {"filters": filters, "presets": presets}


def _control(statistic: Statistic, field: Field) -> str:
    """A tree for the scope, which lies in one; a choice for all else."""
    return "tree" if field.name == statistic.entity.scope else "choice"
