"""The page of jobs: plans, a run by hand, what it said, and the notice where it failed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.core.run import homes
from tests.e2e.browser.conftest import Site, Watched
from tests.e2e.browser.test_overview import look


@pytest.fixture
def verifying(site: Site) -> Iterator[None]:
    """A job that looks for a backup which is not there."""
    zc = site.server.zc
    text = "title: 测试校验\nrun: backup.verify\nwith: {name: test_nothing}\ndaily: '05:10'\nmissed: catch_up\n"
    homes.write(zc.home, "config/jobs/test_verify.yaml", text)
    zc("reload")
    yield
    (zc.home / "config/jobs/test_verify.yaml").unlink()
    zc("reload")


def test_a_job_is_run_now_and_a_failure_is_told(web: Watched, verifying: None) -> None:
    page = web.open("/p/jobs")
    monthly = page.get_by_role("row").filter(has_text="每月全量备份").first
    expect(monthly).to_contain_text("每月 1 日 02:30")
    expect(monthly).to_contain_text("补做一次")
    monthly.get_by_role("button", name=re.compile("^立即运行")).click()
    page.get_by_role("dialog").get_by_role("button", name="立即运行").click()
    expect(monthly).to_contain_text("成功", timeout=30_000)
    monthly.get_by_role("button", name=re.compile("^运行记录")).click()
    log = page.get_by_role("region", name="运行记录：每月全量备份").first
    expect(log.locator("tbody tr").first).to_contain_text("admin")
    look(page, "jobs-1366-light")
    wrong = page.get_by_role("row").filter(has_text="测试校验").first
    expect(wrong).to_contain_text("补做一次")
    wrong.get_by_role("button", name=re.compile("^立即运行")).click()
    page.get_by_role("dialog").get_by_role("button", name="立即运行").click()
    expect(wrong).to_contain_text("失败", timeout=30_000)
    page.get_by_role("banner").get_by_role("button", name=re.compile("通知$")).click()
    told = page.get_by_role("region", name="通知", exact=True)
    expect(told.get_by_role("button", name="定时任务“测试校验”失败")).to_be_visible()
    for width, height, theme in ((1920, 1080, "dark"), (390, 844, "light")):
        page = web.open("/p/jobs", width, height, color_scheme=theme)
        wrong = page.get_by_role("row").filter(has_text="测试校验").first
        wrong.get_by_role("button", name=re.compile("^运行记录")).click()
        log = page.get_by_role("region", name="运行记录：测试校验").first
        expect(log).to_contain_text("失败")
        log.scroll_into_view_if_needed()
        look(page, f"jobs-{width}-{theme}")
