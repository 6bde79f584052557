"""One stream of bytes read twice: as the fast lane cuts it into posts, and as Tornado reads it from a connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass

from tornado.http1connection import HTTP1Connection, HTTP1ConnectionParameters, HTTP1ServerConnection
from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerConnectionDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import IOStream

from core.http import head
from core.http.server import HEADER_BYTES

LENGTH = 10**10  # no length that is plain is as large
FRONTS = (
    b"",
    b"POST /api/x HTTP/1.1\r\n",
    b"POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n",
    b"POST /api/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}",
)
"""What comes before an input, so that what is tried lies behind what is plain."""


@dataclass
class Request:
    """What somebody read: a whole post, or the part of its body that came."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes = b""


def read_alike(stream: bytes) -> None:
    """Every post that the lane reads, Tornado reads too: in its place, the same path, headers and body."""
    ours = list(plain_posts(stream))
    if ours:
        theirs = asyncio.run(by_tornado(stream))
        assert theirs[: len(ours)] == ours


def plain_posts(stream: bytes) -> Iterator[Request]:
    """The posts that the lane reads, until something comes that it hands over."""
    while (found := head.first(stream, HEADER_BYTES)) is not None:
        asked, begins = found
        yield Request("POST", asked.path, "", dict(asked.headers), stream[begins : begins + asked.length])
        stream = stream[begins + asked.length :]


async def by_tornado(stream: bytes) -> list[Request]:
    """The requests that Tornado reads, each answered, from a connection on which no more comes."""
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.sendall(stream)
        theirs.shutdown(socket.SHUT_WR)
        params = HTTP1ConnectionParameters(max_header_size=HEADER_BYTES, max_body_size=LENGTH)
        heard = Heard()
        HTTP1ServerConnection(IOStream(ours), params).start_serving(heard)
        await heard.closed.wait()
    return heard.requests


class Heard(HTTPServerConnectionDelegate):
    """Keeps the requests of one connection."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.closed = asyncio.Event()

    def start_request(self, server_conn: object, request_conn: HTTPConnection) -> HTTPMessageDelegate:
        assert isinstance(request_conn, HTTP1Connection)
        return Reader(self.requests, request_conn)

    def on_close(self, server_conn: object) -> None:
        self.closed.set()


class Reader(HTTPMessageDelegate):
    """Keeps one request, and answers it."""

    def __init__(self, requests: list[Request], connection: HTTP1Connection) -> None:
        self.requests = requests
        self.connection = connection

    def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        assert isinstance(start_line, RequestStartLine)
        asked = HTTPServerRequest(connection=self.connection, start_line=start_line, headers=headers)
        said = {name.lower(): ",".join(headers.get_list(name)) for name in headers}
        self.requests.append(Request(asked.method or "", asked.path, asked.query, said))

    def data_received(self, chunk: bytes) -> None:
        self.requests[-1].body += chunk

    def finish(self) -> None:
        self.connection.write_headers(ResponseStartLine("HTTP/1.1", 200, "OK"), HTTPHeaders({"Content-Length": "0"}))
        self.connection.finish()
