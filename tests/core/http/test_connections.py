"""How many connections there may be, how long they may keep the server waiting, and what strangers' bodies may cost."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from core.http.limits import ONE_S
from core.run.home import Home
from tests.core.http.serving import Served, run
from tests.core.run import homes

GET = b"GET /nowhere HTTP/1.1\r\nHost: test\r\n\r\n"
ANSWERED = b"HTTP/1.1 404 "
HEAD = b"POST /api/crossings HTTP/1.1\r\nHost: test\r\n"


class Connection:
    """A connection of a stranger's."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def ask(self, said: bytes = GET) -> bytes:
        """The first line that comes back; nothing where the server has closed."""
        try:
            self.writer.write(said)
            return await self.reader.readline()
        except ConnectionError:
            return b""

    async def ended(self) -> bool:
        """True once the server has closed."""
        try:
            return await asyncio.wait_for(self.reader.read(), 20) == b""
        except ConnectionError:
            return True


@asynccontextmanager
async def connections(served: Served, *sources: str) -> AsyncIterator[list[Connection]]:
    """Connections from these addresses, opened in turn."""
    port = int(served.url.rpartition(":")[2])
    opened = [
        Connection(*await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))) for source in sources
    ]
    try:
        yield opened
    finally:
        for one in opened:
            one.writer.close()


async def is_served(served: Served, source: str) -> bool:
    """Whether a new connection from the address is served."""
    async with connections(served, source) as (one,):
        return (await one.ask()).startswith(ANSWERED)


def listening(home: Home, **said: Any) -> None:
    homes.change_site(home.root, listen={"host": "127.0.0.1", "port": 8600, **said})


def test_an_address_gets_no_more_than_its_share(home: Home) -> None:
    listening(home, connections_per_address=2)

    async def scenario(served: Served) -> None:
        async with connections(served, "127.0.0.2", "127.0.0.2") as first:
            assert [await one.ask() for one in first] == [ANSWERED + b"Not Found\r\n"] * 2
            async with connections(served, "127.0.0.2", "127.0.0.3") as (more, other):
                assert await more.ended()
                assert (await other.ask()).startswith(ANSWERED)
            first[0].writer.close()
            await first[0].writer.wait_closed()
            while not await is_served(served, "127.0.0.2"):
                continue  # until the server has seen that one left, whose share is free again

    run(home, scenario, gates=())


def test_a_declared_proxy_is_not_bound(home: Home) -> None:
    listening(home, connections_per_address=1, trusted_proxies=["127.0.0.2/32"])

    async def scenario(served: Served) -> None:
        async with connections(served, *["127.0.0.2"] * 4) as opened:
            assert [(await one.ask()).startswith(ANSWERED) for one in opened] == [True] * 4

    run(home, scenario, gates=())


@pytest.mark.parametrize("begun", [b"", b"POST /api/cross", HEAD + b"Content-Length: 50\r\n\r\n{"])
def test_who_kept_the_server_waiting_longest_makes_room(home: Home, begun: bytes) -> None:
    listening(home, connections=16)

    async def scenario(served: Served) -> None:
        async with connections(served, *(f"127.0.1.{number}" for number in range(1, 17))) as opened:
            for one in opened[1:]:
                assert (await one.ask()).startswith(ANSWERED)
            opened[0].writer.write(begun)
            async with connections(served, "127.0.1.99") as (newest,):
                assert (await newest.ask()).startswith(ANSWERED)
                assert await opened[0].ended()
                told = (await served.client.get("/-/metrics")).text  # whose own connection needs room, too
            assert [line for line in told.splitlines() if line.startswith("zc_connections_closed_total")] == [
                'zc_connections_closed_total{why="room"} 2.0'
            ]

    run(home, scenario, gates=())


@pytest.mark.parametrize("begun", [b"", b"POST /api/cross", HEAD + b"Content-Length: 50\r\n\r\n{"])
def test_who_keeps_the_server_waiting_too_long_is_closed(home: Home, begun: bytes) -> None:
    listening(home, idle_s=1, body_s=1)

    async def scenario(served: Served) -> None:
        async with connections(served, "127.0.0.2") as (one,):
            one.writer.write(begun)
            assert await one.ended()
        assert served.intake.held_bytes == 0

    run(home, scenario, gates=())


@pytest.mark.parametrize("said", [b"-1", b"+5", b"\xb2", b"9" * 5000, b"5, 6", b"", b"5\r\nTransfer-Encoding: chunked"])
def test_a_length_that_is_none_is_a_bad_request(home: Home, said: bytes, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario(served: Served) -> None:
        async with connections(served, "127.0.0.2") as (one,):
            answer = await one.ask(HEAD + b"Content-Length: " + said + b"\r\n\r\n{}{}")
            assert answer == b"HTTP/1.1 400 Bad Request\r\n"
        assert served.intake.held_bytes == 0

    run(home, scenario, gates=())
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_strangers_that_cost_too_much_wait_and_partners_do_not(home: Home) -> None:
    async def scenario(served: Served) -> None:
        headers = {"Authorization": f"Bearer {await served.token()}"}
        assert (await served.post(homes.crossing(), headers=headers)).json()["accepted"] == 1
        large = b'{"list": []' + b" " * 20_000 + b"}"
        strange = await served.client.post("/api/crossings", content=large)
        assert strange.json()["code"] == "1101"
        served.intake.identity.efforts.spent("127.0.0.1", ONE_S + 1)
        later = await served.client.post("/api/crossings", content=large)
        assert (later.status_code, later.json()["code"]) == (429, "1109")
        assert int(later.headers["Retry-After"]) > 1
        packed, small = {"Content-Encoding": "gzip"}, gzip.compress(b"{}")
        assert (await served.client.post("/api/crossings", content=small, headers=packed)).status_code == 429
        assert (await served.client.post("/api/crossings", content=b"{}")).json()["code"] == "1101", "small ones pass"
        own = await served.client.post("/api/crossings", content=large, headers=headers)
        assert own.status_code != 429

    run(home, scenario)


@pytest.mark.parametrize("lane", [True, False])
def test_a_body_that_is_refused_by_its_head_is_not_kept_while_it_comes(home: Home, lane: bool) -> None:
    listening(home, lane=lane)
    size = 4 << 20

    async def scenario(served: Served) -> None:
        served.intake.identity.efforts.spent("127.0.0.2", ONE_S + 1)
        async with connections(served, "127.0.0.2") as (one,):
            one.writer.write(HEAD + b"Content-Length: %d\r\n\r\n" % size)
            for _ in range(8):
                one.writer.write(b" " * (size // 8))
                await one.writer.drain()
                assert served.intake.held_bytes == 0
            assert await one.reader.readline() == b"HTTP/1.1 429 Too Many Requests\r\n"

    run(home, scenario, gates=())


def test_a_partner_whose_large_bodies_are_refused_waits_too(home: Home) -> None:
    async def scenario(served: Served) -> None:
        headers = {"Authorization": f"Bearer {await served.token()}"}
        assert (await served.post(homes.crossing(), headers=headers)).json()["accepted"] == 1
        served.intake.identity.efforts.spent("county", ONE_S + 1)
        large = b'{"list": []' + b" " * 20_000 + b"}"
        reply = await served.client.post("/api/crossings", content=large, headers=headers)
        assert reply.status_code == 429
        assert (await served.post(homes.crossing("N2"), headers=headers)).json()["accepted"] == 1

    run(home, scenario)
