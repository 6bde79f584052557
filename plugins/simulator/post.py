"""Posting: records queue up, a few senders deliver them, and none is let go before the platform has answered for it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from core import api

from .door import Door, Later, Token

POST_PATH = "/api/preview"
SENDERS = 4
LONGEST_PAUSE_S = 30.0


@dataclass
class Tally:
    """What became of the records so far."""

    posts: int = 0
    sent: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    trouble: str = ""


class Poster:
    """Senders over a queue. Use as a context: on leaving, what waits is delivered within `drain_s`, then it ends.

    Leaving raises ZcError when a sender gave up and nothing else was raised.
    """

    def __init__(
        self,
        url: str,
        appid: str,
        secret: str,
        batch: int,
        drain_s: float = 10.0,
        first_pause_s: float = 0.25,
    ) -> None:
        self.tally = Tally()
        self._token = Token(appid, secret)
        self._batch = batch
        self._drain_s = drain_s
        self._first_pause_s = first_pause_s
        self._waiting: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._given = 0
        self._ended = threading.Event()
        self._failure: api.ZcError | None = None
        self._doors = [Door(url) for _ in range(SENDERS)]
        self._senders = [threading.Thread(target=self._send, args=(door,), daemon=True) for door in self._doors]

    def __enter__(self) -> Poster:
        for sender in self._senders:
            sender.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for _ in self._senders:
            self._waiting.put(None)
        drained = threading.Timer(self._drain_s, self._ended.set)
        drained.start()
        for sender in self._senders:
            sender.join()
        drained.cancel()
        drained.join()
        if kind is None:
            self._raise_failure()

    @property
    def waiting(self) -> int:
        """Records given and not yet answered for."""
        with self._lock:
            return self._given - self.tally.sent

    def give(self, records: Sequence[dict[str, Any]]) -> None:
        """Take records to deliver; returns at once."""
        with self._lock:
            self._given += len(records)
        for record in records:
            self._waiting.put(record)

    def pause(self, seconds: float) -> None:
        """Wait, less long when a sender gave up. ZcError: why it did."""
        self._ended.wait(seconds)
        self._raise_failure()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _send(self, door: Door) -> None:
        """One sender: take what waits, up to a batch, deliver it, until told that no more comes."""
        more = True
        try:
            while more and not self._ended.is_set():
                records, more = self._take()
                if records:
                    self._deliver(door, records)
        except api.ZcError as error:
            self._failure = error
            self._ended.set()
        finally:
            door.close()

    def _take(self) -> tuple[list[dict[str, Any]], bool]:
        """(records, whether more may come); waits for the first one."""
        records: list[dict[str, Any]] = []
        item = self._waiting.get()
        while item is not None:
            records.append(item)
            if len(records) == self._batch:
                return records, True
            try:
                item = self._waiting.get_nowait()
            except queue.Empty:
                return records, True
        return records, False

    def _deliver(self, door: Door, records: list[dict[str, Any]]) -> None:
        """Post one batch again and again until the platform has answered for each record, or all ends."""
        pause_s = self._first_pause_s
        while not self._ended.is_set():
            try:
                token = self._token.current(door)
                status, reply = door.post(POST_PATH, {"token": token, "bodys": records})
            except Later as later:
                self._note(str(later))
                self._ended.wait(max(pause_s, later.wait_s or 0.0))
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                continue
            if status == 200:
                self._token.taken()
                self._count(records, reply)
                return
            if status != 401 or not self._token.spent(token):
                reason = f"the platform refused a post: {status} {reply.get('resultmessage', '')}"
                raise api.ZcError(reason, "See zc refusals and the partner's file, then start again.")

    def _count(self, records: list[dict[str, Any]], reply: dict[str, Any]) -> None:
        rejected = reply.get("rejected") or []
        with self._lock:
            self.tally.posts += 1
            self.tally.sent += len(records)
            self.tally.accepted += reply.get("accepted", 0)
            self.tally.duplicates += reply.get("duplicates", 0)
            self.tally.refused += len(rejected)
            self.tally.trouble = f"refused: {rejected[-1].get('message', '')}" if rejected else ""

    def _note(self, trouble: str) -> None:
        with self._lock:
            self.tally.trouble = trouble
