"""What there is to choose from for a ref: records by key and title, flat or as a tree along the scope path."""

from __future__ import annotations

from typing import Any

from core.entity.condition import All, Any_, Node, Test
from core.entity.entity import Entity
from core.run.rights import Rights
from core.run.words import NotAllowed, NotFound, said
from core.store.search import Search
from core.store.store import Store

MOST_IN_TREE = 5000


def choices(rights: Rights, store: Store, entity: str, q: str, limit: int) -> list[dict[str, Any]]:
    """[{value, label}] of records whose key or title has `q` in it, by key."""
    said_of = _entity(rights, entity)
    return [{"value": row["value"], "label": row["label"]} for row in _rows(rights, store, said_of, q, limit)]


def tree(rights: Rights, store: Store, entity: str) -> list[dict[str, Any]]:
    """[{value, label, entity, children}]: the records below those that their scope refers to, as far as the account
    sees these; a record whose parent it does not see stands at the top."""
    nodes: dict[tuple[str, str], dict[str, Any]] = {}
    parents: dict[tuple[str, str], tuple[str, str]] = {}
    level: Entity | None = _entity(rights, entity)
    while level is not None and (not nodes or rights.may("see", level.id)):
        above = level.fields[level.scope].to if level.scope else None
        for row in _rows(rights, store, level, "", MOST_IN_TREE):
            key = (level.id, row["value"])
            nodes[key] = {"value": row["value"], "label": row["label"], "entity": level.id, "children": []}
            if above and row["parent"]:
                parents[key] = (above, row["parent"])
        level = rights.snapshot.entities[above] if above and above != level.id else None
    top: list[dict[str, Any]] = []
    for key, node in nodes.items():
        parent = nodes.get(parents.get(key, ("", "")))
        (top if parent is None or parent is node else parent["children"]).append(node)
    return [node for node in top if node["entity"] == entity or node["children"]]


def _entity(rights: Rights, entity: str) -> Entity:
    said_of = rights.snapshot.entities.get(entity)
    if said_of is None or len(said_of.key) != 1:
        raise NotFound(said("unknown_entity", id=entity))
    if not rights.may("see", entity):
        raise NotAllowed(said("no_see", title=said_of.title))
    return said_of


def _rows(rights: Rights, store: Store, entity: Entity, q: str, limit: int) -> list[dict[str, Any]]:
    """[{value, label, parent}]; only of rows in which key and title are shown as they are."""
    key, show = entity.key[0], entity.show or entity.key[0]
    parent = entity.scope or key
    scope = rights.narrowed(entity, (key, show, parent))
    if scope.is_nothing:
        return []
    text = q.replace("%", "").replace("_", "").strip()
    condition: Node = All(())
    if text:
        tests = [Test(name, "like", f"%{text}%") for name in (key, show) if entity.columns[name] == "text"]
        condition = Any_(tuple(tests))
    search = Search(entity, condition, columns=(key, show, parent), sort=(key,), limit=limit)
    return [
        {"value": row[key], "label": str(row[show]) if row[show] is not None else str(row[key]), "parent": row[parent]}
        for row in store.search(search, scope, rights.snapshot.entities).rows
    ]
