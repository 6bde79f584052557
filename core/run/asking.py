"""Asking for records as one account: find, count, facets, sums, one, and rows for an export. Scope and masks hold in
each by construction: all go through `Look`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from core.declare.problem import ZcError
from core.entity.condition import All, Node, Test
from core.entity.entity import Field
from core.entity.system import all_fields
from core.intake.category import Category, no_facet
from core.run.counted import counted, facet_counted
from core.run.labels import code_text, labels_of, text_of
from core.run.query import MOST_ROWS, Asked, Params, asked, names, number, one
from core.run.rights import Rights
from core.run.shown import moment, shown
from core.run.veil import Veil
from core.run.words import NotAllowed, NotFound, said, words
from core.store.database import now_ms
from core.store.scope import Scope
from core.store.search import Count, Search
from core.store.store import Store

COUNT_CAP = 10_000
FACET_VALUES = 100
ROWS_A_STEP = 10_000  # large, since a sort without an index costs a whole scan each step; some 30 MiB


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
        """The URL's conditions, over the filters whose fields are there for the account."""
        fields = {name: field for name, field in self.category.filters.items() if self.veil.is_there(name)}
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
    """{records, labels, count, capped, count_text, after, sums, as_of}: one page, by mark or by number."""
    limit = number(look.params, "limit", 20, 1, MOST_ROWS)
    after = one(look.params, "after")
    page = 1 if after else number(look.params, "page", 1, 1, max(1, COUNT_CAP // limit))
    scope = look.scope(*(name.removeprefix("-") for name in look.sort))
    search = look.search(sort=look.sort, limit=limit, after=after, skip=(page - 1) * limit)
    entities, store = look.rights.snapshot.entities, look.store
    try:
        found = store.search(search, scope, entities)
    except ZcError as error:
        raise ZcError(said("bad_mark")) if after else error from error
    records = look.veil.shown(found.rows)
    count = counted(look, scope) or store.count(search, scope, entities, cap=COUNT_CAP)
    return {
        "records": records,
        "labels": labels_of(look.rights, store, look.category.entity.fields, records),
        **count_text(count),
        "after": found.after,
        "sums": sums(look, scope, count),
        "as_of": moment(now_ms(), look.rights.snapshot.zone),
    }


def count_text(count: Count) -> dict[str, Any]:
    """A count as pages show it."""
    text = f"≥ {count.number:,}" if count.capped else f"{count.number:,}"
    return {"count": count.number, "capped": count.capped, "count_text": text}


def sums(look: Look, scope: Scope, count: Count) -> dict[str, Any]:
    """{field: shown sum} of the category's sums; null where there are too many rows to add up."""
    entity = look.category.entity
    wanted = [name for name in look.category.sums if look.rights.is_plain(entity, name)]
    if not wanted or count.capped:
        return dict.fromkeys(wanted)
    stored = look.store.totals(look.search(), scope, look.rights.snapshot.entities, wanted)
    fields, zone = all_fields(entity), look.rights.snapshot.zone
    return {
        name: None if value is None else fields[name].type.show(value, fields[name], zone)
        for name, value in stored.items()
    }


def facets(look: Look, field: str) -> list[dict[str, Any]]:
    """[{value, label, count, capped}] of a field over what the URL asks, the most frequent first. Where there are more
    rows than can be counted at once the counts are of as many as can, and `capped` says so."""
    known = look.category.filters.get(field) or all_fields(look.category.entity).get(field)
    if known is None or not look.veil.is_there(field):
        raise NotFound(said("unknown_field", name=field))
    if no_facet(known):
        raise ZcError(said("no_facet", field=known.label))
    scope, entities = look.scope(field), look.rights.snapshot.entities
    found = facet_counted(look, scope, field) or look.store.tally(look.search(), scope, entities, field, COUNT_CAP)
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


@dataclass(frozen=True)
class Exporting:
    """An export under way: (field, heading, whether it is text) of each column, rows of shown values with the texts of
    dictionaries and the titles of what is referred to, sums by field, the filter in words."""

    columns: list[tuple[str, str, bool]]
    rows: Iterator[tuple[Any, ...]]
    sums: dict[str, Any]
    note: str


def exporting(look: Look, columns: Sequence[str]) -> Exporting:
    """All rows that the URL asks for, streamed. NotAllowed without the right to export."""
    category, entity = look.category, look.category.entity
    allowed_category(look.rights, category.id, "export")
    if not category.export:
        raise NotAllowed(said("no_right", title=category.title, right=said("export")))
    fields = all_fields(entity)
    chosen = [name for name in (columns or category.columns) if look.veil.is_there(name)]
    for name in chosen:
        if name not in fields:
            raise ZcError(said("unknown_field", name=name))
    scope = look.scope(*(name.removeprefix("-") for name in look.sort), right="export")
    count = look.store.count(look.search(), scope, look.rights.snapshot.entities, cap=COUNT_CAP)
    headings = [(name, heading(fields[name]), not fields[name].type.ordered) for name in chosen]
    note = "；".join(in_words(look))
    return Exporting(headings, _exported(look, scope, chosen), sums(look, scope, count), note)


def _exported(look: Look, scope: Scope, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    snapshot, entity = look.rights.snapshot, look.category.entity
    for page in _pages(look, scope):
        told = [{name: record.get(name) for name in columns} for record in page]
        labels = labels_of(look.rights, look.store, entity.fields, told)
        for record in told:
            yield tuple(
                labels[name].get(value, value) if name in labels and isinstance(value, str)
                else text_of(snapshot, entity, name, value)
                for name, value in record.items()
            )  # fmt: skip


def rows(look: Look, scope: Scope) -> Iterator[dict[str, Any]]:
    """Every record in bounded memory, shown and veiled, in the order asked for."""
    for page in _pages(look, scope):
        yield from page


def _pages(look: Look, scope: Scope) -> Iterator[list[dict[str, Any]]]:
    after: str | None = None
    while True:
        search = look.search(sort=look.sort, limit=ROWS_A_STEP, after=after)
        found = look.store.search(search, scope, look.rights.snapshot.entities)
        yield look.veil.shown(found.rows)
        after = found.after
        if after is None:
            return


def in_words(look: Look) -> list[str]:
    """The URL's conditions in words, for the note of an export and the log."""
    fields = all_fields(look.category.entity)
    return [
        said(f"test_{operator}", label=fields[name].label, value=_value_text(look, fields[name], value))
        for name, test in look.asked.where.items()
        for operator, value in test.items()
    ]


def _value_text(look: Look, field: Field, value: Any) -> str:
    """What a condition asks for, as staff say it: texts of dictionaries, yes and no, names of time windows."""
    if isinstance(value, list | tuple):
        return "、".join(_value_text(look, field, one) for one in value)
    if isinstance(value, bool):
        return said("yes" if value else "no")
    text = words().get(value, value) if field.type.timed and isinstance(value, str) else value
    return str(code_text(look.rights.snapshot, field, text))


def heading(field: Field) -> str:
    """A column's heading: the label, with the unit that values are shown in."""
    return f"{field.label}({field.type.shown})" if field.type.shown else field.label
