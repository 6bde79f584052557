"""How often one address may ask for what is no interface, and that nothing is done for who left."""

from __future__ import annotations

import asyncio
import json
from ipaddress import IPv6Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.http.crowd import AT_ONCE, counted
from core.http.handlers import PlatformHandler
from core.http.ingest import Intake
from core.run.home import Home
from core.run.live import Platform
from tests.core.http.serving import Served, run, until
from tests.core.http.test_connections import GET, connections, is_served, listening
from tests.core.run import homes

PER_MINUTE = 60
FIRST = int(PER_MINUTE * AT_ONCE)  # at once


async def whole(served: Served, source: str, said: bytes) -> bytes:
    """All that comes back until the server closes."""
    async with connections(served, source) as (one,):
        one.writer.write(said)
        return await asyncio.wait_for(one.reader.read(), 20)


def closed(served: Served, why: str) -> float:
    """How many connections were closed for a reason, as the metrics tell."""
    found = served.intake.metrics.registry.get_sample_value("zc_connections_closed_total", {"why": why})
    return found or 0.0


def test_an_address_that_asks_too_often_is_told_when_to_come_again(home: Home) -> None:
    listening(home, requests_per_minute_per_address=PER_MINUTE)

    async def scenario(served: Served) -> None:
        heard = await whole(served, "127.0.0.2", GET * (FIRST + 30))
        assert heard.count(b"HTTP/1.1 404 ") == FIRST
        assert heard.count(b"HTTP/1.1 ") == FIRST + 1, "what was sent behind it is not looked at"
        head, _, body = heard.rpartition(b"HTTP/1.1 ")[2].partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        said = dict(line.split(": ") for line in lines)
        assert status == "429 Too Many Requests"
        assert (said["Retry-After"], said["Connection"], said["Cache-Control"]) == ("1", "close", "no-store")
        assert said["Content-Type"] == "application/json; charset=utf-8"
        assert said["X-Snapshot"] == str(served.platform.snapshot.number)
        assert json.loads(body) == {"error": "请求过于频繁，请 1 秒后再试"}
        assert closed(served, "rate") == 1
        assert await is_served(served, "127.0.0.3"), "others are not bound by it"

    run(home, scenario, gates=())


def test_posts_to_interfaces_are_not_bound_by_it(home: Home) -> None:
    listening(home, requests_per_minute_per_address=PER_MINUTE)

    async def scenario(served: Served) -> None:
        headers = {"Authorization": f"Bearer {await served.token()}"}
        records = [homes.crossing(f"N{number}") for number in range(FIRST * 2)]
        replies = [await served.post(record, headers=headers) for record in records]
        assert {reply.json()["accepted"] for reply in replies} == {1}

    run(home, scenario)


@pytest.mark.parametrize("forwarded", [True, False])
def test_clients_of_a_declared_proxy_are_counted_each_by_itself(home: Home, forwarded: bool) -> None:
    listening(home, requests_per_minute_per_address=PER_MINUTE, trusted_proxies=["127.0.0.2/32"])
    client = GET.replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n") if forwarded else GET
    other = GET.replace(b"\r\n\r\n", b"\r\nX-Forwarded-For: 10.0.0.2\r\nConnection: close\r\n\r\n")

    async def scenario(served: Served) -> None:
        heard = await whole(served, "127.0.0.2", client * (FIRST * 2) + other)
        assert heard.count(b"HTTP/1.1 404 ") == (FIRST if forwarded else FIRST * 2 + 1)
        assert (await whole(served, "127.0.0.2", other)).count(b"HTTP/1.1 404 ") == 1

    run(home, scenario, gates=())


def test_who_asks_on_and_does_not_read_is_closed(home: Home) -> None:
    listening(home, requests_per_minute_per_address=PER_MINUTE)

    async def scenario(served: Served) -> None:
        async with connections(served, "127.0.0.2") as (one,):
            one.writer.transport.pause_reading()
            one.writer.write(b"GET /-/openapi.json HTTP/1.1\r\nHost: test\r\n\r\n" * 500)
            await until(lambda: closed(served, "rate") == 1)

    run(home, scenario, gates=())


def test_what_somebody_asked_who_left_is_not_worked_on(home: Home) -> None:
    asked = 1000
    listening(home, connections_per_address=1)
    answered: list[str] = []

    class Counting(PlatformHandler):
        def get(self) -> None:
            answered.append(self.address)
            self.finish("a" * 1000)

    def pages(platform: Platform, intake: Intake) -> list[Any]:
        return [("/counted", Counting, {"platform": platform, "intake": intake})]

    async def scenario(served: Served) -> None:
        async with connections(served, "127.0.0.2") as (one,):
            one.writer.write(b"GET /counted HTTP/1.1\r\nHost: test\r\n\r\n" * asked)
        while not await is_served(served, "127.0.0.2"):
            continue  # until the connection's place is free again
        assert len(answered) < asked

    run(home, scenario, pages=pages, gates=())


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_counts_as_itself(address: object) -> None:
    assert counted(str(address)) == str(address)
    assert counted(f"::ffff:{address}") == str(address)


@given(st.integers(1, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_all_of_an_ipv6_network_counts_as_one(network: int, one: int, other: int) -> None:
    first, second = (str(IPv6Address(network << 64 | host)) for host in (one, other))
    assert counted(first) == counted(second)
    assert counted(first) != counted(str(IPv6Address((network ^ 1) << 64 | one)))


def test_what_is_no_address_counts_as_it_is() -> None:
    assert counted("unknown") == "unknown"
