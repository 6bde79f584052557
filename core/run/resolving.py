"""Pages for one account: each block with all that a browser needs to draw it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markdown_it import MarkdownIt

from core.declare.phrase import in_language
from core.declare.problem import ZcError
from core.entity.entity import Entity, Field
from core.entity.statistic import Statistic
from core.entity.system import all_fields
from core.intake.category import Category, Column, Filter, Run, no_facet
from core.run import block_query, logged
from core.run.asking import allowed_category
from core.run.menu import may_ask, pages_of
from core.run.pages import figure_fields, figure_paths
from core.run.presets import time_presets
from core.run.rights import Rights
from core.run.veil import Veil
from core.run.words import NotAllowed, NotFound, said
from core.store.store import Store

RIGHTS = ("see", "add", "amend", "void", "export", "reveal")
BOUNDS = ("min", "max")


def page(rights: Rights, store: Store, id_: str) -> dict[str, Any]:
    """{id, title, help, group, layout, rotate_s, next, rows: [[block]]}. NotFound, NotAllowed; a block that the account
    may not see says so in its own place."""
    found = rights.snapshot.pages.get(id_)
    if found is None:
        raise NotFound(said("unknown_page", id=id_))
    if not rights.opens(found):
        raise NotAllowed(said("no_page"))
    rows = _rows(rights, store, found.rows)
    told = {"id": found.id, "title": found.title, "help": found.help, "group": found.group, "layout": found.layout}
    return told | {"rotate_s": found.rotate_s, "next": _opened(rights, found.next), "rows": rows}


def _rows(rights: Rights, store: Store, rows: Iterable[Iterable[Mapping[str, Any]]]) -> list[list[dict[str, Any]]]:
    return [[_block(rights, store, block) for block in row] for row in rows]


def _block(rights: Rights, store: Store, block: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return {**block, **_resolved(rights, store, block)}
    except ZcError as error:
        return {
            "block": block["block"],
            "title": block["title"],
            "width": block.get("width"),
            "height": block.get("height"),
            "error": in_language(error.reason, "zh"),
        }


def _resolved(rights: Rights, store: Store, block: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in place of the names that a block has."""
    resolved: dict[str, Any] = {"width": block.get("width")}
    if block["block"] == "text":
        resolved["html"] = MarkdownIt("commonmark", {"html": False}).enable("table").render(block["text"])
    if block["block"] == "tabs":
        resolved["tabs"] = [{**tab, "rows": _rows(rights, store, tab["rows"])} for tab in block["tabs"]]
    if block["block"] == "group":
        resolved["rows"] = _rows(rights, store, block["rows"])
    if "category" in block:
        category = allowed_category(rights, block["category"])
        resolved["category"] = category_of(rights, store, category, block)
        if {"add", "amend"} & set(resolved["category"]["actions"]):
            resolved["form"] = form_of(rights, store, category.entity.id, ())
        if block["block"] in ("table", "feed"):
            page_id = _opened(rights, block.get("opens"))
            resolved["opens"] = {"page": page_id, "query": {}} if page_id else None
    if "entity" in block:
        resolved["entity"] = form_of(rights, store, block["entity"], block.get("fields", ()))
    if "statistic" in block:
        resolved |= _figure(rights, rights.snapshot.statistics[block["statistic"]], block)
    if block["block"] == "log":
        resolved["filters"] = logged.described(block["kinds"])
    return resolved


def categories(rights: Rights) -> list[dict[str, Any]]:
    """[{id, title, help, entity, export, page}] of the categories that the account may ask, by title; `page` lists
    it."""
    found, pages = [], pages_of(rights)
    for one in rights.snapshot.categories.values():
        try:
            allowed_category(rights, one.id)
        except ZcError:
            continue
        export = one.export and rights.may("export", one.entity.id)
        entity = {"id": one.entity.id, "title": one.entity.title}
        told = {"id": one.id, "title": one.title, "help": one.help, "entity": entity, "export": export}
        found.append({**told, "page": pages.get(one.id)})
    return sorted(found, key=lambda one: (one["title"], one["id"]))


def category_of(rights: Rights, store: Store, category: Category, block: Mapping[str, Any]) -> dict[str, Any]:
    """A category as a table shows it, without the fields that the account has not and what a mask forbids."""
    entity, veil = category.entity, Veil(rights, store, category.entity)
    held = [right for right in RIGHTS if rights.may(right, entity.id)]
    wanted = block.get("actions") or category.actions
    asks = [one for one in category.filters if veil.is_there(one.field.name) and may_ask(rights, entity, one.field)]
    export = category.export and "export" in held
    return {
        "id": category.id,
        "title": category.title,
        "help": category.help,
        "entity": {"id": entity.id, "title": entity.title, "key": list(entity.key), "time": entity.time},
        "key": list(entity.key),
        "columns": [_column(rights, veil, one) for one in category.shown if veil.is_there(one.field.name)],
        "filters": [filter_of(rights, one) for one in asks],
        "facets": [
            {"name": name, "label": all_fields(entity)[name].label}
            for name in category.facets
            if veil.is_there(name) and may_ask(rights, entity, all_fields(entity)[name])
        ],
        "sort": [name for name in category.sort if veil.is_there(name.removeprefix("-"))],
        "sums": [name for name in category.sums if rights.is_plain(entity, name)],
        "actions": [one for one in wanted if one in category.actions and (one == "detail" or one in held)],
        "operations": [_run(one) for one in category.operations if _may_run(rights, entity, one)],
        "export": export,
        "rights": held,
    }


def _may_run(rights: Rights, entity: Entity, run: Run) -> bool:
    """Whether a role has the operation, and its arguments are shown as they are."""
    plain = all(rights.is_plain(entity, field.name) for field in run.arguments.values())
    return run.operation in rights.operations and plain


def _run(run: Run) -> dict[str, Any]:
    arguments = {argument: field.name for argument, field in run.arguments.items()}
    told = {"operation": run.operation, "label": run.label, "sure": run.sure}
    return told | {"with": arguments, "shows": dict(run.shows)}


def described(rights: Rights, field: Field) -> dict[str, Any]:
    """What every place says of a field: {name, label, help, unit, type, dictionary?, ref?}. The ids of
    declarations are told by their titles, as the codes of a dictionary are."""
    told: dict[str, Any] = {
        "name": field.name,
        "label": field.label,
        "help": field.help,
        "unit": field.type.shown,
        "type": type_of(field),
    }
    if field.dictionary:
        items = rights.snapshot.facts.dictionaries[field.dictionary]
        told["dictionary"] = {code: {"label": one["label"], "colour": one["colour"]} for code, one in items.items()}
    elif field.options.get("declared"):
        declared = rights.snapshot.reading.declarations.get(field.options["declared"], {})
        told["dictionary"] = {
            id_: {"label": one.data["title"], "colour": "grey"} for id_, one in sorted(declared.items())
        }
    if field.to:
        told["ref"] = field.to
    return told


def type_of(field: Field) -> str:
    """text, number, boolean, time, date, ref, choice or list: what a browser has a control for."""
    if field.type.listed:
        return "list"
    if field.to or field.dictionary:
        return "ref" if field.to else "choice"
    if field.type.timed:
        return "time" if field.type.column == "integer" else "date"
    return {"integer": "number", "real": "number", "boolean": "boolean"}.get(field.type.column, "text")


def _column(rights: Rights, veil: Veil, column: Column) -> dict[str, Any]:
    field = column.field
    plain = rights.is_plain(veil.entity, field.name)
    return described(rights, field) | {
        "align": "right" if type_of(field) == "number" else "left",
        "masked": not plain,
        "width": column.width,
        "fixed": column.fixed,
        "hidden": column.hidden,
        "sortable": plain and not field.type.listed,
        "opens": _opened(rights, column.opens) if plain else None,
    }


def _opened(rights: Rights, page_id: str | None) -> str | None:
    """The page that a click opens; None where there is none, or the account may not open it."""
    found = rights.snapshot.pages.get(page_id or "")
    return found.id if found is not None and rights.opens(found) else None


def filter_of(rights: Rights, asked: Filter) -> dict[str, Any]:
    """A condition that a page offers: what is said of its field, the control, its choices."""
    told = described(rights, asked.field) | {"as": asked.control, "default": asked.default}
    if asked.control == "presets":
        told["presets"] = [*time_presets(), {"value": "this_month a year ago", "label": said("same_period")}]
    if asked.field.type.column == "boolean":
        told["options"] = [{"value": "true", "label": said("yes")}, {"value": "false", "label": said("no")}]
    elif asked.field.dictionary:
        told["options"] = [{"value": code, "label": one["label"]} for code, one in told["dictionary"].items()]
    return told


def form_of(rights: Rights, store: Store, entity_id: str, names: Iterable[str]) -> dict[str, Any]:
    """{id, title, key, fields: [...]} of a form for records of the entity, the fields that the account may fill in.
    NotAllowed where it may neither add nor change one."""
    entity = rights.snapshot.entities[entity_id]
    if not (rights.may("add", entity_id) or rights.may("amend", entity_id)):
        raise NotAllowed(said("no_right", title=entity.title, right=said("add")))
    veil, wanted = Veil(rights, store, entity), tuple(names)
    chosen = wanted or tuple(name for name in entity.fields if name in entity.mapped)
    fields = [_form_field(rights, entity.fields[name]) for name in chosen if veil.is_there(name)]
    return {"id": entity.id, "title": entity.title, "key": list(entity.key), "fields": fields}


def _form_field(rights: Rights, field: Field) -> dict[str, Any]:
    told = described(rights, field) | {"required": field.required, "to": field.to}
    told |= {bound: field.options.get(bound) for bound in BOUNDS if told["type"] == "number"}
    told["max_length"] = field.options.get("max", 500) if told["type"] == "text" else None
    if "dictionary" in told:
        told["options"] = [{"value": code, "label": one["label"]} for code, one in told["dictionary"].items()]
    return told


def _figure(rights: Rights, statistic: Statistic, block: Mapping[str, Any]) -> dict[str, Any]:
    """What a chart or number says of its statistic. NotAllowed where the account may not see the entity."""
    entity, measure = statistic.entity, statistic.measures[block["measure"]]
    if not rights.may("see", entity.id):
        raise NotAllowed(said("no_see", title=entity.title))
    fields = figure_fields(block, statistic, rights.snapshot.entities)
    by = {key: described(rights, fields[block[key]]) for key in ("by", "series") if block.get(key)}
    return {
        "query": block_query.asks(block),
        "opens": block_query.opens(block, entity, figure_paths(block, statistic, rights.snapshot.entities)),
        "statistic": {"id": statistic.id, "title": statistic.title, "entity": entity.id, "time": entity.time},
        "dimensions": by,
        "measure": {"name": measure.id, "label": measure.label, "unit": measure.unit, "adds": measure.adds},
    }


def asks_of(rights: Rights, store: Store, category: Category) -> list[Field]:
    """Fields by which the account may ask, for the manual."""
    veil = Veil(rights, store, category.entity)
    fields = category.asks.values()
    return [one for one in fields if veil.is_there(one.name) and may_ask(rights, category.entity, one)]


def facets_of(category: Category) -> list[Field]:
    """Fields whose values may be counted, for the manual."""
    return [field for field in category.asks.values() if no_facet(field) is None]
