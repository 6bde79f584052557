"""The socket: it says that something changed, to whom it may, and ends with the session."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from core.api import NOTICES_TOUCHED, Platform, now_ms
from tests.core.run import homes
from tests.webui.browser import Browser
from tests.webui.conftest import LEIYANG, STATIONS, Site, weighing
from webui.asking import Asking
from webui.live import (
    HEARTBEAT_S,
    MOST_SOCKETS,
    NO_SESSION,
    SLOW_S,
    TICK_S,
    TOO_SLOW,
    Live,
    Socket,
)  # fmt: skip

Talk = Callable[[WebSocketClientConnection], Coroutine[Any, Any, None]]
WATCHED = [
    {"block": 1, "kind": "category", "id": "weighing"},
    {"block": 2, "kind": "category", "id": "station"},
    {"block": 3, "kind": "statistic", "id": "weighings"},
]


def request(browser: Browser, **headers: str) -> HTTPRequest:
    """The request that opens a socket as this browser."""
    said = {"Origin": browser.url, "Cookie": browser.cookies, **headers}
    return HTTPRequest(f"ws{browser.url.removeprefix('http')}/api/ui/live", headers=said)


def talk(browser: Browser, what: Talk) -> None:
    """Open a socket, talk, close it."""

    async def whole() -> None:
        connection = await websocket_connect(request(browser))
        try:
            await asyncio.wait_for(what(connection), timeout=40)
        finally:
            connection.close()
            await asyncio.sleep(0.2)  # until both ends have said goodbye

    asyncio.run(whole())


async def heard(connection: WebSocketClientConnection, key: str) -> dict[str, Any]:
    """The next message that has this key."""
    while True:
        text = await connection.read_message()
        assert text is not None, (connection.close_code, connection.close_reason)
        message = json.loads(text)
        if key in message:
            return message


def watch(connection: WebSocketClientConnection, *watched: dict[str, Any], **more: Any) -> None:
    """Say what is shown."""
    connection.write_message(json.dumps({"watch": list(watched), **more}))


def test_it_says_hello_and_what_changed(site: Site, whole: Browser) -> None:
    async def what(connection: WebSocketClientConnection) -> None:
        hello = await heard(connection, "hello")
        assert hello["snapshot"] >= 1
        assert abs(hello["at"] - now_ms()) < 60_000
        watch(connection, *WATCHED)
        await asyncio.sleep(1.5)
        site.post(weighing("LIVE-1", STATIONS[LEIYANG][0], "湘DLIVE1"))
        assert set((await heard(connection, "changed"))["changed"]) == {1, 3}

    talk(whole, what)


def test_a_message_never_has_data(site: Site, whole: Browser) -> None:
    async def what(connection: WebSocketClientConnection) -> None:
        watch(connection, *WATCHED)
        await asyncio.sleep(1.5)
        site.post(weighing("LIVE-2", STATIONS[LEIYANG][0], "湘DLIVE2"))
        message = await heard(connection, "changed")
        assert set(message) == {"changed", "at", "snapshot"}

    talk(whole, what)


def test_what_one_may_not_see_is_not_watched(site: Site) -> None:
    async def what(connection: WebSocketClientConnection) -> None:
        other = [{"block": 7, "kind": "category", "id": "user"}, {"block": 8, "kind": "category", "id": "none"}]
        other += [{"block": 9, "kind": "table", "id": "weighing"}, {"block": 10, "kind": "statistic", "id": "none"}]
        watch(connection, *WATCHED, *other)
        assert (await heard(connection, "refused"))["refused"] == [7, 8, 9, 10]

    talk(site.browsers["guard"], what)


def test_after_a_break_it_goes_on_where_it_was(site: Site, whole: Browser) -> None:
    since = now_ms()
    site.post(weighing("LIVE-3", STATIONS[LEIYANG][0], "湘DLIVE3"))

    async def what(connection: WebSocketClientConnection) -> None:
        watch(connection, *WATCHED, since=since)
        assert set((await heard(connection, "changed"))["changed"]) == {1, 3}
        watch(connection, *WATCHED, since=0)
        assert set((await heard(connection, "changed"))["changed"]) == {1, 2, 3}

    talk(whole, what)


def test_a_new_snapshot_is_told(site: Site, whole: Browser) -> None:
    async def what(connection: WebSocketClientConnection) -> None:
        before = (await heard(connection, "hello"))["snapshot"]
        file = site.zc.home / "config" / "site.yaml"
        file.write_text(file.read_text(encoding="utf-8") + "# 测试\n", encoding="utf-8")
        site.zc("reload")
        while (await heard(connection, "snapshot"))["snapshot"] == before:
            pass

    talk(whole, what)


def test_it_ends_with_the_session(site: Site) -> None:
    browser = site.browser("guest")

    async def what(connection: WebSocketClientConnection) -> None:
        await heard(connection, "hello")
        await asyncio.to_thread(browser.post, "/api/ui/logout")
        while await connection.read_message() is not None:
            pass
        assert connection.close_code == 4401

    talk(browser, what)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Cookie": ""},
        {"Cookie": "zc_session=guessed"},
    ],
)
def test_other_sites_and_strangers_get_no_socket(site: Site, whole: Browser, headers: dict[str, str]) -> None:
    async def attempt() -> None:
        await websocket_connect(request(whole, **headers))

    with pytest.raises(HTTPClientError) as refused:
        asyncio.run(attempt())
    assert refused.value.code in (401, 403)


def test_without_an_origin_there_is_no_socket(site: Site, whole: Browser) -> None:
    headers = {"Cookie": whole.cookies, "Upgrade": "websocket", "Connection": "Upgrade"}
    headers |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    assert whole.get("/api/ui/live", headers=headers).status_code == 403


@pytest.mark.parametrize("said", ["{", "[]", '{"watch": 1}', '{"watch": [{"block": "x"}]}', "x" * 40_000])
def test_nonsense_ends_it(site: Site, whole: Browser, said: str) -> None:
    async def what(connection: WebSocketClientConnection) -> None:
        connection.write_message(said)
        while await connection.read_message() is not None:
            pass
        assert connection.close_code in (4400, 1009, None)

    talk(whole, what)


def test_one_person_has_so_many_sockets(site: Site) -> None:
    browser = site.browser("guest")

    async def whole() -> None:
        opened = [await websocket_connect(request(browser)) for _ in range(MOST_SOCKETS + 1)]
        last = opened[-1]
        while await last.read_message() is not None:
            pass
        assert last.close_code == 4430
        assert "hello" in str(await opened[0].read_message())
        for connection in opened:
            connection.close()
        await asyncio.sleep(0.2)

    asyncio.run(whole())


def taken(sent: list[dict[str, Any]], taking: bool) -> Callable[[dict[str, Any]], asyncio.Future[None]]:
    """How a client gets messages: it takes each at once, or none ever."""

    def send(message: dict[str, Any]) -> asyncio.Future[None]:
        sent.append(message)
        future = asyncio.get_running_loop().create_future()
        if taking:
            future.set_result(None)
        return future

    return send


def beside(home: Path, what: Callable[[Live], Coroutine[Any, Any, None]]) -> None:
    """Do it beside a platform of no trucks, with all that tells sockets running."""

    async def whole(platform: Platform) -> None:
        asking = Asking()
        live = Live(platform, asking)
        live.listen()
        await what(live)
        live.close()
        asking.close()

    site = {**homes.SITE, "plugins": {"stations": {}, "accounts": {}}}
    with homes.opened(homes.make(home, site)) as platform:
        asyncio.run(whole(platform))


def test_nothing_piles_up_before_a_slow_client_and_then_it_is_cut(tmp_path: Path) -> None:
    sent: list[dict[str, Any]] = []
    codes: list[int] = []

    async def what(live: Live) -> None:
        slow = Socket("whole", "token", taken(sent, taking=False), codes.append)
        assert live.open(slow)
        live.watch(slow, {1: "crossing"}, [], None)
        for _ in range(3):
            live.touched("crossing")
            await asyncio.sleep(TICK_S)
        assert [set(message) for message in sent] == [{"hello", "at", "snapshot"}]
        slow.sending_since -= SLOW_S
        await asyncio.sleep(1.5 * TICK_S)

    beside(tmp_path / "home", what)
    assert codes == [TOO_SLOW]


def test_a_heartbeat_comes_where_nothing_changes_and_that_a_notice_is_new_is_said_once(tmp_path: Path) -> None:
    sent: list[dict[str, Any]] = []

    async def what(live: Live) -> None:
        quick = Socket("whole", "token", taken(sent, taking=True), lambda code: None)
        live.open(quick)
        quick.beat_at -= HEARTBEAT_S
        await asyncio.sleep(1.5 * TICK_S)
        assert [set(message) for message in sent[1:]] == [{"at", "snapshot"}]
        for _ in range(5):
            live.touched(NOTICES_TOUCHED)
        await asyncio.sleep(2 * TICK_S)
        told = [message for message in sent[2:] if "notices" in message]
        assert [(message["notices"], set(message)) for message in told] == [(True, {"notices", "at", "snapshot"})]

    beside(tmp_path / "home", what)


def test_sockets_of_sessions_that_ended_elsewhere_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webui.live.SESSIONS_S", 0.05)
    codes: list[int] = []

    async def what(live: Live) -> None:
        live.open(Socket("whole", "a token that no session has", taken([], taking=True), codes.append))
        await asyncio.sleep(1)

    beside(tmp_path / "home", what)
    assert codes == [NO_SESSION]
