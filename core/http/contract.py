"""The vendors' addresses: the interfaces as OpenAPI, and the manual of each. Nothing in them is secret."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from core.http.handlers import PlatformHandler
from core.http.ingest import Intake
from core.run.live import Platform
from core.run.manual import SOMEWHERE, as_html, as_markdown
from core.run.openapi import document
from core.run.snapshot import Snapshot

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@dataclass
class Kept:
    """What was made of the snapshot in force: making it takes the samples through the five steps, which nobody shall
    be able to have done on and on."""

    snapshot: int = 0
    made: dict[str, Any] = field(default_factory=dict)

    async def get(self, snapshot: Snapshot, name: str, make: Callable[[], Any]) -> Any:
        """What `make` returns for this snapshot, made once."""
        if self.snapshot != snapshot.number:
            self.snapshot, self.made = snapshot.number, {}
        if name not in self.made:
            self.made[name] = await asyncio.to_thread(make)
        return self.made[name]


class ContractHandler(PlatformHandler):
    """Base of both."""

    def initialize(self, platform: Platform, intake: Intake, **more: Any) -> None:
        super().initialize(platform, intake)
        self.kept: Kept = more["kept"]


class OpenApiHandler(ContractHandler):
    """GET /-/openapi.json."""

    async def get(self) -> None:
        """Every active interface as OpenAPI 3.1."""
        snapshot = self.snapshot
        made = await self.kept.get(snapshot, "openapi", lambda: msgspec.json.encode(document(snapshot)))
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(made)


class ManualHandler(ContractHandler):
    """GET /-/manual/<interface>."""

    async def get(self, name: str) -> None:
        """The interface's manual as a page; 404 where there is none, or it is switched off."""
        snapshot, interface = self.snapshot, self.snapshot.interfaces.get(name)
        if interface is None or not interface.active:
            self.write_error(404)
            return
        text = await self.kept.get(snapshot, f"manual {name}", lambda: as_markdown(snapshot, interface, SOMEWHERE))
        address = f"{self.request.protocol}://{self.request.host}"  # as the vendor typed it
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Security-Policy", POLICY)
        self.finish(as_html(text.replace(SOMEWHERE, address), interface.title))
