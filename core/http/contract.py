"""The vendors' addresses: the interfaces as OpenAPI, and the manual of each. Nothing in them is secret."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import html
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.http.handlers import PlatformHandler
from core.http.ingest import Intake
from core.intake.plan import Interface
from core.run.live import Platform
from core.run.manual import SOMEWHERE, as_html, as_markdown
from core.run.openapi import document
from core.run.snapshot import Snapshot

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
ANYWHERE = html.escape(SOMEWHERE).encode()


@dataclass(frozen=True)
class Made:
    """What is sent again and again: its bytes, the same compressed, and the tag by which a client knows that it has
    them."""

    content: bytes
    packed: bytes
    tag: str

    @classmethod
    def of(cls, content: bytes) -> Made:
        """All three, of the bytes."""
        return cls(content, gzip.compress(content, mtime=0), f'"{hashlib.sha256(content).hexdigest()[:32]}"')


@dataclass
class Kept:
    """What was made of the snapshot in force: making it takes the samples through the five steps, which nobody shall
    be able to have done on and on, nor many at once."""

    snapshot: int = 0
    making: dict[str, asyncio.Task[Made]] = field(default_factory=dict)

    async def get(self, snapshot: Snapshot, name: str, make: Callable[[], bytes]) -> Made:
        """What `make` returns for this snapshot, made once, however many wait for it."""
        if self.snapshot != snapshot.number:
            self.snapshot, self.making = snapshot.number, {}
        making = self.making
        if name not in making:
            making[name] = asyncio.ensure_future(asyncio.to_thread(lambda: Made.of(make())))
        try:
            return await asyncio.shield(making[name])
        except Exception:
            making.pop(name, None)  # the next one tries again
            raise


class ContractHandler(PlatformHandler):
    """Base of both."""

    def initialize(self, platform: Platform, intake: Intake, **more: Any) -> None:
        super().initialize(platform, intake)
        self.kept: Kept = more["kept"]
        self.tag: str | None = None
        self.set_header("Cache-Control", "no-cache")  # kept by who asked, and asked for again with its tag

    def compute_etag(self) -> str | None:
        """The tag of what was made; Tornado answers 304 where the client has it."""
        return self.tag


class OpenApiHandler(ContractHandler):
    """GET /-/openapi.json."""

    async def get(self) -> None:
        """Every active interface as OpenAPI 3.1."""
        snapshot = self.snapshot
        made = await self.kept.get(snapshot, "openapi", lambda: msgspec.json.encode(document(snapshot)))
        self.tag = made.tag
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.finish(made.packed)
        else:
            self.finish(made.content)


class ManualHandler(ContractHandler):
    """GET /-/manual/<interface>."""

    async def get(self, name: str) -> None:
        """The interface's manual as a page; 404 where there is none, or it is switched off."""
        snapshot, interface = self.snapshot, self.snapshot.interfaces.get(name)
        if interface is None or not interface.active:
            self.write_error(404)
            return
        made = await self.kept.get(snapshot, f"manual {name}", lambda: _page(snapshot, interface))
        address = f"{self.request.protocol}://{self.request.host}"  # as the vendor typed it
        self.tag = f'"{made.tag[1:-1]}-{hashlib.sha256(address.encode()).hexdigest()[:32]}"'
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", POLICY)
        self.finish(made.content.replace(ANYWHERE, html.escape(address).encode()))


def _page(snapshot: Snapshot, interface: Interface) -> bytes:
    return as_html(as_markdown(snapshot, interface, SOMEWHERE), interface.title).encode()
