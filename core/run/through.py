"""Dimensions that lie beyond a ref, with the register as it is now or as it was on the day of a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.entity.condition import All
from core.entity.entity import Entity, Field
from core.entity.path import Path, above
from core.intake.clock import civil_day
from core.run.sight import Sight
from core.run.words import NotAllowed, said
from core.store.asked import EVER, Through
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store

MOST_RECORDS = 1_000_000
DEEPEST = 20
NOW = EVER[0]


class Register:
    """The records that paths lead through, as one sees them; `daily` for their history, told from their events."""

    def __init__(self, seen: Sight, store: Store, daily: bool) -> None:
        self.seen, self.store, self.daily = seen, store, daily
        self._fields: dict[tuple[str, str, bool], _History] = {}

    def through(self, path: Path) -> Through:
        """What each record that the dimension may refer to leads to, and from when to when."""
        first, field = path.steps[0]
        histories = list(self._along(path))
        days = sorted({NOW, *(day for history in histories for day in history.days)})
        values: list[Any] = [None]
        places: dict[Any, int] = {None: 0}
        pieces: list[tuple[str, int, int, int]] = []
        for key in self._history(first, field).keys:
            last = None
            for day, until in zip(days, [*days[1:], EVER[1]], strict=True):
                value = self._value(path, key, day)
                if value not in places:
                    places[value] = len(values)
                    values.append(value)
                if last is not None and last[3] == places[value]:
                    pieces.pop()
                    day = last[1]
                last = (key, day, until, places[value])
                pieces.append(last)
        return Through(path.ref, pieces, values)

    def under(self, entity: Entity, root: str) -> frozenset[str]:
        """The key of a tree's record and those of all under it, as the tree is now."""
        parents = self._parents(entity)
        if parents is None:
            return frozenset({root})
        last = parents.days[-1] if parents.days else NOW
        return frozenset({root, *(key for key in parents.keys if root in self._line(parents, key, last))})

    def _along(self, path: Path) -> Iterator[_History]:
        for entity, field in path.steps:
            yield self._history(entity, field)
        parents = self._parents_of(path)
        if parents is not None:
            yield parents

    def _value(self, path: Path, key: Any, day: int) -> Any:
        value = key
        for entity, field in path.steps:
            value = self._history(entity, field).at(value, day)
        parents = self._parents_of(path)
        if value is None or parents is None:
            return value
        line = self._line(parents, value, day)[::-1]
        return line[min(path.level, len(line)) - 1]

    def _line(self, parents: _History, key: Any, day: int) -> list[Any]:
        """A record of a tree and all above it, the root last."""
        line = [key]
        while (above := parents.at(line[-1], day)) is not None and above not in line and len(line) < DEEPEST:
            line.append(above)
        return line

    def _parents_of(self, path: Path) -> _History | None:
        if not path.level:
            return None
        return self._parents(self.seen.snapshot.entities[str(path.steps[-1][1].to)])

    def _parents(self, entity: Entity) -> _History | None:
        up = above(entity)
        return None if up is None else self._history(entity, up, whole=True)

    def _history(self, entity: Entity, field: Field, whole: bool = False) -> _History:
        place = (entity.id, field.name, whole)
        if place not in self._fields:
            self._fields[place] = self._read(entity, field, whole)
        return self._fields[place]

    def _read(self, entity: Entity, field: Field, whole: bool) -> _History:
        """NotAllowed where the field is not there for who asks. With `whole` also records out of one's scope, so that
        a level of a tree is the same for all."""
        scope = self.seen.narrowed(entity, (entity.key[0], field.name))
        if scope.is_nothing or not self.seen.may("see", entity.id):
            raise NotAllowed(said("no_field", field=field.label))
        scope = Scope.whole() if whole else scope
        snapshot = self.seen.snapshot
        search = Search(entity, All(()), (entity.key[0], field.name), limit=MOST_RECORDS, voided=True)
        rows = self.store.search(search, scope, snapshot.entities).rows
        ids = {row["id"]: row[entity.key[0]] for row in rows}
        now = {row[entity.key[0]]: row[field.name] for row in rows}
        if not self.daily:
            return _History(now, {})
        changes: dict[Any, list[tuple[int, Any]]] = {}
        day = civil_day(snapshot.zone)
        for change in self.store.events.changes(entity.id, field.name):
            if change.record_id in ids:
                changes.setdefault(ids[change.record_id], []).append((day(change.at), change.before[field.name]))
        return _History(now, changes)


@dataclass(frozen=True)
class _History:
    """The values of one field: as they are now, and what each was before a day on which it changed, oldest first."""

    now: Mapping[Any, Any]
    changes: Mapping[Any, Sequence[tuple[int, Any]]]

    @cached_property
    def days(self) -> list[int]:
        """Every day on which any of them changed; the new value is that of the whole day."""
        return sorted({day for changes in self.changes.values() for day, _ in changes})

    @property
    def keys(self) -> list[Any]:
        """The records' keys."""
        return list(self.now)

    def at(self, key: Any, day: int) -> Any:
        """The value on a day; None for a key that is not there."""
        for changed, before in self.changes.get(key, ()):
            if day < changed:
                return before
        return self.now.get(key)
