"""The fast lane: plain posts to declared paths are read here; a connection on which anything else comes is Tornado's
from then on, with all that was read and not answered.

Tornado's own way from the socket to a delegate costs a small post more than its five steps do. The lane reads nothing
that could mean two things: what is not plain (see head.py), a head that did not come whole, a body above the limit, a
path that is no interface's. Both ways end in the same delegate, so a post is taken and answered alike.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import Any

from tornado.httputil import HTTPHeaders, ResponseStartLine
from tornado.iostream import IOStream, StreamClosedError

from core.http import head
from core.http.asked import Asked
from core.http.connections import BACKLOG, BoundedServer, Connections, Place
from core.http.ingest import IngestDelegate, Intake
from core.intake.plan import Interface
from core.run.live import Platform
from core.run.snapshot import Snapshot

ACCEPTING = 3  # turns of the loop from a connection that is accepted to its lane


class Lanes:
    """All connections of the lane."""

    def __init__(self, intake: Intake, server: BoundedServer, connections: Connections, header_bytes: int) -> None:
        self.intake = intake
        self.server = server
        self.connections = connections
        self.header_bytes = header_bytes
        self.open: set[Lane] = set()
        self.closed = False
        self._listening: list[asyncio.Server] = []

    async def listen(self, sockets: Sequence[socket.socket]) -> None:
        """Take connections on sockets that are bound."""
        loop = asyncio.get_running_loop()
        for one in sockets:
            self._listening.append(await loop.create_server(lambda: Lane(self), sock=one, backlog=BACKLOG))

    def stop(self) -> None:
        """Take no more connections."""
        for one in self._listening:
            one.close()

    async def close(self) -> None:
        """End the connections that are open, and one that was accepted just now."""
        self.closed = True
        for _ in range(ACCEPTING):
            await asyncio.sleep(0)
        for lane in list(self.open):
            lane.end()
        while self.open:  # noqa: ASYNC110 - one turn of the loop ends them, and no event says so
            await asyncio.sleep(0)


class Lane(asyncio.Protocol):
    """One connection: one post after the other, answered in order."""

    def __init__(self, lanes: Lanes) -> None:
        self.lanes = lanes
        self.platform: Platform = lanes.intake.platform
        self.loop = asyncio.get_running_loop()
        self.got = b""  # what was read and belongs to no body yet
        self.delegate: IngestDelegate | None = None  # of the post that is being read or answered
        self.missing = 0  # bytes of its body
        self.ended = False  # the other end sends no more
        self.closing = False  # after this answer
        self.writing = False  # the other end does not read as fast as it is answered
        self.place: Place | None = None  # among all connections; Tornado's once it goes on
        self.since = self.loop.time()
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a post."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - tells mypy
        self.transport = transport
        transport.set_write_buffer_limits(0)
        self.peer: Any = transport.get_extra_info("peername")
        self.lanes.open.add(self)
        if self.lanes.closed:
            self.end()
            return
        self.place = self.lanes.connections.admit(self.peer[0], transport.get_extra_info("socket"), self.end)
        if self.place is not None:
            self._watch()

    def connection_lost(self, error: Exception | None) -> None:
        """A body that did not come whole is let go."""
        self.lanes.open.discard(self)
        if self.place is not None:
            self.lanes.connections.gone(self.place)
        if self.timer is not None:
            self.timer.cancel()
        if self.delegate is not None and self.missing:
            self.delegate.on_connection_close()

    def data_received(self, data: bytes) -> None:
        """A piece of a body, or what comes after: kept, and not more of it, until the answer is out."""
        if self.missing:
            self._read(data)
        elif self.delegate is not None or self.writing:
            self.got += data
            self.transport.pause_reading()
        else:
            self.got = data
            self._begin()

    def eof_received(self) -> bool:
        """The other end sends no more; it may still wait for an answer."""
        self.ended = True
        return self.delegate is not None and not self.missing

    def pause_writing(self) -> None:
        """Nothing more is read until what was written is gone."""
        self.writing = True

    def resume_writing(self) -> None:
        """What was written is gone."""
        self.writing = False
        if self.delegate is None:
            self._go_on()

    async def write_headers(self, start_line: ResponseStartLine, headers: HTTPHeaders, chunk: bytes | None) -> None:
        """Send a whole answer; StreamClosedError where nobody is there any more."""
        if self.transport.is_closing():
            raise StreamClosedError
        self.closing = headers.get("Connection") == "close"
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.get_all())
        written = f"{start_line.version} {start_line.code} {start_line.reason}\r\n{lines}\r\n"
        self.transport.write(written.encode("latin-1") + (chunk or b""))

    def finish(self) -> None:
        """The answer is written: the next post."""
        self.delegate = None
        self.since = self.loop.time()
        if self.place is not None:
            self.lanes.connections.waits(self.place)
        if self.closing or (self.ended and not self.got):
            self.transport.close()
        elif not self.writing:
            self._go_on()

    def end(self) -> None:
        """Close the connection, whatever is under way."""
        self.transport.abort()

    def _go_on(self) -> None:
        self.transport.resume_reading()
        if self.got:
            self._begin()

    def _begin(self) -> None:
        """A post begins in what was read: take it, or hand the connection over."""
        found, body_at = head.first(self.got, self.lanes.header_bytes) or (None, 0)
        snapshot = self.platform.snapshot
        served = snapshot.paths.get(found.path, ()) if found is not None else ()
        if found is None or not _is_taken(served, snapshot, found.length):
            self._hand_over()
            return
        asked = Asked("POST", found.path, "", f"http://{found.headers['host']}", found.headers, self.peer[0], bytes)
        self.delegate = IngestDelegate(self.lanes.intake, snapshot, served, asked, self)
        self.delegate.begin()
        self.missing, self.since = found.length, self.loop.time()
        self._read(self.got[body_at:])

    def _read(self, data: bytes) -> None:
        assert self.delegate is not None  # noqa: S101 - tells mypy; there is one while its body is missing
        body, self.got = data[: self.missing], data[self.missing :]
        self.missing -= len(body)
        kept = self.delegate.keep(body)
        if not kept and self.missing and (wait_s := self.lanes.intake.waste.wait_s(len(body))):
            self.transport.pause_reading()
            self.loop.call_later(wait_s, self.transport.resume_reading)
        if not self.missing:
            if self.place is not None:
                self.lanes.connections.has_sent(self.place)
            self.delegate.finish()

    def _hand_over(self) -> None:
        """Tornado goes on with the connection."""
        duplicate = self.transport.get_extra_info("socket").dup()
        duplicate.setblocking(False)
        self.transport.abort()  # of this descriptor alone: the connection stays
        place, self.place = self.place, None
        if place is not None:
            self.lanes.server.go_on(Continued(duplicate, self.got), self.peer, place)

    def _watch(self) -> None:
        """End a connection that is silent between posts, or too slow within one."""
        if self.delegate is not None and not self.missing:
            self.since = self.loop.time()
        said = self.lanes.connections.said
        left_s = self.since + (said["body_s"] if self.missing else said["idle_s"]) - self.loop.time()
        if left_s <= 0:
            self.end()
        else:
            self.timer = self.loop.call_later(min(left_s, said["idle_s"], said["body_s"]), self._watch)


class Continued(IOStream):
    """A connection from which something was read before."""

    def __init__(self, connection: socket.socket, got: bytes) -> None:
        self._got = memoryview(got)
        super().__init__(connection)

    def read_from_fd(self, buf: bytearray | memoryview) -> int | None:
        """What was read before comes first."""
        if not self._got:
            return super().read_from_fd(buf)
        size = min(len(buf), len(self._got))
        buf[:size] = self._got[:size]
        self._got = self._got[size:]
        return size


def _is_taken(served: Sequence[Any], snapshot: Snapshot, length: int) -> bool:
    """Whether one interface that needs no choosing is at the path, and the body may be as large as it says."""
    if len(served) != 1 or not isinstance(served[0], Interface) or served[0].layout.soap is not None:
        return False
    return 0 < length <= int(snapshot.site["intake"]["body_mib"]) << 20
