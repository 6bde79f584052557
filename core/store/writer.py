"""The only thread that writes records. It takes whatever queued while the last commit ran, and commits it as one."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from core.entity.entity import Entity
from core.store import verbs
from core.store.commit import Committer
from core.store.counting import Counting
from core.store.database import Database, Session, now_ms
from core.store.marks import Marks
from core.store.request import State, StoreBusy, Write, Written

log = logging.getLogger(__name__)

T = TypeVar("T")
AfterCommit = Callable[[Write, Written], None]
Store = Callable[[Session, Sequence[Write]], list[Any]]


@dataclass(frozen=True, slots=True)
class WriterHealth:
    """Counters since the start. `last_commit_ms` is how long the last commit took, `last_commit_at` when it ended.

    `unavailable` says why the database could not be written when that was last tried; empty where it could.
    """

    queued_rows: int = 0
    groups: int = 0
    rows: int = 0
    failed_groups: int = 0
    last_commit_at: int | None = None
    last_commit_ms: float = 0.0
    unavailable: str = ""


@dataclass(slots=True)
class Task:
    """One thing to do: a Write, or a function over the session in a transaction of its own.

    `touches` is the entity whose records the function changes, empty for none.
    """

    future: Future[Any]
    write: Write | None = None
    function: Callable[[Session], Any] | None = None
    touches: str = ""

    @property
    def rows(self) -> int:
        """Its weight in the queue."""
        return max(1, len(self.write.rows) + len(self.write.refusals)) if self.write else 1


class Writer:
    """Put Writes from any thread; each future is done only after its commit is durable."""

    def __init__(
        self,
        database: Database,
        touched: Callable[[str], None],
        counting: Counting,
        zone: ZoneInfo,
        queue_rows: int,
        group_rows: int,
    ) -> None:
        self.after_commit: AfterCommit | None = None
        self._database = database
        self._touched = touched
        self._counting = counting
        self.marks = Marks()
        self._committer = Committer(zone, database.is_unavailable, counting, self.marks)
        self._queue_rows = queue_rows
        self._group_rows = group_rows
        self._tasks: deque[Task] = deque()
        self._queued = 0
        self._closing = False
        self._wake = threading.Condition()
        self._health = WriterHealth()
        self._thread = threading.Thread(target=self._live, name="zc-writer", daemon=True)
        self._thread.start()

    def put(self, write: Write) -> Future[Written]:
        """Store the rows of one post. StoreBusy, raised or in the future: nothing of it was stored, send it again."""
        with self._wake:
            if self._queued >= self._queue_rows:
                raise StoreBusy
            return self._add(Task(Future(), write=write))

    def call(self, function: Callable[[Session], T], touches: str = "") -> Future[T]:
        """Run `function(session)` in the writer's thread in one transaction; the future has what it returns or raises,
        StoreBusy where the database cannot be written now."""
        with self._wake:
            return self._add(Task(Future(), function=function, touches=touches))

    def run(self, function: Callable[[Session], T]) -> T:
        """`call` and wait for it. RuntimeError in the writer's own thread, which would wait for itself."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("the writer's thread cannot wait for itself; use call()")
        return self.call(function).result()

    def amend(
        self,
        entity: Entity,
        record_id: int,
        changes: Mapping[str, Any],
        who: str,
        why: str,
        version: int | None = None,
    ) -> Future[None]:
        """Change fields of a record, values in stored form; an event. ZcError for key fields and unknown ids, its
        OtherVersion where the `version` given is not the record's any more (core.store.events.version_of)."""
        return self._change(
            entity, record_id, partial(verbs.amend, entity, record_id, dict(changes), who, why, version)
        )

    def void(self, entity: Entity, record_id: int, who: str, why: str) -> Future[None]:
        """Set a record aside for good; an event. Its key stays taken. ZcError if it is void already or unknown."""
        return self._change(entity, record_id, partial(verbs.void, entity, record_id, who, why))

    def judge(self, entity: Entity, record_id: int, values: Mapping[str, Any], who: str, why: str) -> Future[None]:
        """Set derived fields, and `pending` (null unless given); an event. ZcError for other fields and unknown ids."""
        return self._change(entity, record_id, partial(verbs.judge, entity, record_id, dict(values), who, why))

    def reveal(self, entity: Entity, record_id: int, field: str, who: str, why: str) -> Future[None]:
        """Note that somebody looked at a masked field; an event, and nothing else changes."""
        return self.call(partial(verbs.reveal, entity, record_id, field, who, why))

    def _change(self, entity: Entity, record_id: int, change: Callable[[Session], None]) -> Future[None]:
        marked = partial(self.marks.around, entity, record_id, change)
        return self.call(partial(self._counting.recount_around, entity, record_id, marked), entity.id)

    def flush(self) -> None:
        """Wait until everything accepted before is done."""
        self.run(lambda _: None)

    def forget(self) -> None:
        """Ask the database again for ids, quotas, statistics and archives; call it in the writer's thread."""
        self._committer.ids.forget()
        self._committer.quota.forget()
        self._counting.forget()
        self.marks.forget()

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def health(self) -> WriterHealth:
        """Counters since the start."""
        return replace(self._health, queued_rows=self._queued)

    def close(self) -> None:
        """Finish everything accepted, then stop. What comes later is StoreBusy."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _add(self, task: Task) -> Future[Any]:
        """Queue the task; the caller holds the lock."""
        if self._closing:
            raise StoreBusy
        self._tasks.append(task)
        self._queued += task.rows
        self._wake.notify()
        return task.future

    def _live(self) -> None:
        while group := self._take():
            started = [task for task in group if task.future.set_running_or_notify_cancel()]
            if started and started[0].function:
                self._run_function(started[0])
            elif started:
                self._commit_group(started)
        self._database.drop_connection()

    def _take(self) -> list[Task]:
        """What is done in the next transaction: one function, or as many Writes as queued; empty when closing."""
        with self._wake:
            while not self._tasks and not self._closing:
                self._wake.wait()
            group: list[Task] = []
            rows = 0
            while self._tasks and (not group or self._tasks[0].write) and rows < self._group_rows:
                task = self._tasks.popleft()
                group.append(task)
                rows += task.rows
                if task.function:
                    break
            self._queued -= rows
            return group

    def _run_function(self, task: Task) -> None:
        assert task.function is not None  # noqa: S101 - _live sends functions here, this tells mypy
        try:
            with self._database.transaction() as session:
                result = task.function(session)
        except Exception as error:  # noqa: BLE001 - whatever it raises belongs to its caller
            self._undone(error)
            task.future.set_exception(StoreBusy(why=str(error)) if self._database.is_unavailable(error) else error)
            return
        self._health = replace(self._health, unavailable="")
        if task.touches:
            self._touched(task.touches)
        task.future.set_result(result)

    def _commit_group(self, group: Sequence[Task]) -> None:
        """Commit the group; if a row is bad, once more with each Write apart."""
        writes = [task.write for task in group if task.write]
        results = self._try(self._committer.store, group, writes)
        if results is None:
            results = self._try(self._committer.store_apart, group, writes)
        if results:
            self._answer(group, results)

    def _try(self, store: Store, group: Sequence[Task], writes: Sequence[Write]) -> list[Any] | None:
        """The committed results; None if it may go better with each Write apart; empty, the callers told, if not."""
        try:
            return self._commit(store, writes)
        except Exception as error:  # noqa: BLE001 - told apart here; no error may end the writer
            self._undone(error)
            if store == self._committer.store and not self._database.is_unavailable(error):
                log.warning("a group of %d writes failed, storing each apart: %s", len(group), type(error).__name__)
                return None
            self._refuse(group, error)
            return []

    def _commit(self, store: Store, writes: Sequence[Write]) -> list[Any]:
        start = time.perf_counter()
        with self._database.transaction() as session:
            results = store(session, writes)
        self._health = replace(
            self._health,
            groups=self._health.groups + 1,
            rows=self._health.rows + sum(len(write.rows) for write in writes),
            last_commit_at=now_ms(),
            last_commit_ms=round((time.perf_counter() - start) * 1000, 3),
            unavailable="",
        )
        return results

    def _undone(self, error: Exception) -> None:
        self._committer.quota.forget()
        self._counting.forget()
        self.marks.forget()
        if self._database.is_unavailable(error):
            self._health = replace(self._health, unavailable=str(error))
            self._database.drop_connection()

    def _refuse(self, group: Sequence[Task], error: Exception) -> None:
        log.error("a group of %d writes was not stored: %s: %s", len(group), type(error).__name__, error)
        self._health = replace(self._health, failed_groups=self._health.failed_groups + 1)
        for task in group:
            task.future.set_exception(StoreBusy())

    def _answer(self, group: Sequence[Task], results: Sequence[Written | Exception]) -> None:
        """Everything is durable: forget old key sets, tell the callers, then call after_commit."""
        pairs = list(zip(group, results, strict=True))
        stored = [task.write for task, result in pairs if isinstance(result, Written) and State.STORED in result.states]
        for entity in {write.entity.id for write in stored if write}:
            self._touched(entity)
        for task, result in pairs:
            if isinstance(result, Exception):
                log.error("a write could not be stored in any part: %s: %s", type(result).__name__, result)
                task.future.set_exception(result)
            else:
                task.future.set_result(result)
        for task, result in pairs:
            if task.write and isinstance(result, Written):
                self._after(task.write, result)

    def _after(self, write: Write, written: Written) -> None:
        if self.after_commit is None:
            return
        try:
            self.after_commit(write, written)
        except Exception:
            log.exception("after_commit failed; the records are stored")
