"""The WebSocket: it says that something changed, never what. The page asks again through the one door, so that scope
and masks hold by construction."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.api import NOTICES_TOUCHED, Platform, now_ms
from webui.asking import Asking

log = logging.getLogger("zc.web")

TICK_S = 1.0  # changes are told at most this often
HEARTBEAT_S = 10.0
SESSIONS_S = 10.0  # how often the sessions of open sockets are looked at
SLOW_S = 15.0  # a client that has not taken a message for this long is cut
MOST_SOCKETS = 20  # of one person
NO_SESSION, TOO_SLOW, TOO_MANY = 4401, 4429, 4430


@dataclass(eq=False)
class Socket:
    """One open socket: `send` gives a future that is done once the message has left, `close` ends it."""

    login: str
    token: str  # of its session
    send: Any
    close: Any
    watched: Mapping[int, str] = field(default_factory=dict)  # block number: entity
    changed: set[int] = field(default_factory=set)
    has_notices: bool = False  # perhaps: some are new, and whether any is for this person is asked anew
    sending: asyncio.Future[None] | None = None
    sending_since: float = 0.0
    snapshot: int = 0
    beat_at: float = 0.0

    def is_slow(self, now: float) -> bool:
        """Whether the last message has waited too long to leave."""
        return self.sending is not None and not self.sending.done() and now - self.sending_since > SLOW_S


class Live:
    """All open sockets, and what was touched since they were last told. The store's writer tells from its own thread,
    everything else is on the loop."""

    def __init__(self, platform: Platform, asking: Asking) -> None:
        self._platform = platform
        self._asking = asking
        self._sockets: set[Socket] = set()
        self._touched: set[str] = set()
        self._last: dict[str, int] = {}
        self._since = now_ms()
        self._lock = threading.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    def listen(self) -> None:
        """Begin; called on the loop."""
        self._platform.store.heard_by(self.touched)
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._beat()), loop.create_task(self._look_at_sessions())]

    def touched(self, entity: str) -> None:
        """Rows of this entity were stored or changed. Any thread, soon done."""
        with self._lock:
            self._touched.add(entity)
            self._last[entity] = now_ms()

    def open(self, socket: Socket) -> bool:
        """Take a new socket; False where its owner has too many."""
        if Counter(one.login for one in self._sockets)[socket.login] >= MOST_SOCKETS:
            return False
        socket.snapshot = self._platform.snapshot.number
        socket.beat_at = time.monotonic()
        self._sockets.add(socket)
        self._push(socket, {"hello": True, **self._now()})
        return True

    def forget(self, socket: Socket) -> None:
        """The socket is closed."""
        self._sockets.discard(socket)

    def watch(self, socket: Socket, watched: Mapping[int, str], refused: list[int], since: int | None) -> None:
        """Watch these instead of what was watched before. What changed after `since` is told at once; so is all of it
        where nobody remembers that far back."""
        socket.watched = watched
        socket.changed &= set(watched)
        if refused:
            self._push(socket, {"refused": refused})
        if since is not None:
            with self._lock:
                last = dict(self._last)
            forgotten = since < self._since
            socket.changed |= {n for n, entity in watched.items() if forgotten or last.get(entity, 0) >= since}
            self._tell(socket, time.monotonic())

    def end(self, token: str) -> None:
        """A session was ended: its sockets end at once."""
        for socket in [one for one in self._sockets if one.token == token]:
            self._cut(socket, NO_SESSION)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            with self._lock:
                touched, self._touched = self._touched, set()
            now = time.monotonic()
            for socket in list(self._sockets):
                socket.changed |= {n for n, entity in socket.watched.items() if entity in touched}
                socket.has_notices |= NOTICES_TOUCHED in touched
                try:
                    self._tell(socket, now)
                except Exception:
                    log.exception("a socket failed")
                    self._cut(socket, TOO_SLOW)

    async def _look_at_sessions(self) -> None:
        """Cut those whose session has ended."""
        while True:
            await asyncio.sleep(SESSIONS_S)
            for token in {socket.token for socket in self._sockets}:
                try:
                    standing = await self._asking.run(self._platform.accounts.session, token, False)
                except Exception:
                    log.exception("a session could not be looked at")
                    continue
                if standing is None:
                    self.end(token)

    def _tell(self, socket: Socket, now: float) -> None:
        """Send what there is to say, unless the last message is still on its way; what is new meanwhile is put
        together, so that nothing piles up."""
        if socket.is_slow(now):
            self._cut(socket, TOO_SLOW)
            return
        if socket.sending is not None and not socket.sending.done():
            return
        number = self._platform.snapshot.number
        message: dict[str, Any] = {}
        if socket.changed:
            message["changed"] = sorted(socket.changed)
        if socket.has_notices:
            message["notices"] = True
        if message or socket.snapshot != number or now - socket.beat_at >= HEARTBEAT_S:
            message |= self._now()
        if message:
            socket.changed, socket.has_notices, socket.snapshot, socket.beat_at = set(), False, number, now
            self._push(socket, message)

    def _push(self, socket: Socket, message: dict[str, Any]) -> None:
        socket.sending_since = time.monotonic()
        socket.sending = socket.send(message)

    def _cut(self, socket: Socket, code: int) -> None:
        self.forget(socket)
        socket.close(code)

    def _now(self) -> dict[str, Any]:
        return {"at": now_ms(), "snapshot": self._platform.snapshot.number}

    def close(self) -> None:
        """End; the sockets go with the server."""
        self._platform.store.heard_by(None)
        for task in self._tasks:
            task.cancel()
