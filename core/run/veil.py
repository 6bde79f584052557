"""Masks and hidden fields over records: each row gets what the roles in whose scope it lies show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.entity.condition import Test
from core.entity.entity import Entity
from core.entity.mask import HIDDEN, masked
from core.run.rights import Rights
from core.run.shown import shown
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store

PLAIN, MASKED, GONE = 0, 1, 2
"""How a field is shown in a row."""


@dataclass(frozen=True)
class Veil:
    """What one account sees of the records of one entity."""

    rights: Rights
    store: Store
    entity: Entity

    @cached_property
    def covered(self) -> Mapping[str, tuple[Scope, Scope]]:
        """{field: (the rows where it is there, the rows where it is plain)} of those that are not plain throughout."""
        return {
            name: (self.rights.open(self.entity, field), self.rights.plain(self.entity, field))
            for name, field in self.entity.fields.items()
            if not self.rights.is_plain(self.entity, name)
        }

    def is_there(self, name: str) -> bool:
        """Whether a field is there in any row."""
        return name not in self.covered or not self.covered[name][0].is_nothing

    def levels(self, ids: Sequence[int]) -> dict[int, dict[str, int]]:
        """{id: {field: MASKED or GONE}} of records that the account sees; fields not named are plain."""
        within = {scope: self._within(scope, ids) for pair in self.covered.values() for scope in pair}
        found: dict[int, dict[str, int]] = {}
        for record_id in ids:
            levels = {
                name: MASKED if record_id in within[there] else GONE
                for name, (there, plain) in self.covered.items()
                if record_id not in within[plain]
            }
            found[record_id] = levels
        return found

    def shown(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Stored rows, each with its id, as the account sees them: shown values, masked or gone."""
        levels = self.levels([row["id"] for row in rows])
        zone = self.rights.snapshot.zone
        return [self.veiled(shown(self.entity, row, zone), levels[row["id"]]) for row in rows]

    def veiled(self, record: dict[str, Any], levels: Mapping[str, int]) -> dict[str, Any]:
        """A record of shown values with its levels laid over."""
        for name in levels.keys() & record.keys():
            if levels[name] == GONE:
                del record[name]
            elif record[name] is not None:
                record[name] = masked(self.entity.fields[name].mask or "", record[name])
        return record

    def veiled_change(self, changes: Mapping[str, Any], levels: Mapping[str, int]) -> dict[str, Any]:
        """Values that an event names, likewise; whether there was one is told, since the change itself is."""
        kept = {name: value for name, value in changes.items() if levels.get(name) != GONE}
        masks = {name for name, value in kept.items() if levels.get(name) == MASKED and value is not None}
        return kept | dict.fromkeys(masks, HIDDEN)

    def _within(self, scope: Scope, ids: Iterable[int]) -> frozenset[int]:
        chosen = tuple(ids)
        if scope.is_nothing or not chosen:
            return frozenset()
        search = Search(self.entity, Test("id", "in", chosen), columns=("id",), limit=len(chosen), voided=True)
        return frozenset(row["id"] for row in self.store.search(search, scope, self.rights.snapshot.entities).rows)
