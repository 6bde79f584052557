"""A site with test weighings, a Chromium, and pages that fail a test which leaves anything on their console."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import yaml
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.core.cli.command import Server, serving
from tests.e2e.browser import chromium

ROOT = Path(__file__).resolve().parents[3]
SCREENSHOTS = ROOT / "var" / "screenshots"
AXE = ROOT / "webui" / "node_modules" / "axe-core" / "axe.min.js"
ZONE = ZoneInfo("Asia/Shanghai")
STATIONS = ("DEMO-430481-01", "DEMO-430481-02", "DEMO-430482-01")
PASSWORD = "Browser-Test-2026"
WEIGHINGS = 45
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
STILL = """() => document.getAnimations().every((one) =>
    one.playState !== "running" || one.effect?.getComputedTiming().endTime === Infinity)"""
SEVERE = """
    axe.run(document, {resultTypes: ["violations"]}).then((found) => found.violations
        .filter((one) => ["serious", "critical"].includes(one.impact))
        .map((one) => `${one.id}: ${one.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`))
"""


def weighing(number: int, **other: Any) -> dict[str, Any]:
    """A test weighing of the last minutes, in the tender's names."""
    at = datetime.now(ZONE) - timedelta(seconds=5 * number + 5)
    said = {"previewdate": at.strftime("%Y-%m-%d %H:%M:%S"), "previewcode": f"TEST-{number:04d}"}
    said |= {"previewstationcode": STATIONS[number % 3], "truckno": f"湘D8B{number:03d}", "axisnum": 2 + number % 5}
    return {**said, "speed": 40, "ianeno": 1 + number % 3, "totalweight": 15000 + 900 * number, **other}


@dataclass
class Site:
    """A running site, and how to post to it."""

    server: Server
    post: Callable[..., None]
    session: dict[str, Any] = field(default_factory=dict)  # the person's cookies, once logged in
    login: str = "admin"
    password: str = ""  # the first one, as it was shown; reset where it is not known

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.server.url


def posting(server: Server, partner: str = "test_county") -> Callable[..., None]:
    """How a partner of the test posts rows."""
    token = server.token(partner)

    def post(*rows: dict[str, Any]) -> None:
        answered = httpx.post(f"{server.url}/api/preview", json={"token": token, "bodys": list(rows)})
        assert answered.json()["accepted"] == len(rows), answered.text

    return post


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A demo site whose administrator has a password of their own."""
    home = tmp_path_factory.mktemp("browser") / "home"
    subprocess.run([sys.executable, "-m", "core.cli", "init", str(home)], cwd=ROOT, check=True, capture_output=True)
    file = home / "config" / "site.yaml"
    declared = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump({**declared, "demo": True}, allow_unicode=True), encoding="utf-8")
    with serving(home) as server:
        made = Site(server, posting(server))
        made.post(*(weighing(number) for number in range(WEIGHINGS)))
        yield made
        if made.server is not server:  # a test killed the first one
            with made.server.process:
                assert made.server.stop() == 0


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of one file: Playwright's loop must not stand in the way of other files' loops."""
    found = chromium.find()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=found.path, args=FLAGS, env={**os.environ, **found.environment}
        )
        yield launched
        launched.close()


@dataclass
class Watched:
    """Opens pages, and keeps what was wrong with any of them."""

    browser: Browser
    site: Site
    faults: list[str] = field(default_factory=list)
    contexts: list[Any] = field(default_factory=list)

    def open(
        self, path: str | None = "/", width: int = 1366, height: int = 768, known: bool = True, **more: Any
    ) -> Page:
        """A page of a context of its own; logged in as the site's person unless not `known`. Without a path
        nothing is asked for yet."""
        if known and not self.site.session:
            self._log_in()
        state = self.site.session if known else None
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai",
            storage_state=state, **more,
        )  # fmt: skip
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: self._note(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda asked: self._local(asked.url))
        if path is not None:
            page.goto(self.site.url + path)
        return page

    def _note(self, text: str) -> None:
        self.faults.append(text)

    def _local(self, url: str) -> None:
        if not url.startswith((self.site.url, "data:", "blob:")):
            self.faults.append(f"asked another host: {url}")

    def _log_in(self) -> None:
        """Come in with the first password, and change it as the page demands."""
        login = self.site.login
        first = self.site.password or self.site.server.zc.json("user", "reset", login)["password"]
        page = self.open("/login", known=False)
        page.get_by_label("账号").fill(login)
        page.get_by_label("口令").fill(first)
        page.get_by_role("button", name="登录").click()
        page.get_by_label("新口令", exact=True).fill(PASSWORD)
        page.get_by_label("再输一次新口令").fill(PASSWORD)
        page.get_by_role("button", name="修改口令").click()
        expect(page.get_by_role("navigation", name="菜单")).to_be_visible()
        self.site.session = page.context.storage_state()


@contextmanager
def watching(browser: Browser, site: Site) -> Iterator[Watched]:
    """A way to open pages; it fails for a console error, a broken policy or a request to another host."""
    watched = Watched(browser, site)
    try:
        yield watched
    finally:
        for context in watched.contexts:
            context.close()
    assert watched.faults == []


@pytest.fixture
def web(browser: Browser, site: Site) -> Iterator[Watched]:
    """How a test opens the pages of the shared site."""
    with watching(browser, site) as watched:
        yield watched


def accessible(page: Page) -> list[str]:
    """What axe-core finds serious or critical on the page once it stands still: what fades in has no contrast yet."""
    page.wait_for_function(STILL)
    page.evaluate(AXE.read_text(encoding="utf-8") + "; 0")
    found: list[str] = page.evaluate(SEVERE)
    return found


def picture(page: Page, name: str) -> None:
    """A screenshot for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
