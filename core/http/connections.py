"""How many connections there may be, in all and from one address, and how long each may keep the server waiting."""

from __future__ import annotations

import resource
import socket
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine
from tornado.iostream import IOStream

from core.http.ingest import Intake
from core.run.networks import within

BACKLOG = 1024  # connections that wait to be accepted; above it a new one is tried again a second later
FILES = 65_536  # open files, most of them connections
OWN_FILES = 512  # of them for the database, the log, other doors


@dataclass(eq=False)
class Place:
    """One connection among all; `close` ends it, whoever reads it."""

    peer: str
    close: Callable[[], None]


class Connections:
    """All open connections, Tornado's and the lane's, bounded as site.yaml says now.

    Where all are in use, the one that has kept the server waiting longest, for a request or the rest of one, makes
    room: idle connections and trickling ones never keep a partner out. An address that has its share gets no more.
    """

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._most = raise_file_limit() - OWN_FILES
        self._open: set[Place] = set()
        self._addresses: Counter[str] = Counter()
        self._waiting: dict[Place, None] = {}  # the longest first

    @property
    def said(self) -> Mapping[str, Any]:
        """What site.yaml says under listen now."""
        found: Mapping[str, Any] = self._intake.platform.snapshot.site["listen"]
        return found

    def admit(self, peer: str, link: Any, close: Callable[[], None]) -> Place | None:
        """The place of a new connection, which waits for a request; None where there is none, and it is closed. `link`
        is its socket."""
        place = Place(peer, close)
        if self._addresses[peer] >= self.said["connections_per_address"] and not self._is_proxy(peer):
            self._end(place, "address")
            return None
        if len(self._open) >= min(self.said["connections"], self._most):
            longest = next(iter(self._waiting), None)
            if longest is None:
                self._end(place, "full")
                return None
            self.gone(longest)
            self._end(longest, "room")
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, self.said["unread_s"] * 1000)
        self._open.add(place)
        self._addresses[peer] += 1
        self._waiting[place] = None
        return place

    def waits(self, place: Place) -> None:
        """The connection keeps the server waiting for its next request, from now on if it did not before."""
        if place in self._open:
            self._waiting.setdefault(place)

    def has_sent(self, place: Place) -> None:
        """The connection has sent a whole request."""
        self._waiting.pop(place, None)

    def gone(self, place: Place) -> None:
        """The connection is closed; the second time this says nothing."""
        if place in self._open:
            self._open.discard(place)
            self._waiting.pop(place, None)
            self._addresses[place.peer] -= 1
            if not self._addresses[place.peer]:
                del self._addresses[place.peer]

    def _is_proxy(self, peer: str) -> bool:
        return within(peer, self._intake.platform.snapshot.proxies)

    def _end(self, place: Place, why: str) -> None:
        self._intake.metrics.closed.labels(why).inc()
        place.close()


class BoundedServer(HTTPServer):
    """Tornado's server, each of its connections one of `connections`."""

    def initialize(self, *arguments: Any, **options: Any) -> None:
        """Take what HTTPServer takes, and `connections`."""
        self.connections: Connections = options.pop("connections")
        self.places: dict[IOStream, Place] = {}
        super().initialize(*arguments, **options)

    def handle_stream(self, stream: IOStream, address: tuple[Any, ...]) -> None:
        """Serve a new connection, or close it."""
        place = self.connections.admit(str(address[0]), stream.socket, stream.close)
        if place is not None:
            self.go_on(stream, address, place)

    def go_on(self, stream: IOStream, address: tuple[Any, ...], place: Place) -> None:
        """Serve a connection that has its place."""
        place.close = stream.close
        self.places[stream] = place
        said = self.connections.said
        self.conn_params.header_timeout, self.conn_params.body_timeout = said["idle_s"], said["body_s"]
        super().handle_stream(stream, address)

    def start_request(self, server_conn: Any, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        """The connection waits for its next request."""
        place = self.places[server_conn.stream]
        self.connections.waits(place)
        return Awaited(super().start_request(server_conn, request_conn), self.connections, place)

    def on_close(self, server_conn: Any) -> None:
        """The connection is closed."""
        self.connections.gone(self.places.pop(server_conn.stream))
        super().on_close(server_conn)


class Awaited(HTTPMessageDelegate):
    """A request that keeps the server waiting until it is whole."""

    def __init__(self, inner: HTTPMessageDelegate, connections: Connections, place: Place) -> None:
        self.inner = inner
        self.connections = connections
        self.place = place

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
        self.connections.has_sent(self.place)
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
