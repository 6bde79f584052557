"""Keys of referenced entities, kept in memory: read once, forgotten when a commit touches the entity."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from core.entity.entity import Entity
from core.store.database import Database


class KeySets:
    """Any thread may ask; the writer tells which entities a commit touched."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sets: dict[str, frozenset[Any]] = {}
        self._touches: Counter[str] = Counter()
        self._forgotten = 0
        self._lock = threading.Lock()

    def get(self, entity: Entity) -> frozenset[Any]:
        """Keys of all records of the entity that are not void: values, or tuples of a composite key."""
        known = self._sets.get(entity.id)
        return self._read(entity) if known is None else known

    def touched(self, entity: str) -> None:
        """Forget the keys of this entity."""
        with self._lock:
            self._touches[entity] += 1
            self._sets.pop(entity, None)

    def forget(self) -> None:
        """Forget the keys of every entity."""
        with self._lock:
            self._forgotten += 1
            self._sets.clear()

    def _read(self, entity: Entity) -> frozenset[Any]:
        read_at = (self._touches[entity.id], self._forgotten)
        columns = ", ".join(f'"{name}"' for name in entity.key)
        with self._database.reading() as session:
            rows = session.execute(f'SELECT {columns} FROM "{entity.table}" WHERE "voided_at" IS NULL')  # noqa: S608 - compiled names
            keys = frozenset(row[0] if len(entity.key) == 1 else row for row in rows if None not in row)
        with self._lock:
            if (self._touches[entity.id], self._forgotten) == read_at:
                self._sets[entity.id] = keys
        return keys
