"""What an administrator watches: the log, who is logged in, what somebody sees."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import PASSWORD, Site, Watched
from tests.e2e.browser.test_overview import look


@pytest.fixture(scope="session")
def clerk(site: Site) -> str:
    """A person of a county, by login."""
    zc = site.server.zc
    zc("user", "add", "test_clerk", "--title", "测试县级", "--role", "county", "--region", "430481")
    return "test_clerk"


def test_the_log_is_read_by_kind_person_and_page(web: Watched, clerk: str) -> None:
    page = web.open("/p/weighings?axles=6")
    page.get_by_role("button", name="导出").click()
    page.get_by_text("CSV", exact=True).click()
    page.get_by_role("button", name="开始导出").click()
    expect(page.get_by_role("link", name=re.compile("^下载"))).to_be_visible()
    page.goto(f"{web.site.url}/p/log")
    front = page.get_by_role("tabpanel", name="全部")
    expect(front.locator("tbody tr").first).to_be_visible()
    look(page, "log-all-1366-light")
    page.get_by_role("tab", name="导出").click()
    line = page.get_by_role("tabpanel", name="导出").locator("tbody tr").first
    expect(line).to_contain_text("动态称重检测")
    expect(line).to_contain_text(re.compile(r"SHA-256\s*[0-9a-f]{64}"))
    expect(line).to_contain_text("轴数")
    look(page, "log-exports-1366-light")
    page.get_by_role("tab", name="登录").click()
    logins = page.get_by_role("tabpanel", name="登录")
    logins.get_by_role("textbox", name="操作人").fill("nobody-in-the-log")
    logins.get_by_role("textbox", name="操作人").press("Enter")
    expect(logins.get_by_text("没有符合条件的日志。")).to_be_visible()


def test_the_log_goes_back_page_by_page(web: Watched, clerk: str) -> None:
    for _ in range(21):
        web.site.server.zc("user", "reset", clerk)
    page = web.open("/p/log?kind=reset")
    front = page.get_by_role("tabpanel", name="全部")
    expect(front.locator("tbody tr")).to_have_count(20)
    newest = front.locator("tbody tr").first.inner_text()
    front.get_by_role("button", name="较早").click()
    expect(front.locator("tbody tr").first).not_to_have_text(newest)
    front.get_by_role("button", name="较新").click()
    expect(front.locator("tbody tr")).to_have_count(20)
    assert front.locator("tbody tr").first.inner_text() == newest


def test_a_session_is_ended(web: Watched, clerk: str) -> None:
    other = web.open("/login", known=False)
    other.get_by_label("账号").fill(clerk)
    other.get_by_label("口令").fill(web.site.server.zc.json("user", "reset", clerk)["password"])
    other.get_by_role("button", name="登录").click()
    expect(other.get_by_label("新口令", exact=True)).to_be_visible()
    page = web.open("/p/sessions")
    row = page.get_by_test_id("block-sessions").locator("tbody tr", has_text=clerk)
    expect(row).to_have_count(1)
    look(page, "sessions-two-1366-light")
    row.get_by_role("button", name=re.compile("^强制下线")).click()
    page.get_by_role("dialog").get_by_role("button", name="强制下线").click()
    expect(row).to_have_count(0)
    other.get_by_label("新口令", exact=True).fill(PASSWORD)
    other.reload()
    expect(other).to_have_url(re.compile("/login"))
    web.faults.clear()  # the browser itself notes the 401 of the session that was ended


def test_what_somebody_sees_is_told(web: Watched, clerk: str) -> None:
    page = web.open("/p/see_as")
    page.locator(".el-select__wrapper").click()
    page.get_by_role("option", name="测试县级（test_clerk）").click()
    told = page.get_by_test_id("block-see_as")
    expect(told.get_by_text("所属区划「耒阳市」及其下级的数据").first).to_be_visible()
    expect(told.get_by_text("看不到「用户」")).to_be_visible()
    expect(page).to_have_url(re.compile("login=test_clerk"))
    look(page, "see_as-clerk-1366-light")
