"""The screen on a wall, as its own account sees it: nothing scrolls or is cut, and it goes on by itself."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.core.cli.command import start
from tests.e2e.browser.conftest import PASSWORD, ZONE, Site, Watched, accessible, picture, posting, watching, weighing

LOGIN = "test_screen"
SECOND = """
title: 测试第二屏
group: 大屏
hidden: true
layout: wall
rotate_s: 5
next: wall
rows:
  - - block: tabs
      tabs:
        - {title: 甲, rows: [[{block: number, title: 第一题, statistic: weighings}]]}
        - {title: 乙, rows: [[{block: number, title: 第二题, statistic: weighings}]]}
"""
CUT = """() => [...document.querySelectorAll('.wall *')].filter((one) => {
    if (one.closest('.leaflet-container, .reader-only') || !one.clientWidth) return false;
    const style = getComputedStyle(one);
    const hides = style.overflowX !== 'visible' || style.overflowY !== 'visible';
    const box = one.getBoundingClientRect();
    return (hides && (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1))
        || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
}).map((one) => `${one.tagName}.${one.className}`)"""
SCROLLS = """() => { const page = document.documentElement;
    return page.scrollWidth > innerWidth || page.scrollHeight > innerHeight; }"""


@pytest.fixture(scope="session")
def account(site: Site) -> Site:
    """The site, as the account of a screen enters it."""
    said = site.server.zc.json("user", "add", LOGIN, "--title", "测试大屏", "--role", "screen")
    site.post(*(newest(number) for number in range(15)))
    return replace(site, login=LOGIN, password=said["password"], session={})


@pytest.fixture
def screen(browser: Browser, site: Site, account: Site) -> Iterator[Watched]:
    """How a test opens the wall."""
    account.server, account.post = site.server, site.post
    with watching(browser, account) as watched:
        if not account.session:
            _enter(watched)
        yield watched


def _enter(watched: Watched) -> None:
    page = watched.open("/login", known=False)
    page.get_by_label("账号").fill(LOGIN)
    page.get_by_label("口令").fill(watched.site.password)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("新口令", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次新口令").fill(PASSWORD)
    page.get_by_role("button", name="修改口令").click()
    expect(page.locator(".wall")).to_be_visible()  # there is nothing else for such an account
    watched.site.session = page.context.storage_state()


def settled(page: Page) -> None:
    """Wait until every tile shows its data."""
    expect(page.get_by_test_id("feed").locator("tbody tr").first).to_be_visible()
    expect(page.locator(".wall .point").first).to_be_visible()
    expect(page.locator(".wall canvas")).to_have_count(2)
    expect(page.locator(".wall .loading")).to_have_count(0)
    expect(page.locator(".figure").first).to_contain_text(re.compile(r"\d"))


def newest(number: int, **other: Any) -> dict[str, Any]:
    """A test weighing of this moment, far above its limit."""
    return weighing(0, previewcode=f"WALL-{number}", totalweight=90000, **other)


def test_nothing_scrolls_and_nothing_is_cut(screen: Watched) -> None:
    page = screen.open("/p/wall", 1920, 1080)
    settled(page)
    picture(page, "wall-1920-dark")
    assert page.evaluate(CUT) == []
    assert not page.evaluate(SCROLLS)
    assert accessible(page) == []
    page.set_viewport_size({"width": 1366, "height": 768})
    page.wait_for_function(f"() => ({CUT})().length === 0")  # lists take away rows that have no room any more
    assert not page.evaluate(SCROLLS)
    picture(page, "wall-1366-dark")
    ages = page.locator(".wall .block:not(.block-group) .age")
    assert ages.count() == page.locator(".wall .block:not(.block-group)").count()
    shades = page.locator(".shades")
    expect(shades).to_contain_text("超限数(辆)")
    expect(shades).to_contain_text("无数据")
    expect(page.locator(".county b").first).to_have_text(re.compile(r"\d"))
    expect(page.locator(".ranking li").first).to_contain_text("演示")


def test_what_comes_slides_in_veiled_and_waits_while_paused(screen: Watched) -> None:
    page = screen.open("/p/wall", 1920, 1080)
    settled(page)
    feed = page.locator(".block-feed")
    screen.site.post(newest(101, truckno="湘D7T101"))
    expect(feed.locator("tbody tr").first).to_contain_text("湘D***01")
    feed.get_by_role("button", name="暂停滚动").click()
    shown = feed.locator("tbody").inner_text()
    screen.site.post(newest(102))
    expect(feed.get_by_role("status")).to_have_text("另有 1 条新记录")
    assert feed.locator("tbody").inner_text() == shown
    feed.get_by_role("button", name="继续滚动").click()
    expect(feed.get_by_role("status")).to_have_count(0)


def test_a_clock_that_runs_ahead_is_not_the_newest(screen: Watched) -> None:
    page = screen.open("/p/wall", 1920, 1080)
    settled(page)
    feed = page.locator(".block-feed")
    ahead = datetime.now(ZONE) + timedelta(days=2)
    screen.site.post(newest(113, truckno="湘D7T103", previewdate=f"{ahead:%Y-%m-%d %H:%M:%S}"))
    screen.site.post(newest(114, truckno="湘D7T104"))
    expect(feed.locator("tbody tr").first).to_contain_text("湘D***04")
    expect(feed).not_to_contain_text("湘D***03")


def test_it_outlives_a_killed_server_without_being_loaded_again(screen: Watched, site: Site) -> None:
    page = screen.open("/p/wall", 1920, 1080)
    settled(page)
    page.evaluate("window.stayed = true")
    figure = page.locator(".figure").first
    before = figure.inner_text()
    former = site.server
    former.stop(signal.SIGKILL)
    expect(page.get_by_role("alert")).to_contain_text("与服务器的连接已断开")
    expect(page.locator(".age.stale")).not_to_have_count(0)
    expect(figure).to_have_text(before)
    picture(page, "wall-lost-1920-dark")
    site.server = start(former.zc.home, "--port", str(urlsplit(former.url).port))
    site.post = posting(site.server, "test_again")
    site.post(newest(103))
    expect(page.get_by_role("alert")).to_have_count(0, timeout=30_000)
    expect(figure).not_to_have_text(before, timeout=30_000)
    expect(page.locator(".age.stale")).to_have_count(0)
    assert page.evaluate("window.stayed") is True
    screen.faults.clear()  # the browser itself notes what it could not reach


def test_walls_take_turns(screen: Watched) -> None:
    home = screen.site.server.zc.home
    (home / "config" / "pages" / "second.yaml").write_text(SECOND, encoding="utf-8")
    screen.site.server.zc("reload")
    page = screen.open(None, 1366, 768)
    page.clock.install()
    page.goto(f"{screen.site.url}/p/second")
    expect(page.get_by_text("第一题")).to_be_visible()
    page.clock.run_for(5_000)
    expect(page.get_by_text("第二题")).to_be_visible()
    page.get_by_role("button", name="暂停轮换").click()
    page.clock.run_for(10_000)
    expect(page.get_by_text("第二题")).to_be_visible()
    page.get_by_role("button", name="继续轮换").click()
    page.clock.run_for(5_000)
    expect(page).to_have_url(f"{screen.site.url}/p/wall")
