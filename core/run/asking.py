"""Asking for records as one account: find, count, facets, sums, one, and rows for an export. Scope and masks hold in
each by construction: all go through `Look`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

from core.declare.problem import ZcError
from core.entity.condition import All, Node, Test
from core.entity.entity import Field
from core.entity.system import all_fields
from core.intake.category import Category, no_facet
from core.run.counted import counted, facet_counted
from core.run.labels import labels_of
from core.run.query import MOST_ROWS, Asked, Params, asked, names, number, one
from core.run.rights import Rights
from core.run.shown import moment, shown
from core.run.veil import Veil
from core.run.words import NotAllowed, NotFound, said
from core.store.database import now_ms
from core.store.scope import Scope
from core.store.search import Count, Search
from core.store.store import Store

COUNT_CAP = 10_000
FACET_VALUES = 100
NOTHING: Mapping[str, int] = MappingProxyType({})
REACH = (
    100_000  # rows looked through for a page, a count or a facet: tens of milliseconds; what a city weighs in a week
)


@dataclass(frozen=True)
class Look:
    """One category as one account sees it, with what a URL asks of it."""

    rights: Rights
    store: Store
    category: Category
    params: Params

    @classmethod
    def at(cls, rights: Rights, store: Store, category: str, params: Params) -> Look:
        """NotFound for an unknown category, NotAllowed for one that the account may not ask."""
        return cls(rights, store, allowed_category(rights, category), params)

    @cached_property
    def veil(self) -> Veil:
        """What the account sees of the entity."""
        return Veil(self.rights, self.store, self.category.entity)

    @cached_property
    def asked(self) -> Asked:
        """The URL's conditions, over the fields that may be asked by and are there for the account."""
        fields = {name: field for name, field in self.category.asks.items() if self.veil.is_there(name)}
        return asked(self.params, self.category.entity, fields, self.rights.snapshot.zone)

    @cached_property
    def sort(self) -> tuple[str, ...]:
        """The URL's, else the category's own unless a mask is in its way, then the newest first."""
        fields = all_fields(self.category.entity)
        chosen = names(self.params, "sort")
        for name in chosen:
            plain = name.removeprefix("-")
            if plain not in fields or not self.veil.is_there(plain) or fields[plain].type.listed:
                raise ZcError(said("unknown_field", name=plain))
        own = self.category.sort
        hidden = any(not self.rights.is_plain(self.category.entity, name.removeprefix("-")) for name in own)
        return chosen or (("-id",) if hidden else own)

    @cached_property
    def condition(self) -> Node:
        """The category's own rows and the URL's; without simulated ones unless the site declares demo."""
        simulated = () if self.rights.snapshot.site["demo"] else (Test("provenance", "not", "simulated"),)
        return All((self.category.condition.at(now_ms()), self.asked.node, *simulated))

    def scope(self, *used: str, right: str = "see") -> Scope:
        """The rows about which the account may ask by these fields and those of the URL. NotAllowed where there are
        none for the sake of a field."""
        entity = self.category.entity
        fields = tuple(dict.fromkeys((*self.asked.fields, *used)))
        found = self.rights.narrowed(entity, fields, right)
        if found.is_nothing:
            label = next((entity.fields[name].label for name in fields if not self.rights.is_plain(entity, name)), "")
            raise NotAllowed(said("no_field", field=label))
        return found

    def search(self, **other: Any) -> Search:
        """What the store is asked for."""
        search = Search(entity=self.category.entity, condition=self.condition, voided=self.category.voided)
        return replace(search, **other)


def allowed_category(rights: Rights, category: str, right: str = "see") -> Category:
    """The category, if the account may ask it. NotFound, NotAllowed."""
    found = rights.snapshot.categories.get(category)
    if found is None:
        raise NotFound(said("unknown_category", id=category))
    if found.roles and found.roles.isdisjoint(role.id for role in rights.roles):
        raise NotAllowed(said("no_role"))
    if not rights.may("see", found.entity.id):
        raise NotAllowed(said("no_see", title=found.entity.title))
    if not rights.may(right, found.entity.id):
        raise NotAllowed(said("no_right", title=found.entity.title, right=said(right)))
    return found


def find(look: Look) -> dict[str, Any]:
    """{records, labels, after, reached, as_of}: one page, by mark or by number, and what `totals` says unless the URL
    has count=false. `reached` is where looking ended before the page was full, null where it did not; `after` goes on
    from there."""
    limit = number(look.params, "limit", 20, 1, MOST_ROWS)
    after = one(look.params, "after")
    page = 1 if after else number(look.params, "page", 1, 1, max(1, COUNT_CAP // limit))
    scope = look.scope(*(name.removeprefix("-") for name in look.sort))
    search = look.search(sort=look.sort, limit=limit, after=after, skip=(page - 1) * limit, reach=REACH)
    entities, store = look.rights.snapshot.entities, look.store
    try:
        found = store.search(search, scope, entities)
    except ZcError as error:
        raise ZcError(said("bad_mark")) if after else error from error
    records = look.veil.shown(found.rows)
    zone = look.rights.snapshot.zone
    told = {
        "records": records,
        "labels": labels_of(look.rights, store, look.category.entity.fields, records),
        "after": found.after,
        "reached": None if found.reached is None else moment(found.reached, zone),
        "as_of": moment(now_ms(), zone),
    }
    return told if one(look.params, "count") == "false" else told | _totals(look, scope)


def totals(look: Look) -> dict[str, Any]:
    """{count, capped, count_text, sums} of all that the URL asks."""
    return _totals(look, look.scope(*(name.removeprefix("-") for name in look.sort)))


def _totals(look: Look, scope: Scope) -> dict[str, Any]:
    known = counted(look, scope)
    entities = look.rights.snapshot.entities
    count = known.count if known else look.store.count(look.search(reach=REACH), scope, entities, cap=COUNT_CAP)
    within_reach = look.search(reach=REACH)
    return {**count_text(count), "sums": sums(look, scope, count, within_reach, known.sums if known else NOTHING)}


def count_text(count: Count) -> dict[str, Any]:
    """A count as pages show it."""
    text = f"≥ {count.number:,}" if count.capped else f"{count.number:,}"
    return {"count": count.number, "capped": count.capped, "count_text": text}


def sums(look: Look, scope: Scope, count: Count, search: Search, known: Mapping[str, int] = NOTHING) -> dict[str, Any]:
    """{field: shown sum} of the category's sums over what is searched, or as they are `known` in stored form; null
    where there are too many to add up."""
    entity = look.category.entity
    wanted = [name for name in look.category.sums if look.rights.is_plain(entity, name)]
    if not wanted or count.capped:
        return dict.fromkeys(wanted)
    stored: Mapping[str, int | None] = known
    if not set(wanted) <= set(known):
        stored = look.store.totals(search, scope, look.rights.snapshot.entities, wanted)
    fields, zone = all_fields(entity), look.rights.snapshot.zone
    shown_of = {name: (stored[name], fields[name]) for name in wanted}
    return {
        name: None if value is None else field.type.show(value, field, zone)
        for name, (value, field) in shown_of.items()
    }


def facets(look: Look, field: str) -> list[dict[str, Any]]:
    """[{value, label, count, capped}] of a field over what the URL asks, the most frequent first. Where there are more
    rows than can be counted at once the counts are of as many as can, and `capped` says so."""
    known = look.category.asks.get(field)
    if known is None or not look.veil.is_there(field):
        raise NotFound(said("unknown_field", name=field))
    if no_facet(known):
        raise ZcError(said("no_facet", field=known.label))
    scope, entities = look.scope(field), look.rights.snapshot.entities
    found = facet_counted(look, scope, field) or look.store.tally(
        look.search(reach=REACH), scope, entities, field, COUNT_CAP
    )
    values = found.values[:FACET_VALUES]
    rows = [_shown_value(look, known, value) for value, _ in values]
    labels = labels_of(look.rights, look.store, look.category.entity.fields, [{field: value} for value in rows])
    return [
        {"value": value, "label": labels.get(field, {}).get(str(value), _said(value)), "count": count}
        | {"capped": found.capped}
        for value, (_, count) in zip(rows, values, strict=True)
    ]


def _shown_value(look: Look, field: Field, value: Any) -> Any:
    """A stored value as lists show it."""
    name = field.name
    return None if value is None else shown(look.category.entity, {name: value}, look.rights.snapshot.zone)[name]


def _said(value: Any) -> str:
    return "" if value is None else said("yes" if value else "no") if isinstance(value, bool) else str(value)


def one_row(look: Look, record_id: int, right: str = "see") -> dict[str, Any]:
    """One record of the category in stored form, void or not. NotFound where it is not there or not in scope."""
    scope = look.scope(right=right)
    search = replace(look.search(), voided=True, limit=1, condition=All((Test("id", "is", record_id), look.condition)))
    rows = look.store.search(search, scope, look.rights.snapshot.entities).rows
    if not rows:
        raise NotFound(said("unknown_record"))
    return rows[0]
