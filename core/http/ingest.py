"""A post to a declared interface: the lean way from the socket through the five steps and back."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from http.client import responses
from typing import Any, Protocol

from tornado.httputil import (
    HTTPHeaders,
    HTTPMessageDelegate,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import StreamClosedError

from core.http.asked import Asked
from core.http.calls import chosen, description
from core.http.identity import Identity
from core.http.limits import Waste
from core.http.metrics import Figures, Metrics
from core.intake.answer import refuse
from core.intake.intake import Means, take
from core.intake.plan import Interface
from core.intake.post import Post, Stop
from core.intake.time_call import TimeCall
from core.run.guard import call_after
from core.run.live import Platform
from core.run.means import means_of
from core.run.snapshot import Served, Snapshot
from core.run.taking import batch_of
from core.run.traffic import Answered, Counters
from core.store.database import now_ms

log = logging.getLogger("zc.http")

LARGEST_BODY = 257 << 20  # above the largest that site.yaml can allow
SIZE = re.compile("[0-9]{1,18}")
BUSY = Stop("busy", seconds=2)
RETURN_S = 5  # when to come back to a server that stops


@dataclass
class Intake:
    """What all posts of a server share."""

    platform: Platform
    identity: Identity
    metrics: Metrics = field(default_factory=Metrics)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    waste: Waste = field(default_factory=Waste)
    held_bytes: int = 0  # of bodies that are being read, taken or stored
    closing: bool = False  # the server stops: what comes now is refused

    def __post_init__(self) -> None:
        self.metrics.registry.register(Figures(self.platform, self))
        self.platform.traffic.listeners.append(self.metrics.count)

    @property
    def counters(self) -> dict[str, Counters]:
        """What came over each interface."""
        return self.platform.traffic.interfaces

    def means(self, snapshot: Snapshot) -> Means:
        """What the five steps work with, out of one snapshot."""
        return means_of(self.platform, snapshot, lambda post: self.identity.identify(post, snapshot))

    def count(self, post: Post, seconds: float) -> None:
        """Add one answered post to the counters; `seconds` from its whole body to its whole answer."""
        if not post.claimed and post.partner is not None:
            post.claimed = post.partner.id
        self.platform.traffic.count(Answered.of(post, seconds))

    def spawn(self, work: Awaitable[None]) -> None:
        """Run work to its end even if its connection goes; a graceful stop waits for it."""
        task = asyncio.ensure_future(work)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)


class Connection(Protocol):
    """The connection that a request came over, as far as an answer needs it."""

    def write_headers(self, start_line: ResponseStartLine, headers: HTTPHeaders, chunk: bytes | None) -> Awaitable[Any]:
        """Send all of an answer; StreamClosedError where nobody is there any more."""

    def finish(self) -> None:
        """The answer is complete."""


class IngestDelegate(HTTPMessageDelegate):
    """One request to what is served at a path, bound to the snapshot that was in force when it began."""

    def __init__(
        self, intake: Intake, snapshot: Snapshot, served: Sequence[Served], asked: Asked, connection: Connection
    ) -> None:
        self.intake = intake
        self.snapshot = snapshot
        self.served = served
        self.asked = asked
        self.connection = connection
        self.chunks: list[bytes] = []
        self.size = 0
        self.held = 0
        self.stopped: Stop | None = None

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Tornado has read the head."""
        # A body not much too large is read to its end, since who still sends does not hear the answer.
        return self._answer() if self.begin() > LARGEST_BODY else None

    def begin(self) -> int:
        """Refuse at once what need not be kept: a wrong method, a body that says it is too large, a dear one of a
        sender's who has spent too much in vain, or any body while more is under way than memory is meant for. The bytes
        that the body says it has."""
        said = self.asked.headers.get("content-length", "0")
        size = int(said) if SIZE.fullmatch(said) else 0  # anything else is refused where the body is to be read
        if self.asked.method != "POST" and not self._is_asked:
            self.stopped = Stop("method_wrong")
        elif size > self._most:
            self._drop(self._too_large)
        elif self.intake.held_bytes + size > self._room:
            self._drop(BUSY)
        elif (stop := self._stop_of_dear(size)) is not None:
            self._drop(stop)
        return size

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """A piece of the body, kept; or thrown away, at the speed of what is."""
        return None if self.keep(chunk) else asyncio.sleep(self.intake.waste.wait_s(len(chunk)))

    def keep(self, chunk: bytes) -> bool:
        """Keep a piece of the body, up to the limits; False where it is thrown away."""
        self.size += len(chunk)
        if self.stopped is not None:
            return False
        self.held += len(chunk)
        self.intake.held_bytes += len(chunk)
        self.chunks.append(chunk)
        if self.size > self._most:
            self._drop(self._too_large)
        elif self.intake.held_bytes > self._room:
            self._drop(BUSY)
        return self.stopped is None

    def finish(self) -> None:
        """The body is whole: take it through the five steps."""
        if self.intake.closing:
            self.stopped = Stop("busy", seconds=RETURN_S)
        self.intake.spawn(self._answer())

    def on_connection_close(self) -> None:
        """The sender left before its body was whole: nothing was promised, nothing is kept."""
        self._release()

    @property
    def _is_asked(self) -> bool:
        """Whether it is a GET of what may be asked so: the time, the WSDL of a SOAP service."""
        may = any(isinstance(item, TimeCall) or item.layout.soap is not None for item in self.served)
        return may and self.asked.method == "GET"

    @property
    def _most(self) -> int:
        return int(self.snapshot.site["intake"]["body_mib"]) << 20

    @property
    def _room(self) -> int:
        said = self.snapshot.site["intake"]
        return int(max(said["queue_mib"], said["body_mib"])) << 20  # one body of any allowed size fits

    @property
    def _too_large(self) -> Stop:
        return Stop("body_large", bound=self.snapshot.site["intake"]["body_mib"])

    def _stop_of_dear(self, size: int) -> Stop | None:
        return self.intake.identity.stop_of_dear(self.asked, self.snapshot.proxies, size)

    def _drop(self, stop: Stop) -> None:
        """Refuse the post; what came of its body is let go, and what still comes is not kept."""
        self.stopped = stop
        self._release()

    def _release(self) -> None:
        self.chunks = []
        self.intake.held_bytes -= self.held
        self.held = 0

    async def _answer(self) -> None:
        try:
            await self._call()
        finally:
            self._release()

    async def _call(self) -> None:
        body, headers = b"".join(self.chunks), self.asked.headers
        self.chunks = []
        if self._is_asked and (told := description(self.served, self.asked.origin + self.asked.path)) is not None:
            await self._send(200, told, "text/xml; charset=utf-8")
            return
        called = chosen(self.served, body, headers, self.snapshot.site["intake"]["body_mib"])
        if isinstance(called, TimeCall):
            content, kind = called.answer(now_ms())
            await self._send(200, content, kind)
        else:
            await self._take(called, body, headers)

    async def _take(self, interface: Interface, body: bytes, headers: Mapping[str, str]) -> None:
        began = time.perf_counter()
        platform = self.intake.platform
        post = Post(
            interface=interface,
            body=body,
            headers=headers,
            address=self.asked.address(self.snapshot.proxies),
            received_at=now_ms(),
            snapshot=self.snapshot.number,
            method=self.asked.method,
            query=self.asked.query,
            certificate=self.asked.certificate() if self.snapshot.ways.certificates else b"",
        )
        stopped = self.stopped or self._stop_of_dear(len(body))
        if stopped is not None:
            refuse(post, stopped, self.snapshot.site["demo"])
        else:
            await take(post, self.intake.means(self.snapshot))
            self.intake.identity.note_effort(post)
        if post.nonce is not None and post.written is None:
            self.intake.identity.nonces.release(post.nonce)
        is_trial = self.snapshot.is_sandbox(post.claimed)
        if is_trial:
            await asyncio.to_thread(platform.conformance.note, post, self.snapshot)
        await self._send(post.status, post.reply, post.content_type, post.retry_after_s)
        self.intake.count(post, time.perf_counter() - began)
        if post.stored and not is_trial and self.snapshot.hooks.hook.after.get_hookimpls():
            await asyncio.get_running_loop().run_in_executor(
                None,
                call_after,
                self.snapshot.hooks,
                batch_of(post, self.snapshot),
                platform.faults,
                platform.live_of,
            )

    async def _send(self, status: int, content: bytes, kind: str, retry_after_s: int | None = None) -> None:
        headers = HTTPHeaders(
            {
                "Content-Type": kind,
                "Content-Length": str(len(content)),
                "X-Snapshot": str(self.snapshot.number),
                "X-Content-Type-Options": "nosniff",
            }
        )
        if self.snapshot.site["demo"]:
            headers["X-Demo"] = "true"
        if retry_after_s:
            headers["Retry-After"] = str(retry_after_s)
        if self.intake.closing or (self.stopped is not None and self.stopped.outcome == "body_large"):
            headers["Connection"] = "close"
        line = ResponseStartLine("HTTP/1.1", status, responses.get(status, "Status"))
        try:
            await self.connection.write_headers(line, headers, None if self.asked.method == "HEAD" else content)
            self.connection.finish()
        except StreamClosedError:
            log.info("partner left before its answer path=%s", self.asked.path)
