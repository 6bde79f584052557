"""GET /api/ui/live, upgraded: the browser's end of webui.live."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from core.api import Seeing, ZcError
from webui import xsrf
from webui.handler import PageHandler
from webui.live import TOO_MANY, Socket

LARGEST = 32 << 10  # bytes of one message
MESSAGES_A_MINUTE = 120
MOST_WATCHED = 100
NOT_UNDERSTOOD, TOO_OFTEN = 4400, 4429
PING_S = 20


class Watch(msgspec.Struct):
    """One block of a page: what it shows."""

    block: int
    kind: str
    id: str


class Heard(msgspec.Struct):
    """What the client says: what it shows, and up to when it knows all."""

    watch: list[Watch] = []
    since: int | None = None


class LiveHandler(WebSocketHandler, PageHandler):
    """One browser tab."""

    @property
    def ping_interval(self) -> float:
        """Seconds between pings; who answers none is cut."""
        return PING_S

    @property
    def max_message_size(self) -> int:
        """Bytes of the largest message that is taken."""
        return LARGEST

    async def prepare(self) -> None:
        if "Origin" not in self.request.headers:  # Tornado asks check_origin only where there is one
            raise HTTPError(403)
        await super().prepare()

    def check_origin(self, origin: str) -> bool:
        """Whether it is a page of this very host."""
        return xsrf.is_own_origin(origin, self.request.host)

    def open(self) -> None:
        """Take the socket in, or end it where its owner has too many."""
        self.socket = Socket(self.login, self.session_token, self._send, self.close)
        self._minute: tuple[float, int] = (time.monotonic(), 0)
        if not self.web.live.open(self.socket):
            self.close(TOO_MANY)

    async def on_message(self, message: str | bytes) -> None:
        """Hear what the page shows now."""
        if not self._may_speak():
            self.close(TOO_OFTEN)
            return
        try:
            heard = msgspec.json.decode(message, type=Heard)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeError):
            self.close(NOT_UNDERSTOOD)
            return
        self.snapshot = self.platform.snapshot
        wanted = heard.watch[:MOST_WATCHED]
        watched = await self.ask(lambda seeing: _entities(seeing, wanted))
        refused = [one.block for one in heard.watch if one.block not in watched]
        self.web.live.watch(self.socket, watched, refused, heard.since)

    def _may_speak(self) -> bool:
        began, number = self._minute
        now = time.monotonic()
        self._minute = (began, number + 1) if now - began < 60 else (now, 1)
        return self._minute[1] <= MESSAGES_A_MINUTE

    def _send(self, message: dict[str, Any]) -> asyncio.Future[None]:
        return asyncio.ensure_future(self._write(msgspec.json.encode(message)))

    async def _write(self, message: bytes) -> None:
        try:
            await self.write_message(message.decode())
        except WebSocketClosedError:
            self.web.live.forget(self.socket)

    def on_close(self) -> None:
        """The page is gone."""
        if hasattr(self, "socket"):
            self.web.live.forget(self.socket)


def _entities(seeing: Seeing, wanted: list[Watch]) -> dict[int, str]:
    """{block: entity} of those that the account may see."""
    found = {}
    for one in wanted:
        try:
            found[one.block] = seeing.watched(one.kind, one.id)
        except ZcError:
            continue
    return found
