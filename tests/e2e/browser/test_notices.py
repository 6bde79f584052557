"""The bell and the page of notices: told while one looks, read, found by level."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from core.cli.session import operate
from core.run.home import Home
from tests.e2e.browser.conftest import Watched
from tests.e2e.browser.test_overview import look


def test_a_refused_reload_rings_the_bell_and_is_read(web: Watched) -> None:
    home = web.site.server.zc.home
    bad = home / "config" / "categories" / "notices_bad.yaml"
    page = web.open("/p/regions")
    expect(page.get_by_role("img", name="实时连接正常")).to_be_visible()
    bad.write_text("title: 测试\nentity: nowhere\n", encoding="utf-8")
    try:
        assert not operate(Home(home), "reload", who="test")["activated"]
        bell = page.get_by_role("button", name=re.compile(r"条未读通知$"))
        expect(bell).to_be_visible()
        bell.click()
        told = page.get_by_role("region", name="通知")
        expect(told.get_by_role("button", name="声明有错误，没有生效")).to_be_visible()
        look(page, "notices-bell-1366-light")
        told.get_by_role("button", name="全部通知").click()
        expect(page).to_have_url(re.compile(r"/p/notices$"))
        page.locator("main .el-radio-button", has_text="错误").click()
        expect(page).to_have_url(re.compile(r"level=error"))
        row = page.locator(".notices.all li", has_text="声明有错误，没有生效")
        expect(row.get_by_text("未读")).to_be_visible()
        look(page, "notices-page-1366-light")
        page.locator("main").get_by_role("button", name="全部已读").click()
        expect(row.get_by_text("未读")).to_have_count(0)
        expect(page.get_by_role("banner").get_by_role("button", name="通知", exact=True)).to_be_visible()
        row.get_by_role("button", name="声明有错误，没有生效").click()
        expect(page).to_have_url(re.compile(r"/p/declarations"))
    finally:
        bad.unlink()
        assert operate(Home(home), "reload", who="test")["activated"]
