"""A post to a declared interface: the lean way from the socket through the five steps and back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field
from http.client import responses
from typing import cast

from tornado.httputil import (
    HTTPConnection,
    HTTPHeaders,
    HTTPMessageDelegate,
    HTTPServerRequest,
    RequestStartLine,
    ResponseStartLine,
)
from tornado.iostream import StreamClosedError

from core.http.address import address_of
from core.http.calls import chosen, description
from core.http.identity import Identity
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
from core.store.database import now_ms

log = logging.getLogger("zc.http")

LARGEST_BODY = 257 << 20  # above the largest that site.yaml can allow
RETURN_S = 5  # when to come back to a server that stops


@dataclass
class Counters:
    """What came over one interface since the start, for the first page and health."""

    posts: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    last_success_ms: int | None = None


@dataclass
class Intake:
    """What all posts of a server share."""

    platform: Platform
    identity: Identity
    counters: dict[str, Counters] = field(default_factory=dict)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    closing: bool = False  # the server stops: what comes now is refused

    def means(self, snapshot: Snapshot) -> Means:
        """What the five steps work with, out of one snapshot."""
        return means_of(self.platform, snapshot, lambda post: self.identity.identify(post, snapshot))

    def count(self, post: Post) -> None:
        """Add one answered post to its interface's counters."""
        counter = self.counters.setdefault(post.interface.id, Counters())
        counter.posts += 1
        counter.accepted += len(post.accepted)
        counter.duplicates += post.duplicates
        counter.refused += len(post.refusals)
        if post.accepted or post.duplicates:
            counter.last_success_ms = post.received_at

    def spawn(self, work: Awaitable[None]) -> None:
        """Run work to its end even if its connection goes; a graceful stop waits for it."""
        task = asyncio.ensure_future(work)
        self.under_way.add(task)
        task.add_done_callback(self.under_way.discard)


class IngestDelegate(HTTPMessageDelegate):
    """One request to what is served at a path, bound to the snapshot that was in force when it began."""

    def __init__(
        self, intake: Intake, snapshot: Snapshot, served: Sequence[Served], request: HTTPServerRequest
    ) -> None:
        self.intake = intake
        self.snapshot = snapshot
        self.served = served
        self.request = request
        self.connection = cast(HTTPConnection, request.connection)
        self.chunks: list[bytes] = []
        self.size = 0
        self.stopped: Stop | None = None

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Refuse at once what need not be read: a wrong method, a body that says it is too large."""
        said = headers.get("Content-Length", "0")
        size = int(said) if said.isdigit() else 0
        if self.request.method != "POST" and not self._is_asked:
            self.stopped = Stop("method_wrong")
        elif size > self._most:
            self._too_large()
        # A body not much too large is read to its end, since who still sends does not hear the answer.
        return self._answer() if size > LARGEST_BODY else None

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Keep a piece of the body, up to the limit."""
        self.size += len(chunk)
        if self.size > self._most:
            self._too_large()
        if self.stopped is None:
            self.chunks.append(chunk)
        return None

    def finish(self) -> None:
        """The body is whole: take it through the five steps."""
        if self.intake.closing:
            self.stopped = Stop("busy", seconds=RETURN_S)
        self.intake.spawn(self._answer())

    def on_connection_close(self) -> None:
        """The sender left before its body was whole: nothing was promised, nothing is kept."""
        self.chunks = []

    @property
    def _is_asked(self) -> bool:
        """Whether it is a GET of what may be asked so: the time, the WSDL of a SOAP service."""
        may = any(isinstance(item, TimeCall) or item.layout.soap is not None for item in self.served)
        return may and self.request.method == "GET"

    @property
    def _most(self) -> int:
        return int(self.snapshot.site["intake"]["body_mib"]) << 20

    def _too_large(self) -> None:
        self.stopped = Stop("body_large", bound=self.snapshot.site["intake"]["body_mib"])
        self.chunks = []

    async def _answer(self) -> None:
        body, headers = b"".join(self.chunks), {name.lower(): text for name, text in self.request.headers.items()}
        if self._is_asked:
            address = f"{self.request.protocol}://{self.request.host}{self.request.path}"
            if (told := description(self.served, address)) is not None:
                await self._send(200, told, "text/xml; charset=utf-8")
                return
        called = chosen(self.served, body, headers, self.snapshot.site["intake"]["body_mib"])
        if isinstance(called, TimeCall):
            content, kind = called.answer(now_ms())
            await self._send(200, content, kind)
        else:
            await self._take(called, body, headers)

    async def _take(self, interface: Interface, body: bytes, headers: dict[str, str]) -> None:
        platform = self.intake.platform
        post = Post(
            interface=interface,
            body=body,
            headers=headers,
            address=address_of(self.request, self.snapshot.proxies),
            received_at=now_ms(),
            snapshot=self.snapshot.number,
        )
        if self.stopped is not None:
            refuse(post, self.stopped, self.snapshot.site["demo"])
        else:
            await take(post, self.intake.means(self.snapshot))
        await self._send(post.status, post.reply, post.content_type, post.retry_after_s)
        self.intake.count(post)
        if post.accepted and self.snapshot.hooks.hook.after.get_hookimpls():
            await asyncio.get_running_loop().run_in_executor(
                None, call_after, self.snapshot.hooks, batch_of(post, self.snapshot), platform.faults
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
            await self.connection.write_headers(line, headers, None if self.request.method == "HEAD" else content)
            self.connection.finish()
        except StreamClosedError:
            log.info("partner left before its answer path=%s", self.request.path)
