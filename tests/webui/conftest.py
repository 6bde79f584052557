"""One site for all tests of the web interface: a server in a process of its own, people of several scopes, records
of two counties. What a test changes, it changes in records of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import yaml

from core.cli.session import operate
from core.run.home import Home
from tests.core.cli.command import Server, Zc, exit_code, serving
from tests.webui.browser import PASSWORD, Browser

ZONE = ZoneInfo("Asia/Shanghai")
LEIYANG, CHANGNING = "430481", "430482"
STATIONS = {LEIYANG: ("DEMO-430481-01", "DEMO-430481-02"), CHANGNING: ("DEMO-430482-01",)}
MARKUP = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "javascript:alert(1)", "${7*7}",
    "</textarea><svg onload=alert(1)>", "=1+1",
)  # fmt: skip
PEOPLE: dict[str, dict[str, Any]] = {
    "whole": {"roles": ["admin"]},
    "leiyang": {"roles": ["county"], "region": LEIYANG},
    "guard": {"roles": ["station"], "station": "DEMO-430481-01"},
    "guest": {"roles": ["viewer"]},
    "nobody": {"roles": ["county"]},
}


@dataclass
class Site:
    """The running site."""

    server: Server
    browsers: dict[str, Browser]
    zc: Zc
    post: Callable[..., None]
    opened: list[Browser]

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.server.url

    def browser(self, login: str | None = None) -> Browser:
        """A fresh browser, logged in if a login is named."""
        made = Browser(self.url)
        self.opened.append(made)
        if login is not None:
            assert made.login(login).status_code == 200
        return made


def weighing(code: str, station: str, plate: str, **other: Any) -> dict[str, Any]:
    """A test weighing of today in the tender's names."""
    at = datetime.now(ZONE) - timedelta(seconds=30)
    said = {"previewdate": at.strftime("%Y-%m-%d %H:%M:%S"), "previewcode": code, "previewstationcode": station}
    return {**said, "truckno": plate, "axisnum": 6, "speed": 43.5, "ianeno": 2, "totalweight": 52400, **other}


def make_site(home: Path) -> None:
    """A home with the demo rows, where the tests' addresses are believed."""
    assert exit_code(["init", str(home)]) == 0
    file = home / "config" / "site.yaml"
    site = yaml.safe_load(file.read_text(encoding="utf-8"))
    site["listen"]["trusted_proxies"] = ["127.0.0.1/32"]
    site["plugins"] |= {"accounts": {}}
    file.write_text(yaml.safe_dump(site, allow_unicode=True), encoding="utf-8")


def add_people(zc: Zc, url: str) -> dict[str, Browser]:
    """People of the tests, each logged in with a password of its own choice."""
    browsers = {}
    for login, said in PEOPLE.items():
        browsers[login] = Browser(url)
        enter(browsers[login], login, add_person(zc, login, **said))
    return browsers


def enter(browser: Browser, login: str, first: str) -> None:
    """Log in with a first password and choose one."""
    assert browser.login(login, first).json()["must_change"]
    changed = browser.post("/api/ui/password", {"old": first, "new": PASSWORD})
    assert changed.status_code == 200, changed.text


def came(site: Site, login: str, **said: Any) -> Browser:
    """A browser of somebody who was added for one test."""
    browser = site.browser()
    enter(browser, login, add_person(site.zc, login, **said))
    return browser


def add_person(zc: Zc, login: str, **said: Any) -> str:
    """Add a person through the admin door; the first password."""
    added = operate(Home(zc.home), "user.add", login=login, title=f"测试用户{login}", **said)
    return str(added["password"])


def post_weighings(server: Server) -> Callable[..., None]:
    """Post what the tests look at; returns how to post more."""
    token = server.token()

    def post(*rows: dict[str, Any]) -> None:
        answered = httpx.post(f"{server.url}/api/preview", json={"token": token, "bodys": list(rows)})
        assert answered.json()["accepted"] == len(rows), answered.text

    for county, stations in STATIONS.items():
        for number, station in enumerate(stations * 6):
            post(weighing(f"T{county}-{number}", station, f"湘D{county[-2:]}{number:03d}"))
    return post


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site."""
    home = tmp_path_factory.mktemp("webui") / "home"
    make_site(home)
    zc = Zc(home)
    with serving(home) as server:
        browsers = add_people(zc, server.url)
        made = Site(server, browsers, zc, post_weighings(server), opened=list(browsers.values()))
        yield made
        for browser in made.opened:
            browser.close()


@pytest.fixture
def whole(site: Site) -> Browser:
    """Somebody who may do everything."""
    return site.browsers["whole"]


@pytest.fixture
def stranger(site: Site) -> Browser:
    """Somebody without a session."""
    return site.browser()
