"""How many connections there may be, in all and from one address, and how long each may keep the server waiting."""

from __future__ import annotations

import resource
import socket
from collections import Counter
from collections.abc import Awaitable
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream

from core.http.ingest import Intake
from core.run.networks import within

FILES = 65_536  # open files, most of them connections
OWN_FILES = 512  # of them for the database, the log, other doors


class BoundedServer(HTTPServer):
    """An HTTP server whose connections are bounded as site.yaml says now.

    Where all are in use, the one that has kept the server waiting longest, for a request or the rest of one, makes
    room: idle connections and trickling ones never keep a partner out. An address that has its share gets no more.
    """

    def initialize(self, *arguments: Any, **options: Any) -> None:
        """Take what HTTPServer takes, and `intake`."""
        self.intake: Intake = options.pop("intake")
        self.most = raise_file_limit() - OWN_FILES
        self.open: dict[IOStream, str] = {}
        self.addresses: Counter[str] = Counter()
        self.waiting: dict[IOStream, None] = {}  # the longest first
        super().initialize(*arguments, **options)

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Serve a new connection, or close it."""
        snapshot = self.intake.platform.snapshot
        said, peer = snapshot.site["listen"], str(address[0])
        if self.addresses[peer] >= said["connections_per_address"] and not within(peer, snapshot.proxies):
            self._close(stream, "address")
            return
        if len(self.open) >= min(said["connections"], self.most):
            longest = next(iter(self.waiting), None)
            if longest is None:
                self._close(stream, "full")
                return
            self._forget(longest)
            self._close(longest, "room")
        self.open[stream] = peer
        self.addresses[peer] += 1
        self.waiting[stream] = None
        self.conn_params.header_timeout, self.conn_params.body_timeout = said["idle_s"], said["body_s"]
        stream.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, said["unread_s"] * 1000)
        super().handle_stream(stream, address)

    def start_request(self, server_conn: Any, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """The connection waits for its next request from now on."""
        stream = server_conn.stream
        if stream in self.open:
            self.waiting.pop(stream, None)
            self.waiting[stream] = None
        return Awaited(super().start_request(server_conn, request_conn), self.waiting, stream)

    def on_close(self, server_conn: Any) -> None:
        """The connection is closed."""
        self._forget(server_conn.stream)
        super().on_close(server_conn)

    def _forget(self, stream: IOStream) -> None:
        self.waiting.pop(stream, None)
        peer = self.open.pop(stream, None)
        if peer is not None:
            self.addresses[peer] -= 1
            if not self.addresses[peer]:
                del self.addresses[peer]

    def _close(self, stream: IOStream, why: str) -> None:
        self.intake.metrics.closed.labels(why).inc()
        stream.close()


class Awaited(HTTPMessageDelegate):
    """A request that keeps the server waiting until it is whole."""

    __slots__ = ("inner", "stream", "waiting")

    def __init__(self, inner: HTTPMessageDelegate, waiting: dict[IOStream, None], stream: IOStream) -> None:
        self.inner = inner
        self.waiting = waiting
        self.stream = stream

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """The head came."""
        return self.inner.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """A piece of the body came."""
        return self.inner.data_received(chunk)

    def finish(self) -> None:
        """The request is whole."""
        self.waiting.pop(self.stream, None)
        self.inner.finish()

    def on_connection_close(self) -> None:
        """The rest never comes."""
        self.inner.on_connection_close()


def raise_file_limit() -> int:
    """Let the process have as many open files as the system allows it, not the 1,024 that a shell starts it with; how
    many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return FILES if soft == resource.RLIM_INFINITY else soft
