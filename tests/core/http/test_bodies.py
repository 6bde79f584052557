"""What is refused of a request before or while it is read: size, depth, number of records, method, no body."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from core.run.home import Home
from tests.core.http.serving import Served, run
from tests.core.run import homes

MIB = 1 << 20


@pytest.fixture(autouse=True)
def small_limits(home: Home) -> None:
    homes.change_site(home.root, intake={"body_mib": 1, "depth": 8, "records": 5})


def code(reply: httpx.Response) -> tuple[int, str]:
    return reply.status_code, reply.json()["code"]


def padded(size: int) -> bytes:
    """A good post of exactly so many bytes."""
    body = json.dumps({"list": [homes.crossing()]}).encode()
    return body + b" " * (size - len(body))


def test_a_body_of_the_limit_is_taken_and_one_byte_more_is_not(home: Home) -> None:
    async def scenario(served: Served) -> None:
        headers = {"Authorization": f"Bearer {await served.token()}"}
        most = await served.client.post("/api/crossings", content=padded(MIB), headers=headers)
        assert most.json()["accepted"] == 1
        more = await served.client.post("/api/crossings", content=padded(MIB + 1), headers=headers)
        assert code(more) == (413, "1203")
        assert more.headers["Connection"] == "close"
        assert (await served.post(homes.crossing(), headers=headers)).status_code == 200

    run(home, scenario)


def test_a_body_that_does_not_say_its_size_is_refused_by_what_comes(home: Home) -> None:
    async def pieces(size: int) -> AsyncIterator[bytes]:
        body = padded(size)
        for start in range(0, size, 60_000):
            yield body[start : start + 60_000]

    async def scenario(served: Served) -> None:
        headers = {"Authorization": f"Bearer {await served.token()}"}
        most = await served.client.post("/api/crossings", content=pieces(MIB), headers=headers)
        assert most.json()["accepted"] == 1
        more = await served.client.post("/api/crossings", content=pieces(MIB + 1), headers=headers)
        assert code(more) == (413, "1203")

    run(home, scenario)


async def answer_to(served: Served, head: str) -> bytes:
    """What comes back for a head whose body is never sent."""
    host, port = served.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.replace("\n", "\r\n").encode())
    answer = await asyncio.wait_for(reader.read(), 20)
    writer.close()
    await writer.wait_closed()
    return answer


def test_a_body_that_says_it_is_huge_is_refused_unread(home: Home) -> None:
    async def scenario(served: Served) -> None:
        head = f"POST /api/crossings HTTP/1.1\nHost: test\nContent-Length: {1 << 40}\n\n"
        answer = await answer_to(served, head)
        assert answer.startswith(b"HTTP/1.1 413 ")
        assert b'"1203"' in answer

    run(home, scenario)


def test_a_sender_that_asks_first_is_told_once_to_go_on(home: Home) -> None:
    async def scenario(served: Served) -> None:
        body = json.dumps({"list": [homes.crossing()], "token": await served.token()})
        head = "POST /api/crossings HTTP/1.1\nHost: test\nConnection: close\nExpect: 100-continue\n"
        answer = await answer_to(served, f"{head}Content-Length: {len(body)}\n\n{body}")
        assert answer.count(b"HTTP/1.1 100 ") == 1
        assert answer.count(b"HTTP/1.1 200 ") == 1

    run(home, scenario)


@pytest.mark.parametrize("path", ["/api/token", "/-/health", "/nowhere"])
def test_other_addresses_take_no_large_body(home: Home, path: str) -> None:
    async def scenario(served: Served) -> None:
        head = f"POST {path} HTTP/1.1\nHost: test\nContent-Length: {64 * MIB}\n\n"
        assert (await answer_to(served, head)).startswith(b"HTTP/1.1 4")

    run(home, scenario)


def test_depth_and_number_of_records_are_bounded(home: Home) -> None:
    async def scenario(served: Served) -> None:
        headers = {"Authorization": f"Bearer {await served.token()}"}
        five = await served.post(*(homes.crossing(f"N{number}") for number in range(5)), headers=headers)
        assert five.json()["accepted"] == 5
        six = await served.post(*(homes.crossing(f"M{number}") for number in range(6)), headers=headers)
        assert code(six) == (413, "1206")
        deep = b'{"list": ' + b"[" * 8 + b"]" * 8 + b"}"
        assert code(await served.client.post("/api/crossings", content=deep, headers=headers)) == (400, "1204")

    run(home, scenario)


@pytest.mark.parametrize(("body", "wanted"), [(b"", "1201"), (b" \n", "1201"), (b"{", "1202"), (b"\xff", "1202")])
def test_a_body_that_is_none_is_told(home: Home, body: bytes, wanted: str) -> None:
    async def scenario(served: Served) -> None:
        assert code(await served.client.post("/api/crossings", content=body)) == (400, wanted)

    run(home, scenario, gates=())


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods_are_told_to_post(home: Home, method: str) -> None:
    async def scenario(served: Served) -> None:
        assert code(await served.client.request(method, "/api/crossings")) == (405, "1207")

    run(home, scenario, gates=())


def test_head_is_answered_without_a_body(home: Home) -> None:
    async def scenario(served: Served) -> None:
        head = await served.client.head("/api/crossings")
        assert (head.status_code, head.content) == (405, b"")
        assert (await served.client.get("/api/crossings")).status_code == 405, "the connection is still good"

    run(home, scenario, gates=())


def test_a_sender_that_leaves_in_the_middle_leaves_nothing(home: Home) -> None:
    async def scenario(served: Served) -> None:
        host, port = served.url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"POST /api/crossings HTTP/1.1\r\nHost: test\r\nContent-Length: 500\r\n\r\n" + b'{"list": [')
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        token = await served.token()
        assert (await served.post(homes.crossing(), token=token)).json()["accepted"] == 1
        assert len(await served.operate("find", category="crossing")) > 0
        assert await served.operate("refusals") == []

    run(home, scenario)
