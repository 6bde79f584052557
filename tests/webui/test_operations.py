"""Operations from a page: those that a role allows, at once or as a task."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

import webui
from core.run.home import Home
from tests.core.http.serving import Served, run
from tests.core.run import homes
from tests.webui.browser import PASSWORD, Browser
from tests.webui.conftest import Site


def test_what_a_role_allows_is_run_and_logged(site: Site, whole: Browser) -> None:
    answered = whole.post("/api/ui/operations/status", {"arguments": {}})
    assert answered.json()["result"]["snapshot"] >= 1
    lines = whole.post("/api/ui/operations/log", {"arguments": {"kinds": ["operation"]}}).json()["result"]
    assert any((line["who"], line["what"]) == ("whole", "status") for line in lines)


@pytest.mark.parametrize("name", ["store.dump", "post.take", "command", "find", "there_is_none"])
def test_nothing_else_is_run(site: Site, whole: Browser, name: str) -> None:
    assert whole.post(f"/api/ui/operations/{name}", {"arguments": {}}).status_code == 403


@pytest.mark.parametrize("login", ["leiyang", "guard", "guest", "nobody"])
def test_who_has_none_runs_none(site: Site, login: str) -> None:
    for name in ("status", "reload", "log", "user.reset"):
        assert site.browsers[login].post(f"/api/ui/operations/{name}", {"arguments": {}}).status_code == 403


def test_what_an_operation_cannot_do_is_told_in_chinese(site: Site, whole: Browser) -> None:
    given = {"entity": "nothing", "name": "a.csv", "data": "", "replace": False}
    answered = whole.post("/api/ui/operations/load", {"arguments": given})
    assert (answered.status_code, answered.json()["error"].split("：")[0]) == (400, "没有实体 nothing 可用")


def test_wrong_arguments_are_told(site: Site, whole: Browser) -> None:
    answered = whole.post("/api/ui/operations/log", {"arguments": {"nonsense": 1}})
    assert (answered.status_code, "操作“查看日志”的参数不对" in answered.json()["error"]) == (400, True)
    assert whole.post("/api/ui/operations/log", {"arguments": [1]}).status_code == 400
    assert (
        whole.post("/api/ui/operations/user.reset", {"arguments": {"login": "nobody_of_that_name"}}).status_code == 404
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A small home with people."""
    return homes.make(tmp_path / "home", {**homes.SITE, "plugins": {"stations": {}, "accounts": {}}})


def test_what_takes_longer_is_a_task_of_its_owner(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webui.operations.MOMENT_S", 0)
    pages = webui.Pages()

    async def scenario(served: Served) -> None:
        one, other = [await came(served, login) for login in ("one", "other")]
        begun = await asyncio.to_thread(one.post, "/api/ui/operations/check", {"arguments": {}})
        assert begun.status_code == 202
        path = f"/api/ui/tasks/{begun.json()['task']}"
        assert (await asyncio.to_thread(other.get, path)).status_code == 404
        said: dict[str, Any] = {"done": False}
        while not said["done"]:
            said = (await asyncio.to_thread(one.get, path)).json()
        assert said["result"]["problems"] == []
        failing = await asyncio.to_thread(one.post, "/api/ui/operations/manual", {"arguments": {"interface": "none"}})
        said = {"done": False}
        while not said["done"]:
            said = (await asyncio.to_thread(one.get, f"/api/ui/tasks/{failing.json()['task']}")).json()
        assert "none" in said["error"]
        first = (await asyncio.to_thread(one.get, "/api/ui/me")).json()
        assert first["first_steps"] == "/help/guides/first-steps"
        one.close()
        other.close()

    run(home, scenario, pages.routes, gates=())
    pages.close()


async def came(served: Served, login: str) -> Browser:
    """A browser of an administrator made for the test."""
    first = await served.operate("user.add", login=login, title="测试管理员", roles=["admin"])
    browser = Browser(served.url)
    await asyncio.to_thread(browser.login, login, first["password"])
    await asyncio.to_thread(browser.post, "/api/ui/password", {"old": first["password"], "new": PASSWORD})
    return browser
