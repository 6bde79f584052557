"""The first page: behind a one-time link, with its figures, saying what it is."""

from http.cookies import SimpleCookie
from pathlib import Path

import httpx
import pytest

import webui
from core.run.home import Home
from tests.core.http.serving import Served, run
from tests.core.run import homes
from webui.front import LINK_S, SESSION_S, Doors


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A small home whose first page counts crossings and gates."""
    return homes.make(tmp_path / "home", {**homes.SITE, "front": ["crossing", "gate"]})


async def entered(served: Served, pages: webui.Pages) -> httpx.Response:
    """The page after a fresh link was followed."""
    return await served.client.get(pages.link(served.url), follow_redirects=True)


def test_a_link_opens_a_session_once(home: Home) -> None:
    pages = webui.Pages()

    async def scenario(served: Served) -> None:
        link = pages.link(served.url)
        first = await served.client.get(link)
        assert (first.status_code, first.headers["Location"]) == (302, "/")
        cookie = SimpleCookie(first.headers["Set-Cookie"])["zc_front"]
        assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Strict", "")
        assert int(cookie["max-age"]) == SESSION_S
        assert (await served.client.get("/")).status_code == 200
        served.client.cookies.clear()
        again = await served.client.get(link)
        assert again.status_code == 401
        assert "已用过" in again.text
        assert "Set-Cookie" not in again.headers

    run(home, scenario, pages.routes, gates=())


def test_without_a_session_there_is_nothing_to_see(home: Home) -> None:
    pages = webui.Pages()

    async def scenario(served: Served) -> None:
        for path in ("/", "/-/front.json", "/?link=guessed", "/?link=%E6%B9%98", "/?link="):
            reply = await served.client.get(path)
            assert reply.status_code == 401
            assert "crossing" not in reply.text
        for cookie in ("guessed", "", '"\\346\\271\\230"', "x" * 3000):
            closed = await served.client.get("/-/front.json", headers={"Cookie": f"zc_front={cookie}"})
            assert closed.status_code == 401

    run(home, scenario, pages.routes, gates=())


def test_links_and_sessions_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("webui.front.time.monotonic", lambda: now[0])
    doors = Doors()
    old, fresh = doors.link(), doors.link()
    session = doors.enter(fresh)
    assert session is not None
    now[0] += LINK_S
    assert doors.enter(old) is None
    assert doors.is_open(session)
    now[0] += SESSION_S
    assert not doors.is_open(session)


def test_every_reply_keeps_to_itself(home: Home) -> None:
    pages = webui.Pages()

    async def scenario(served: Served) -> None:
        replies = [await served.client.get(path) for path in ("/", "/-/front.json")]
        replies += [await entered(served, pages), await served.client.get("/-/front.json")]
        for reply in replies:
            policy = reply.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert reply.headers["Referrer-Policy"] == "no-referrer"
            assert reply.headers["Cache-Control"] == "no-store"
            assert "<script>" not in reply.text
            assert " style=" not in reply.text

    run(home, scenario, pages.routes, gates=())


def test_the_figures_are_what_came_in(home: Home) -> None:
    pages = webui.Pages()

    async def scenario(served: Served) -> None:
        token = await served.token()
        await served.post(homes.crossing("A"), homes.crossing("B"), homes.crossing("C", gate="NOWHERE"), token=token)
        await served.post(homes.crossing("A", at="2026-11-01 08:30:00"), token=token)
        page = await entered(served, pages)
        assert "测试站点" in page.text
        figures = (await served.client.get("/-/front.json")).json()
        counts = {count["id"]: count["text"] for count in figures["counts"]}
        assert counts == {"crossing": "2", "gate": "1"}
        assert {record["code"] for record in figures["newest"]["records"]} == {"A", "B"}
        assert set(figures["newest"]["columns"]) <= set(figures["newest"]["records"][0])
        row = figures["interfaces"][0]
        assert (row["posts"], row["accepted"], row["duplicates"], row["refused"]) == (2, 2, 0, 2)
        texts = [problem["text"] for problem in figures["problems"]]
        assert any("unknown_ref" in text for text in texts)
        assert figures["snapshot"] == served.platform.snapshot.number

    run(home, scenario, pages.routes)


def test_problems_of_declarations_and_plugins_are_shown(home: Home) -> None:
    pages = webui.Pages()

    async def scenario(served: Served) -> None:
        homes.write(home.root, "config/categories/gate.yaml", "title: 闸口\n")
        await served.operate("reload", who="test")
        served.platform.faults.note("county", "check light", RuntimeError("raised by the test"))
        await entered(served, pages)
        kinds = {one["kind"]: one["text"] for one in (await served.client.get("/-/front.json")).json()["problems"]}
        assert "gate.yaml:1:1" in kinds["declaration"]
        assert "check light × 1" in kinds["plugin"]

    run(home, scenario, pages.routes, gates=())


def test_titles_are_text_and_never_markup(home: Home) -> None:
    homes.change_site(home.root, title="<b>测试</b>")
    pages = webui.Pages()

    async def scenario(served: Served) -> None:
        for reply in (await served.client.get("/"), await entered(served, pages)):
            assert "<b>" not in reply.text
            assert "&lt;b&gt;" in reply.text

    run(home, scenario, pages.routes, gates=())


def test_a_demo_site_says_so_on_the_page(home: Home) -> None:
    homes.change_site(home.root, demo=True)
    pages = webui.Pages()

    async def scenario(served: Served) -> None:
        page = await entered(served, pages)
        assert "模拟" in page.text
        assert page.headers["X-Demo"] == "true"
        assert (await served.client.get("/-/front.json")).json()["demo"]

    run(home, scenario, pages.routes, gates=())


def test_our_own_files_and_nothing_else_are_served(home: Home) -> None:
    pages = webui.Pages()

    async def scenario(served: Served) -> None:
        script = await served.client.get("/static/front.js")
        assert script.status_code == 200
        assert script.headers["X-Content-Type-Options"] == "nosniff"
        assert int(script.headers["X-Snapshot"]) == served.platform.snapshot.number
        assert (await served.client.get("/static/front.css")).headers["Content-Type"].startswith("text/css")
        for path in (
            "/static/none.js",
            "/static/",
            "/static/../front.py",
            "/static/%2e%2e/front.py",
            "/static//etc/passwd",
        ):
            reply = await served.client.get(path)
            assert reply.status_code in (403, 404)
            assert set(reply.json()) == {"error"}

    run(home, scenario, pages.routes, gates=())


def test_a_link_can_be_asked_for_through_the_admin_door(home: Home) -> None:
    pages = webui.Pages()

    async def scenario(served: Served) -> None:
        served.platform.link = pages.link
        link = await served.operate("link")
        assert (await served.client.get(link, follow_redirects=True)).status_code == 200

    run(home, scenario, pages.routes, gates=())
