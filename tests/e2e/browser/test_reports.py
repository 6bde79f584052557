"""Making a report from its page: the button, the archive, the file."""

from __future__ import annotations

from datetime import datetime

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import ZONE, Watched, accessible, picture

TITLE = "百吨王明细"


def test_a_report_is_made_and_fetched(web: Watched) -> None:
    month = f"{datetime.now(ZONE):%Y-%m}"
    page = web.open("/p/reports")
    page.get_by_label(f"{TITLE}的周期").fill(month)
    page.get_by_role("button", name=f"生成{TITLE}").click()
    expect(page.get_by_role("status").filter(has_text="第")).to_contain_text(
        f"{TITLE} {month} 第 1 版已生成", timeout=60_000
    )
    link = page.get_by_role("link", name=f"下载{TITLE} {month} 第 1 版 PDF")
    expect(link).to_be_visible()
    with page.expect_download() as fetched:
        link.click()
    assert fetched.value.suggested_filename == f"{TITLE}_{month}_第1版.pdf"
    assert fetched.value.path().read_bytes().startswith(b"%PDF-")
    page.get_by_role("button", name=f"生成{TITLE}").click()
    expect(page.get_by_role("status").filter(has_text="没有变化")).to_be_visible(timeout=60_000)


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (390, 844)])
def test_the_page_fits_and_is_accessible(web: Watched, width: int, height: int) -> None:
    page = web.open("/p/reports", width, height)
    expect(page.get_by_role("button", name=f"生成{TITLE}")).to_be_visible()
    expect(page.get_by_role("heading", name="归档")).to_be_visible()
    picture(page, f"reports-{width}-light")
    assert accessible(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
