"""Operations on records: find them, the one door for asking."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.declare.phrase import joined, phrase
from core.declare.problem import Place, ZcError, problem
from core.entity.condition import All, Node, Test, parse
from core.entity.entity import Entity, Field
from core.entity.system import all_fields
from core.intake.category import Category
from core.run.shown import shown
from core.store.database import now_ms
from core.store.scope import Scope
from core.store.search import Count, Found, Search
from core.store.store import Store

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

COUNT_CAP = 10_000


def find(
    platform: Platform,
    _progress: Progress,
    *,
    category: str,
    where: Mapping[str, Any] | None = None,
    limit: int = 100,
    after: str | None = None,
    only_count: bool = False,
    newest: bool = False,
    scope: Scope | None = None,
    sandbox: bool = False,
) -> dict[str, Any]:
    """Records of a category, the one door for asking.

    {records, columns: {name: heading}, labels: {ref field: {key: what is shown for it}}, count, capped, count_text,
    after}. A record has id, every field and the columns that every record has; `columns` are those that the category
    lists. `newest` sorts by arrival, the last stored first, whatever the device's clock said. `where` is a condition
    over the fields it may be asked by, in shown terms. Simulated rows are left out unless the site declares demo.
    `scope` is the whole city where the caller is the operator at the machine. With `sandbox` the sandbox is asked.
    """
    snapshot = platform.snapshot
    said = snapshot.categories.get(category)
    if said is None:
        known = phrase("Known: {names}", names=", ".join(sorted(snapshot.categories)))
        raise ZcError(phrase("there is no category {category}", category=category), known)
    condition = condition_of(said, where or {}, snapshot.zone, snapshot.site["demo"])
    search = Search(
        entity=said.entity,
        condition=condition,
        sort=("-id",) if newest else said.sort,
        limit=limit,
        after=after,
        voided=said.voided,
    )
    allowed = scope or Scope.whole()
    store = platform.sandbox.store() if sandbox else platform.store
    found = None if only_count else store.search(search, allowed, snapshot.entities)
    counted = _counted(_count(store, search, found, allowed, snapshot.entities))
    if found is None:
        return counted
    records = [shown(said.entity, row, snapshot.zone) for row in found.rows]
    return {
        "records": records,
        "columns": {name: heading(all_fields(said.entity)[name]) for name in said.columns},
        "labels": labels_of(platform, said.entity, records),
        **counted,
        "after": found.after,
    }


def _count(store: Store, search: Search, found: Found | None, scope: Scope, entities: Mapping[str, Entity]) -> Count:
    """How many there are; where the first are found, only those behind them are looked for once more."""
    if found is None or search.after:
        return store.count(replace(search, after=None), scope, entities, cap=COUNT_CAP)
    number = len(found.rows)
    if found.after is None:
        return Count(number, capped=False)
    behind = store.count(replace(search, after=found.after), scope, entities, cap=max(0, COUNT_CAP - number))
    return Count(number + behind.number, behind.capped)


def _counted(count: Count) -> dict[str, Any]:
    text = f"≥ {count.number:,}" if count.capped else f"{count.number:,}"
    return {"count": count.number, "capped": count.capped, "count_text": text}


def heading(field: Field) -> str:
    """A column's heading: the label, with the unit that values are shown in."""
    return f"{field.label}({field.type.shown})" if field.type.shown else field.label


def labels_of(platform: Platform, entity: Entity, records: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """For each ref field, what is shown for the keys that the records have."""
    entities = platform.snapshot.entities
    labels = {}
    for name, field_ in entity.fields.items():
        to = entities.get(field_.to or "")
        if to is None or to.show is None:
            continue
        keys = {record[name] for record in records if record.get(name) is not None}
        if not keys:
            continue
        search = Search(to, Test(to.key[0], "in", tuple(keys)), columns=(to.key[0], to.show), limit=len(keys))
        rows = platform.store.search(search, Scope.whole(), entities).rows
        labels[name] = {row[to.key[0]]: str(row[to.show]) for row in rows if row[to.show] is not None}
    return labels


def condition_of(category: Category, where: Mapping[str, Any], zone: ZoneInfo, demo: bool) -> Node:
    """The category's own condition and the caller's; ZcError where the caller's is not of the grammar."""
    node, errors = parse(where, category.entity, zone, now_ms(), fields=category.asks)
    if node is None:
        found = [problem(code, Place("condition"), **values) for _, code, values in errors]
        told = joined((one.what for one in found), "{one}; {other}")
        reason = phrase("the condition cannot be used: {told}", told=told)
        raise ZcError(
            reason,
            phrase("{mend}; fields: {names}", mend=found[0].mend, names=", ".join(category.asks)),
        )
    parts = [category.condition.at(now_ms()), node]
    if not demo:
        parts.append(Test("provenance", "not", "simulated"))
    return All(tuple(parts))
