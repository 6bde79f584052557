"""A post to a declared interface: the lean way from the socket through the five steps and back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
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
from core.http.identity import Identity
from core.intake.answer import refuse
from core.intake.intake import Means, take
from core.intake.plan import Interface
from core.intake.post import Post, Stop
from core.run.guard import call_after
from core.run.live import Platform
from core.run.means import means_of
from core.run.offers import Batch
from core.run.shown import shown
from core.run.snapshot import Snapshot
from core.store.database import now_ms

log = logging.getLogger("zc.http")


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
    """One request to one interface, bound to the snapshot that was in force when it began."""

    def __init__(self, intake: Intake, snapshot: Snapshot, interface: Interface, request: HTTPServerRequest) -> None:
        self.intake = intake
        self.snapshot = snapshot
        self.interface = interface
        self.request = request
        self.connection = cast(HTTPConnection, request.connection)
        self.chunks: list[bytes] = []
        self.size = 0
        self.stopped: Stop | None = None

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        """Refuse at once what need not be read: a wrong method, a body that says it is too large."""
        if self.request.method != "POST":
            self.stopped = Stop("method_wrong")
        elif headers.get("Content-Length", "0").isdigit() and int(headers.get("Content-Length", "0")) > self._most:
            self._too_large()
        if headers.get("Expect", "").lower() == "100-continue" and self.stopped is None:
            self.connection.write_headers(ResponseStartLine("HTTP/1.1", 100, "Continue"), HTTPHeaders())
        return None

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
        self.intake.spawn(self._answer())

    def on_connection_close(self) -> None:
        """The sender left before its body was whole: nothing was promised, nothing is kept."""
        self.chunks = []

    @property
    def _most(self) -> int:
        return int(self.snapshot.site["intake"]["body_mib"]) << 20

    def _too_large(self) -> None:
        self.stopped = Stop("body_large", bound=self.snapshot.site["intake"]["body_mib"])
        self.chunks = []

    async def _answer(self) -> None:
        platform = self.intake.platform
        post = Post(
            interface=self.interface,
            body=b"".join(self.chunks),
            headers={name.lower(): value for name, value in self.request.headers.items()},
            address=address_of(self.request, self.snapshot.proxies),
            received_at=now_ms(),
            snapshot=self.snapshot.number,
            method=self.request.method or "",
            query=self.request.query,
            certificate=self._certificate(),
        )
        if self.stopped is not None:
            refuse(post, self.stopped, self.snapshot.site["demo"])
        else:
            await take(post, self.intake.means(self.snapshot))
        if post.nonce is not None and post.written is None:
            self.intake.identity.nonces.release(post.nonce)
        await self._send(post)
        self.intake.count(post)
        if post.accepted and self.snapshot.hooks.hook.after.get_hookimpls():
            await asyncio.get_running_loop().run_in_executor(
                None, call_after, self.snapshot.hooks, batch_of(post, self.snapshot), platform.faults
            )

    def _certificate(self) -> bytes:
        """The client's certificate, DER; empty where it has none, or no partner is told by one."""
        if not self.snapshot.ways.certificates or self.request.protocol != "https":
            return b""
        found = self.request.get_ssl_certificate(binary_form=True)
        return found if isinstance(found, bytes) else b""

    async def _send(self, post: Post) -> None:
        headers = HTTPHeaders(
            {
                "Content-Type": post.content_type,
                "Content-Length": str(len(post.reply)),
                "X-Snapshot": str(self.snapshot.number),
                "X-Content-Type-Options": "nosniff",
            }
        )
        if self.snapshot.site["demo"]:
            headers["X-Demo"] = "true"
        if post.retry_after_s:
            headers["Retry-After"] = str(post.retry_after_s)
        if self.stopped is not None and self.stopped.outcome == "body_large":
            headers["Connection"] = "close"
        line = ResponseStartLine("HTTP/1.1", post.status, responses.get(post.status, "Status"))
        try:
            await self.connection.write_headers(line, headers, post.reply)
            self.connection.finish()
        except StreamClosedError:
            log.info("partner left before its answer interface=%s", post.interface.id)


def batch_of(post: Post, snapshot: Snapshot) -> Batch:
    """What `after` hears of a post."""
    entity = post.interface.entity
    return Batch(
        interface=post.interface.id,
        partner=post.partner.id if post.partner else "",
        entity=entity.id,
        records=tuple(shown(entity, row.values, snapshot.zone) for row in post.accepted),
        duplicates=post.duplicates,
        refused=len(post.refusals),
    )
