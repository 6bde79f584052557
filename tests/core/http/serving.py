"""The server in this process, on a free port, for as long as a scenario runs; ended by the signal that ends it."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from core.http.ingest import Intake
from core.http.server import Pages, serve
from core.run.home import Home
from core.run.live import Platform
from tests.core.run import homes


@dataclass
class Served:
    """A server that listens; `client` speaks to it."""

    platform: Platform
    intake: Intake
    url: str
    client: httpx.AsyncClient
    task: asyncio.Task[None]

    async def operate(self, operation: str, /, **arguments: Any) -> Any:
        """Run an operation on the platform, in a thread."""
        return await asyncio.to_thread(homes.operate, self.platform, operation, **arguments)

    async def secret(self, name: str = "county", **said: Any) -> dict[str, str]:
        """{"appid", "secret"} of a partner made for the test."""
        given = {"title": "测试对接方", "stations": ["*"], **said}
        made = await self.operate("partner.add", name=name, **given)
        return {"appid": made["appid"], "secret": made["secret"]}

    async def token(self, name: str = "county", **said: Any) -> str:
        """A token of a partner made for the test."""
        bought = await self.client.post("/api/token", json=await self.secret(name, **said))
        return str(bought.json()["token"])

    async def post(self, *records: dict[str, Any], token: str | None = None, **named: Any) -> httpx.Response:
        """Post records to the test's interface."""
        body = {"list": records, **({"token": token} if token else {})}
        return await self.client.post("/api/crossings", json=body, **named)


async def until(holds: Callable[[], object]) -> None:
    """Wait until it holds."""
    while not holds():  # noqa: ASYNC110 - what is waited for has no event of its own
        await asyncio.sleep(0.01)


def no_pages(platform: Platform, intake: Intake) -> list[Any]:
    """No routes of a web interface."""
    return []


def run(
    home: Home, scenario: Callable[[Served], Awaitable[None]], pages: Pages = no_pages, gates: tuple[str, ...] = ("G1",)
) -> None:
    """Serve the home, run the scenario, end the server by SIGTERM and wait until it has ended."""

    async def whole(platform: Platform) -> None:
        heard: asyncio.Future[tuple[str, Intake]] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(serve(platform, 0, pages, lambda url, intake: heard.set_result((url, intake))))
        await asyncio.wait((task, heard), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        url, intake = heard.result()
        async with httpx.AsyncClient(base_url=url, timeout=30) as client:
            try:
                await scenario(Served(platform, intake, url, client, task))
            finally:
                if not task.done():
                    os.kill(os.getpid(), signal.SIGTERM)
                await task

    with homes.opened(home) as platform:
        if gates:
            homes.load_gates(platform, *gates)
        asyncio.run(whole(platform))
