"""The ledger: (entity, key hash) → content hash and record id. A key enters once, and its record with it."""

from __future__ import annotations

from collections.abc import Sequence

from core.entity.entity import Entity
from core.store.database import Session
from core.store.request import Row, State

KEYS_A_LOOKUP = 5_000

Entry = tuple[State, int]
"""What became of a row, and the id of the record that its key stands for."""


class Ids:
    """Hands out record ids from what the database reserved; an id that is not used is not given again."""

    def __init__(self) -> None:
        self._free: dict[str, range] = {}

    def take(self, session: Session, table: str, number: int) -> list[int]:
        """`number` ids, rising."""
        taken: list[int] = []
        while len(taken) < number:
            free = self._free.get(table) or session.dialect.reserve_ids(session, table)
            missing = number - len(taken)
            taken.extend(free[:missing])
            self._free[table] = free[missing:]
        return taken

    def forget(self) -> None:
        """Ask the database again."""
        self._free.clear()


def enter(session: Session, entity: Entity, rows: Sequence[Row], ids: Sequence[int]) -> list[Entry]:
    """Enter the rows' keys under `ids`; for each row its state and the id of the record with that key.

    Of rows with the same key the first one is stored.
    """
    keys = [(row.key_hash, row.content_hash, record_id) for row, record_id in zip(rows, ids, strict=True)]
    if session.dialect.insert_keys(session, entity.id, keys) == len(keys):
        return [(State.STORED, record_id) for record_id in ids]
    known: dict[bytes, tuple[bytes, int]] = {}
    for start in range(0, len(rows), KEYS_A_LOOKUP):
        hashes = [row.key_hash for row in rows[start : start + KEYS_A_LOOKUP]]
        found = session.dialect.find_keys(session, entity.id, hashes)
        known |= {bytes(key): (bytes(content), record_id) for key, content, record_id in found}
    return [_entry(row, record_id, known[row.key_hash]) for row, record_id in zip(rows, ids, strict=True)]


def _entry(row: Row, record_id: int, line: tuple[bytes, int]) -> Entry:
    content, holder = line
    if holder == record_id:
        return State.STORED, record_id
    return (State.DUPLICATE if content == row.content_hash else State.CONFLICT), holder
