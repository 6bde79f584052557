"""What stands for keys and codes: titles of the records they refer to, texts of dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.entity.condition import Test
from core.entity.entity import Entity, Field
from core.run.sight import Sight
from core.run.snapshot import Snapshot
from core.run.words import said, words
from core.store.search import Search
from core.store.store import Store

ORIGINS = ("clock", "provenance", "partner", "interface")
"""The columns that say where a record came from, by codes and ids."""


def labels_of(
    seen: Sight, store: Store, fields: Mapping[str, Field], records: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """{field: {value: text}} of the refs and choices in these shown records, and of where they came from. A ref has a
    label where the account sees the record it refers to, and the field that is shown for it."""
    found: dict[str, dict[str, str]] = {}
    for name in ORIGINS:
        values = {record[name] for record in records if isinstance(record.get(name), str)}
        found[name] = {value: origin_text(seen.snapshot, name, value) for value in values}
    for name, field in fields.items():
        if not (field.dictionary or field.to):
            continue
        values = {record[name] for record in records if isinstance(record.get(name), str)}
        if values and field.dictionary:
            items = seen.snapshot.facts.dictionaries[field.dictionary]
            found[name] = {value: items[value]["label"] for value in values if value in items}
        elif values and field.to:
            found[name] = titles(seen, store, seen.snapshot.entities[field.to], values)
    return {name: labels for name, labels in found.items() if labels}


def origin_text(snapshot: Snapshot, name: str, value: str) -> str:
    """What a value of one of ORIGINS is called; a partner or an interface that is no longer declared, as it is."""
    if name in ("clock", "provenance"):
        return words().get(f"{name}_{value}", value)
    declared = snapshot.partners.get(value) if name == "partner" else snapshot.interfaces.get(value)
    return declared.title if declared is not None else value


def titles(seen: Sight, store: Store, to: Entity, keys: set[str]) -> dict[str, str]:
    """{key: what is shown for it} of records that the account sees."""
    if to.show is None:
        return {}
    scope = seen.narrowed(to, (to.key[0], to.show))
    if scope.is_nothing:
        return {}
    search = Search(to, Test(to.key[0], "in", tuple(sorted(keys))), columns=(to.key[0], to.show), limit=len(keys))
    rows = store.search(search, scope, seen.snapshot.entities).rows
    return {row[to.key[0]]: str(row[to.show]) for row in rows if row[to.show] is not None}


def text_of(snapshot: Snapshot, entity: Entity, name: str, value: Any) -> Any:
    """A shown value as an export writes it: dictionary text, yes and no, lists with blanks between."""
    field = entity.fields.get(name)
    if value is None:
        return None
    if isinstance(value, bool):
        return said("yes" if value else "no")
    if isinstance(value, list):
        return " ".join("" if item is None else str(item) for item in value)
    if field is None and name in ORIGINS:
        return origin_text(snapshot, name, value)
    return code_text(snapshot, field, value)


def code_text(snapshot: Snapshot, field: Field | None, value: Any) -> Any:
    """The text of a dictionary's code; other values, and codes that it no longer has, as they are."""
    items = snapshot.facts.dictionaries.get(field.dictionary or "", {}) if field is not None else {}
    return items[value]["label"] if value in items else value
