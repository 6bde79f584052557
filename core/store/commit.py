"""What one transaction of the writer does for a group of Writes, and how one bad row is kept from sinking the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import json

from core.entity.entity import Entity
from core.store.counting import Counting
from core.store.database import Session, now_ms
from core.store.kept import Kept, Quota, count_refusals, keep_refusals, mark_replayed
from core.store.ledger import Entry, Ids, enter
from core.store.marks import Marks
from core.store.request import Row, State, Write, Written
from core.store.system_table import json_text
from core.store.verbs import INSERT_EVENT

ERROR_CHARACTERS = 300
INSERT_OUTBOX = "INSERT INTO outbox (topic, body, made_at, attempts, next_at) VALUES (?, ?, ?, 0, ?)"
INSERT_NONCE = "INSERT INTO nonce (partner, digest, expires_at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"


@dataclass(slots=True)
class Outcome:
    """What became of a Write so far; by row, a state, the record id and why it failed."""

    write: Write
    entries: list[Entry | None]
    errors: dict[int, str]

    def written(self) -> Written:
        """The answer, once committed."""
        states = [entry[0] if entry else State.FAILED for entry in self.entries]
        there = (State.STORED, State.DUPLICATE)
        ids = [entry[1] if entry and entry[0] in there else None for entry in self.entries]
        return Written(states, ids)


class Committer:
    """Stores Writes inside the writer's transaction. Used by the writer's thread alone."""

    def __init__(
        self, zone: ZoneInfo, is_unavailable: Callable[[BaseException], bool], counting: Counting, marks: Marks
    ) -> None:
        self.counting = counting
        self.marks = marks
        self.ids = Ids()
        self.quota = Quota()
        self._zone = zone
        self._is_unavailable = is_unavailable

    def store(self, session: Session, writes: Sequence[Write]) -> list[Written]:
        """Store all of them together; whatever the database raises is raised and nothing is stored."""
        outcomes = [Outcome(write, [None] * len(write.rows), {}) for write in writes]
        batches: dict[int, list[Outcome]] = {}
        for outcome in outcomes:
            batches.setdefault(id(outcome.write.entity), []).append(outcome)
        for batch in batches.values():
            rows = [row for outcome in batch for row in outcome.write.rows]
            entries = iter(self._store_rows(session, batch[0].write.entity, rows))
            for outcome in batch:
                outcome.entries[:] = islice(entries, len(outcome.write.rows))
        self._store_rest(session, outcomes)
        return [outcome.written() for outcome in outcomes]

    def store_apart(self, session: Session, writes: Sequence[Write]) -> list[Written | Exception]:
        """Store each under a savepoint of its own, and within one that fails each row: only bad rows are not stored.

        An Exception stands for a Write of which nothing could be stored. Raises only when the database is unavailable.
        """
        return [self._attempt(session, write) for write in writes]

    def _attempt(self, session: Session, write: Write) -> Written | Exception:
        for way in (self._store_whole, self._store_row_by_row):
            try:
                with session.savepoint():
                    return way(session, write)
            except Exception as error:  # noqa: BLE001 - any error of one Write is that Write's own
                if self._is_unavailable(error):
                    raise
                failure = error
        return failure

    def _store_whole(self, session: Session, write: Write) -> Written:
        return self.store(session, [write])[0]

    def _store_row_by_row(self, session: Session, write: Write) -> Written:
        outcome = Outcome(write, [None] * len(write.rows), {})
        for at, row in enumerate(write.rows):
            try:
                with session.savepoint():
                    outcome.entries[at] = self._store_rows(session, write.entity, [row])[0]
            except Exception as error:  # noqa: BLE001 - any error of one row is that row's own
                if self._is_unavailable(error):
                    raise
                outcome.errors[at] = f"{type(error).__name__}: {error}"[:ERROR_CHARACTERS]
        self._store_rest(session, [outcome])
        return outcome.written()

    def _store_rows(self, session: Session, entity: Entity, rows: list[Row]) -> list[Entry]:
        if not rows:
            return []
        ids = self.ids.take(session, entity.table, len(rows))
        entries = enter(session, entity, rows, ids)
        values = itemgetter(*entity.columns)
        new = [(entry[1], row.values) for row, entry in zip(rows, entries, strict=True) if entry[0] is State.STORED]
        if new:
            lines = [(record_id, *values(record)) for record_id, record in new]
            session.dialect.insert_rows(session, entity.table, ("id", *entity.columns), lines)
            self.counting.count(session, entity, [record for _, record in new])
            self.marks.arrived(session, entity, new)
        return entries

    def _store_rest(self, session: Session, outcomes: Sequence[Outcome]) -> None:
        at = now_ms()
        added = [line for outcome in outcomes if outcome.write.who for line in _added(outcome, at)]
        if added:
            session.executemany(INSERT_EVENT, added)
        kept = [line for outcome in outcomes for line in _kept(outcome)]
        if kept:
            count_refusals(session, kept, self._zone)
            keep_refusals(session, kept, self.quota)
        replayed = [line for outcome in outcomes for line in _replayed(outcome, at)]
        if replayed:
            mark_replayed(session, replayed)
        nonces = [outcome.write.nonce for outcome in outcomes if outcome.write.nonce is not None]
        if nonces:
            session.executemany(INSERT_NONCE, [(nonce.partner, nonce.digest, nonce.expires_at) for nonce in nonces])
        messages = [line for outcome in outcomes for line in _messages(outcome, at)]
        if messages:
            session.executemany(INSERT_OUTBOX, messages)


def _kept(outcome: Outcome) -> list[Kept]:
    """Everything of the Write that is kept as a refusal; a replayed row is already."""
    write = outcome.write
    kept = [Kept(write, refusal.index, refusal.raw, refusal.problems, "refused") for refusal in write.refusals]
    for at, (row, entry) in enumerate(zip(write.rows, outcome.entries, strict=True)):
        if row.replay_of is not None:
            continue
        if entry is None:
            told = [{"outcome": "not_stored", "field": "", "message": outcome.errors[at]}]
            kept.append(Kept(write, row.index, json.encode(row.raw), told, "failed"))
        elif entry[0] is State.CONFLICT:
            told = [
                {"outcome": "conflict", "field": ",".join(write.entity.key), "message": f"与记录 {entry[1]} 内容不同"}
            ]
            kept.append(Kept(write, row.index, json.encode(row.raw), told, "conflict", entry[1]))
    return kept


def _added(outcome: Outcome, at: int) -> list[tuple[Any, ...]]:
    """An event of each row that a person entered and that is stored now."""
    write, nothing = outcome.write, json_text({})
    stored = [entry[1] for entry in outcome.entries if entry and entry[0] is State.STORED]
    return [(write.entity.id, record_id, at, "added", write.who, "", nothing, nothing) for record_id in stored]


def _replayed(outcome: Outcome, at: int) -> list[tuple[str, int | None, int | None, int]]:
    """For each row that came from a refusal, or the body that all came from: its new state, when it was replayed, its
    record, the refusal's id."""
    lines: list[tuple[str, int | None, int | None, int]] = []
    if outcome.write.whole_of is not None:
        lines.append(("replayed", at, None, outcome.write.whole_of))
    for row, entry in zip(outcome.write.rows, outcome.entries, strict=True):
        if row.replay_of is None:
            continue
        if entry is None:
            lines.append(("failed", None, None, row.replay_of))
        elif entry[0] is State.CONFLICT:
            lines.append(("conflict", None, entry[1], row.replay_of))
        else:
            lines.append(("replayed", at, entry[1], row.replay_of))
    return lines


def _messages(outcome: Outcome, at: int) -> list[tuple[Any, ...]]:
    """The Write's outbox lines; none if it stored nothing new, since then they were sent before."""
    stored = any(entry and entry[0] is State.STORED for entry in outcome.entries)
    if outcome.write.rows and not stored:
        return []
    return [(topic, json_text(body), at, at) for topic, body in outcome.write.outbox]
