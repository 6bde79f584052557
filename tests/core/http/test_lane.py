"""The fast lane and Tornado alone: the same bytes for the same requests, whole or in pieces, good, odd or hostile."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.http import lane
from core.run.home import Home
from tests.core.http.serving import Served, run, until
from tests.core.run import homes

QUIET_S = 0.8  # so long without a byte means that no more comes
Exchange = dict[str, bytes]


def post(code: str, *lines: str, first: str = "POST /api/crossings HTTP/1.1", body: bytes | None = None) -> bytes:
    """A post of one record; TOKEN stands for a token that is good."""
    content = json.dumps({"list": [homes.crossing(code)]}).encode() if body is None else body
    said = (
        lines
        if any("ength" in line or "coding" in line for line in lines)
        else (*lines, f"Content-Length: {len(content)}")
    )
    return "\r\n".join([first, "Host: zc", "Authorization: Bearer TOKEN", *said, "", ""]).encode() + content


def chunked(code: str) -> bytes:
    content = json.dumps({"list": [homes.crossing(code)]}).encode()
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)


REQUESTS: dict[str, list[bytes]] = {
    "good": [post("A1")],
    "good, then the same": [post("A2"), post("A2")],
    "two at once": [post("A3") + post("A4")],
    "two at once and a page": [post("A5") + b"GET /-/health HTTP/1.1\r\nHost: zc\r\n\r\n"],
    "a head in pieces": [post("A6")[:20], post("A6")[20:]],
    "a body in pieces": [post("A7")[:-30], post("A7")[-30:-5], post("A7")[-5:]],
    "a second in pieces": [post("A8") + post("A9")[:150], post("A9")[150:]],
    "refused": [post("B1", body=json.dumps({"list": [homes.crossing("B1", gate="G9")]}).encode())],
    "no JSON": [post("B2", body=b"{{{")],
    "an empty body": [post("B3", body=b"")],
    "no token": [post("B4").replace(b"Authorization", b"X-Nothing")],
    "a wrong token": [post("B5").replace(b"TOKEN", b"wrong")],
    "GET": [post("B6", first="GET /api/crossings HTTP/1.1")],
    "no such path": [post("B7", first="POST /api/nowhere HTTP/1.1")],
    "a query": [post("B8", first="POST /api/crossings?a=b HTTP/1.1")],
    "HTTP/1.0": [post("B9", first="POST /api/crossings HTTP/1.0")],
    "close": [post("C1", "Connection: close")],
    "chunks": [post("C2", "Transfer-Encoding: chunked", body=chunked("C2"))],
    "chunks and a length": [post("C3", "Transfer-Encoding: chunked", "Content-Length: 5", body=chunked("C3"))],
    "two lengths": [post("C4", "Content-Length: 5", "Content-Length: 6", body=b"abcdef")],
    "a length twice": [post("C5", "Content-Length: 5", "Content-Length: 5", body=b"abcde")],
    "a length with a sign": [post("C6", "Content-Length: +5", body=b"abcde")],
    "a length below nothing": [post("C7", "Content-Length: -5", body=b"abcde")],
    "a length above the limit": [post("C8", f"Content-Length: {2 << 20}", body=b" " * (2 << 20))],
    "a line that goes on": [post("C9", "X-A: b", " c")],
    "a name with a blank": [post("D1", "X-A : b")],
    "line feeds alone": [post("D2").replace(b"\r\n", b"\n")],
    "a question first": [post("D3", "Expect: 100-continue")],
    "names in small letters": [post("D4").lower().replace(b"post /", b"POST /").replace(b"http/1.1", b"HTTP/1.1")],
    "garbage": [b"\x16\x03\x01\x02\x00 garbage\r\n\r\n"],
    "good, then garbage": [post("D5"), b"\x16\x03\x01\r\n\r\n"],
    "a head that is too long": [post("D6", "X-A: " + "b" * (20 << 10))],
    "bytes above ASCII": [post("D7", "X-A: \u6e58")],
}


async def exchange(served: Served, pieces: list[bytes], token: str) -> bytes:
    """All that is answered to the pieces until it is quiet or the connection ends."""
    where = urlsplit(served.url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    got = b""
    try:
        for piece in pieces:
            writer.write(piece.replace(b"TOKEN", token.encode()).replace(b"token", token.encode()))
            await writer.drain()
            await asyncio.sleep(0.1)
        while data := await asyncio.wait_for(reader.read(1 << 16), QUIET_S):
            got += data
        got += b"<end>"
    except TimeoutError:
        pass
    except ConnectionError:
        got += b"<end>"
    finally:
        writer.close()
    return re.sub(rb"\r\n(?:Date|Etag): [^\r]*|\"(?:uptime_s|at|since)[^,}]*", b"", got)


def answers(home: Home, requests: dict[str, list[bytes]]) -> Exchange:
    """What a server on the home answers to each of the requests, all at once."""
    found: Exchange = {}

    async def scenario(served: Served) -> None:
        token = await served.token()
        heard = await asyncio.gather(*(exchange(served, pieces, token) for pieces in requests.values()))
        found.update(zip(requests, heard, strict=True))

    run(home, scenario)
    return found


def test_both_answer_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[bytes] = []

    class Counted(lane.Continued):
        def __init__(self, connection: object, got: bytes) -> None:
            handed.append(got)
            super().__init__(connection, got)

    monkeypatch.setattr(lane, "Continued", Counted)
    found = {}
    for way in (True, False):
        home = homes.make(tmp_path / str(way))
        homes.change_site(home.root, listen={"lane": way}, intake={"body_mib": 1, "depth": 8, "records": 5})
        handed.clear()
        found[way] = answers(home, REQUESTS)
        assert bool(handed) is way
        codes = [code for code in re.findall(r'"no": "([A-D]\d)"', b"".join(handed).decode("latin-1"))]
        assert not way or {"A1", "A2", "A3", "A4", "A7", "A9", "B1"}.isdisjoint(codes)
    for name in REQUESTS:
        assert found[True][name] == found[False][name], name
    assert found[True]["good"].startswith(b"HTTP/1.1 200 OK\r\n")
    assert found[True]["two at once"].count(b"HTTP/1.1 200 OK") == 2


def told(home: Home, scenario: Callable[[Served, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> None:
    """A scenario with an open connection."""

    async def whole(served: Served) -> None:
        where = urlsplit(served.url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            await scenario(served, reader, writer)
        finally:
            writer.close()

    run(home, whole)


def test_a_body_that_never_comes_ends_the_connection(home: Home) -> None:
    homes.change_site(home.root, listen={"body_s": 1, "idle_s": 1})

    async def scenario(served: Served, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(post("A1")[:-3])
        await until(lambda: served.intake.held_bytes)
        assert await asyncio.wait_for(reader.read(), 20) == b""
        assert served.intake.held_bytes == 0

    told(home, scenario)


def test_a_silent_connection_is_ended(home: Home) -> None:
    homes.change_site(home.root, listen={"idle_s": 1})

    async def scenario(served: Served, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert await asyncio.wait_for(reader.read(), 20) == b""

    told(home, scenario)


def test_a_sender_that_leaves_holds_nothing(home: Home) -> None:
    async def scenario(served: Served, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(post("A1")[:-3])
        await until(lambda: served.intake.held_bytes)
        writer.transport.abort()
        await until(lambda: not served.intake.held_bytes)

    told(home, scenario)


def test_who_only_listens_on_is_still_answered(home: Home) -> None:
    async def scenario(served: Served, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        token = (await served.token()).encode()
        writer.write(post("A1").replace(b"TOKEN", token) + post("A2").replace(b"TOKEN", token))
        writer.write_eof()
        heard = await asyncio.wait_for(reader.read(), 20)
        assert heard.count(b"HTTP/1.1 200 OK") == 2

    told(home, scenario)


def test_many_posts_at_once_are_answered_in_order(home: Home) -> None:
    codes = [f"N{number}" for number in range(200)]

    async def scenario(served: Served, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        token = (await served.token()).encode()
        bad = [{"list": [homes.crossing(code, gate=code)]} for code in codes]
        writer.write(b"".join(post("", body=json.dumps(one).encode()).replace(b"TOKEN", token) for one in bad))
        heard = b""
        while heard.count(b"HTTP/1.1 200 OK") < len(codes) or not heard.endswith(b"}"):
            heard += await asyncio.wait_for(reader.read(1 << 16), 20)
        assert re.findall(rb"N\d+", heard) == sorted(set(re.findall(rb"N\d+", heard)), key=lambda code: int(code[1:]))

    told(home, scenario)
