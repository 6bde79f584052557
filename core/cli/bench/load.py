"""Load on a server: connections that each send the next post once the last was answered.

It costs a few microseconds a post, so that what is measured is the server.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import cast

import msgspec

SUCCESS = (b"200", b"201", b"204")
BUSY = (b"429", b"503")
RETRY_AFTER = re.compile(rb"\r\nretry-after: *([0-9]{1,3})", re.IGNORECASE).search
ANSWER_WITHIN_S = 120


class Load(msgspec.Struct):
    """What to send: to 127.0.0.1:`port`, `size` records a post in `before` and `after`, for so many seconds."""

    port: int
    path: str
    headers: dict[str, str]
    before: str
    after: str
    size: int
    connections: int
    seconds: float


class Stretch(msgspec.Struct):
    """One stretch under load: `seconds` from the first byte sent to the last answer, `posts` answered well, `failed`
    not, the first of them as text; latencies in milliseconds, from when a post was sent first. `busy` answers said to
    come again, which is done when they say."""

    posts: int
    seconds: float
    p50_ms: float
    p99_ms: float
    failed: int = 0
    failure: str = ""
    busy: int = 0


@dataclass
class Sent:
    """What all connections share."""

    heads: bytes
    source: Iterator[bytes]
    until: float
    latencies: list[float] = field(default_factory=list)
    failed: int = 0
    failure: str = ""
    busy: int = 0

    def next(self) -> bytes | None:
        """The next request; None when time is up."""
        if time.perf_counter() >= self.until:
            return None
        body = next(self.source)
        return b"%s%d\r\n\r\n%s" % (self.heads, len(body), body)


class Line(asyncio.Protocol):
    """One kept-alive connection."""

    def __init__(self, sent: Sent, done: asyncio.Future[None]) -> None:
        self.sent = sent
        self.done = done
        self.got = self.request = b""
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first post."""
        self.transport = cast(asyncio.Transport, transport)
        self.go_on()

    def go_on(self) -> None:
        """Send the next post, or end."""
        request = self.sent.next()
        if request is None:
            self.transport.close()
            self.done.set_result(None)
            return
        self.began = time.perf_counter()
        self.send(request)

    def send(self, request: bytes) -> None:
        """Send a post, for the first time or again."""
        self.got, self.request = b"", request
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Count the answer once it is whole."""
        self.got += data
        head, end, body = self.got.partition(b"\r\n\r\n")
        if not end or not _is_whole(head.lower(), body):
            return
        if self.got[9:12] in BUSY and (said := RETRY_AFTER(head)):
            self.sent.busy += 1
            asyncio.get_running_loop().call_later(int(said[1]), self.send, self.request)
            return
        if self.got[9:12] in SUCCESS:
            self.sent.latencies.append(time.perf_counter() - self.began)
        else:
            self.sent.failed += 1
            self.sent.failure = self.sent.failure or self.got[:400].decode(errors="replace")
        self.go_on()

    def connection_lost(self, error: Exception | None) -> None:
        """A server that hangs up before its answer has failed."""
        if not self.done.done():
            self.done.set_exception(ConnectionError(f"the server hung up: {error or self.got[:200]!r}"))


def _is_whole(head: bytes, body: bytes) -> bool:
    _, said, rest = head.partition(b"\r\ncontent-length:")
    if said:
        return len(body) >= int(rest.partition(b"\r\n")[0])
    return body.endswith(b"0\r\n\r\n") or head[9:12] == b"204"


async def run(load: Load, source: Iterator[bytes]) -> Stretch:
    """Put the server under load for the stretch and wait for every answer."""
    said = "".join(f"{name}: {value}\r\n" for name, value in load.headers.items())
    heads = f"POST {load.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{said}Content-Length: "
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    sent = Sent(heads.encode(), source, began + load.seconds)
    waiting = [loop.create_future() for _ in range(load.connections)]
    for done in waiting:
        await loop.create_connection(partial(Line, sent, done), "127.0.0.1", load.port)
    async with asyncio.timeout(ANSWER_WITHIN_S):
        await asyncio.gather(*waiting)
    taken = sorted(sent.latencies) or [0.0]
    return Stretch(
        posts=len(sent.latencies),
        seconds=time.perf_counter() - began,
        p50_ms=taken[len(taken) // 2] * 1000,
        p99_ms=taken[len(taken) * 99 // 100] * 1000,
        failed=sent.failed,
        failure=sent.failure,
        busy=sent.busy,
    )
