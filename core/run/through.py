"""Dimensions that lie beyond a ref: station.road, station.region, station.region@2, with the register as it is now or
as it was on the day of a record.

Of a tree, such as regions, @N is the Nth level, the roots being the first; what lies higher stands for itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from core.entity.condition import All
from core.entity.entity import Entity, Field
from core.entity.statistic import Statistic
from core.intake.clock import civil_day
from core.run.sight import Sight
from core.run.words import NotAllowed, said
from core.store.figures import EVER, Through
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store

_PATH = re.compile(r"([a-z][a-z0-9_]*)((?:\.[a-z][a-z0-9_]*)+)(?:@([1-9]))?")
MOST_RECORDS = 1_000_000
DEEPEST = 20
NOW = EVER[0]


@dataclass(frozen=True)
class Path:
    """A path found good: `ref` is a dimension, `steps` are (entity, field) one after the other, `level` that of a
    tree, 0 for none; `field` is what it leads to, under the path's own name."""

    ref: str
    steps: tuple[tuple[Entity, Field], ...]
    level: int
    field: Field


def parsed(text: str, statistic: Statistic, entities: Mapping[str, Entity]) -> Path | None:
    """The path that a text names; None where it names none."""
    found = _PATH.fullmatch(text)
    start = statistic.fields.get(found[1]) if found else None
    if found is None or start is None or not start.to or start.name not in statistic.plain:
        return None
    steps: list[tuple[Entity, Field]] = []
    at: Field = start
    for name in found[2].removeprefix(".").split("."):
        to = entities.get(at.to or "")
        step = to.fields.get(name) if to is not None else None
        if to is None or step is None or len(to.key) != 1 or step.type.listed or step.type.column == "real":
            return None
        steps.append((to, step))
        at = step
    level = int(found[3] or 0)
    to = entities.get(at.to or "")
    if level and (to is None or _above(to) is None):
        return None
    label = f"{at.label}({level}级)" if level else at.label
    return Path(start.name, tuple(steps), level, replace(at, name=text, label=label))


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
        above = _above(entity)
        return None if above is None else self._history(entity, above, whole=True)

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


def _above(entity: Entity) -> Field | None:
    """The field that leads up in a tree; None where the entity is none."""
    field = entity.fields.get(entity.scope or "")
    return field if field is not None and field.to == entity.id else None


def known_paths(names: Iterable[str], statistic: Statistic, entities: Mapping[str, Entity]) -> dict[str, Path]:
    """The paths among these names."""
    found = {name: parsed(name, statistic, entities) for name in names if "." in name}
    return {name: path for name, path in found.items() if path is not None}


def named(where: Any) -> Iterator[str]:
    """Every name in a condition as data, of fields and of operators."""
    if isinstance(where, Mapping):
        for name, inside in where.items():
            yield str(name)
            yield from named(inside)
    elif isinstance(where, list | tuple):
        for inside in where:
            yield from named(inside)
