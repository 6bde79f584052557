"""Questions over several categories at once: one text in all of them, and all that is known of one plate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from core.declare.problem import ZcError
from core.entity.condition import All
from core.entity.entity import Field
from core.entity.system import all_fields
from core.intake.category import Category
from core.run import asking, menu, resolving
from core.run.asking import Look, allowed_category
from core.run.query import Params, names, one
from core.run.rights import Rights
from core.run.words import NotAllowed, said
from core.store.store import Store

SHORTEST = 2  # characters; one alone is in almost every record
LONGEST = 64
RECORDS = 5
LIFE_RECORDS = 100


def overview(rights: Rights, store: Store, params: Params) -> dict[str, Any]:
    """{text, groups: [{category, field, found, query, page}]}: where the text of `q` is found, by category and field,
    the newest or first few of each; `query` and `page` lead to all of them. Asked are plates and titles for the text
    anywhere in them, and keys for what begins with it. ZcError where the text is too short or too long."""
    text = (one(params, "q") or "").strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise ZcError(said("bad_text", low=SHORTEST, high=LONGEST))
    groups = []
    for category in chosen(rights, names(params, "category")):
        for field in _searched(category):
            query = {f"{field.name}.{_test(category, field)}": [_pattern(category, field, text)]}
            found = _found(rights, store, category, query | {"limit": [str(RECORDS)]})
            if found is not None and found["records"]:
                groups.append(_group(rights, store, category, field) | {"found": found, "query": query})
    return {"text": text, "groups": groups}


def life(rights: Rights, store: Store, params: Params) -> dict[str, Any]:
    """{plate, groups: [{category, field, found, query, page, first, facets: [{name, label, values}]}]}: each category
    with records of a plate, the newest of them, the time of the first, and how many of which facet's value. ZcError
    without a plate; NotAllowed for whom plates are masked everywhere."""
    plate = (one(params, "plate") or "").strip()
    if not 0 < len(plate) <= LONGEST:
        raise ZcError(said("bad_text", low=1, high=LONGEST))
    groups, masked = [], []
    for category in chosen(rights, names(params, "category")):
        for field in (each for each in category.asks.values() if each.type.alike):
            query = {field.name: [plate]}
            found = _found(rights, store, category, query | {"limit": [str(LIFE_RECORDS)]})
            if found is None:
                masked.append(field.label)
            elif found["records"]:
                group = _group(rights, store, category, field) | {"found": found, "query": query}
                groups.append(group | _of_life(rights, store, category, query))
    if masked and not groups:
        raise NotAllowed(said("no_field", field=masked[0]))
    return {"plate": plate, "groups": groups}


def chosen(rights: Rights, wanted: Sequence[str]) -> list[Category]:
    """The categories of these ids; without any, for each entity the one that has all its records. Those that the
    account may not ask are left out."""
    found: dict[str, Category] = {}
    for category in sorted(rights.snapshot.categories.values(), key=lambda each: (each.title, each.id)):
        is_wanted = category.id in wanted if wanted else category.condition.sample == All(())
        if is_wanted and _may_ask(rights, category):
            found.setdefault(category.id if wanted else category.entity.id, category)
    return list(found.values())


def _may_ask(rights: Rights, category: Category) -> bool:
    try:
        allowed_category(rights, category.id)
    except ZcError:
        return False
    return True


def _searched(category: Category) -> Iterator[Field]:
    """Plates, then what is shown for the record, then texts of its key."""
    entity, asks = category.entity, category.asks
    plates = [field.name for field in asks.values() if field.type.alike]
    for name in dict.fromkeys([*plates, *([entity.show] if entity.show else []), *entity.key]):
        field = asks.get(name)
        if field is not None and field.type.column == "text" and not field.to and not field.dictionary:
            yield field


def _test(category: Category, field: Field) -> str:
    return "like" if _is_anywhere(category, field) else "starts"


def _pattern(category: Category, field: Field, text: str) -> str:
    """What the field is asked for; plates are kept in capitals, without blanks and dots."""
    written = "".join(sign for sign in text.upper() if sign.isalnum()) if field.type.alike else text
    return f"%{written}%" if _is_anywhere(category, field) else written


def _is_anywhere(category: Category, field: Field) -> bool:
    """Whether the text may stand anywhere in the field: parts of plates have an index, registers are small; a key is
    found by its beginning."""
    return bool(field.type.alike) or field.name == category.entity.show


def _found(rights: Rights, store: Store, category: Category, query: Params) -> dict[str, Any] | None:
    """One page of the category; None where the field is masked for the account."""
    try:
        return asking.find(Look.at(rights, store, category.id, query))
    except NotAllowed:
        return None


def _group(rights: Rights, store: Store, category: Category, field: Field) -> dict[str, Any]:
    described = resolving.category_of(rights, store, category, {})
    told = {"name": field.name, "label": field.label}
    return {"category": described, "field": told, "page": menu.page_of(rights, category.id)}


def _of_life(rights: Rights, store: Store, category: Category, query: Params) -> dict[str, Any]:
    """When the plate was first seen, and how its records are spread over the category's facets."""
    time, first = category.entity.time, None
    if time is not None:
        oldest = _found(rights, store, category, {**query, "sort": [time], "limit": ["1"]})
        first = oldest["records"][0][time] if oldest and oldest["records"] else None
    look = Look.at(rights, store, category.id, query)
    facets = []
    for name in category.facets:
        if not look.rights.is_plain(category.entity, name):
            continue
        label = all_fields(category.entity)[name].label
        facets.append({"name": name, "label": label, "values": asking.facets(look, name)})
    return {"first": first, "facets": facets}
