"""Whether a person sees all there is of an area: everything, or what lies below one record, such as a county.

What is printed shows the same to everybody who gets it, so nothing of it may lie beyond what the person could ask for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from core.declare.problem import ZcError
from core.entity.condition import Test, parse
from core.entity.condition import fields as fields_of
from core.entity.entity import Entity
from core.run.asker import Asker
from core.run.asking import allowed_category
from core.run.question import Question
from core.run.rights import Rights
from core.store.database import now_ms
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store

Area = tuple[str, str] | None
"""(entity, key) of the record below which it lies; None for everything."""


def sees_figures(rights: Rights, store: Store, question: Question, area: Area) -> bool:
    """Whether the person may be told the answer to a question about all records of an area, and the titles in it.
    False also where it can no longer be asked."""
    asker = Asker(rights, store, question)
    try:
        fields = [asker.fields[name].to for name in asker.by]
        owner = asker.statistic.entity.fields.get(asker.statistic.entity.scope or "")
        titled = {to for to in (*fields, owner.to if owner is not None else None) if to}
        return all(_covers(rights, store, scope, area) for scope in (asker.scope, *_titles(rights, titled)))
    except ZcError:
        return False


def sees_records(
    rights: Rights, store: Store, category: str, columns: Iterable[str], where: Mapping[str, Any], area: Area
) -> bool:
    """Whether the person sees these fields of all records of an area as they are, those of the condition too. False
    also where the category is not there, or not for the person."""
    try:
        asked = allowed_category(rights, category)
    except ZcError:
        return False
    node, _ = parse(dict(where), asked.entity, rights.snapshot.zone, now_ms(), fields=asked.asks)
    if node is None:
        return False
    names = [*columns, *fields_of(node)]
    titled = {field.to for name in names if (field := asked.entity.fields.get(name)) is not None and field.to}
    scopes = (rights.narrowed(asked.entity, names), *_titles(rights, titled))
    return all(_covers(rights, store, scope, area) for scope in scopes)


def _titles(rights: Rights, entities: Iterable[str]) -> Iterator[Scope]:
    """The records of these entities whose titles are shown."""
    for name in sorted(entities):
        of: Entity = rights.snapshot.entities[name]
        yield rights.narrowed(of, (of.key[0], *([of.show] if of.show else [])))


def _covers(rights: Rights, store: Store, scope: Scope, area: Area) -> bool:
    """Whether all of the area lies in a scope: who sees the record at its head sees all that lies below it."""
    if area is None:
        return scope == Scope.whole()
    entity, key = area
    of = rights.snapshot.entities.get(entity)
    if of is None or scope.is_nothing:
        return False
    search = Search(of, Test(of.key[0], "is", key), columns=(of.key[0],), limit=1)
    return bool(store.search(search, scope, rights.snapshot.entities).rows)
