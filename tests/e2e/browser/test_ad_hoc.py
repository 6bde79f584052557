"""临时统计: picked in the page, answered from the records, kept in the address, saved as a statistic."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import Site, Watched, accessible, picture, weighing

PLATE = "湘D7H10{}"
BEGUN = "/p/ad_hoc?entity=weighing&measure=count"


@pytest.fixture(scope="session")
def weighed(site: Site) -> None:
    """Test weighings of a plate's own beginning, of two and of five axles."""
    said = [
        {"truckno": PLATE.format(at % 10), "previewcode": f"ADHOC-{at:03d}", "axisnum": 2 if at < 4 else 5}
        for at in range(10)
    ]
    site.post(*(weighing(900 + at, totalweight=16000 + 200 * at, **one) for at, one in enumerate(said)))


def choose(page: Page, label: str, *options: str) -> None:
    """Open a list of picks and take these of it."""
    page.get_by_role("combobox", name=label).click(force=True)  # its placeholder lies over it
    for option in options:
        page.get_by_role("option", name=option, exact=True).click()
    page.keyboard.press("Escape")


def test_a_question_is_picked_answered_and_saved(web: Watched, weighed: None) -> None:
    page = web.open("/p/ad_hoc")
    choose(page, "统计对象", "动态称重记录")
    choose(page, "维度", "轴数")
    choose(page, "度量", "平均车货总重")
    expect(page).to_have_url(re.compile("measure=count&measure=mean"))
    page.goto(page.url + "&plate.starts=湘D7H10")
    rows = page.locator("table.grid tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("416,300")
    expect(rows.nth(1)).to_contain_text("617,300")
    expect(rows.nth(2)).to_contain_text("合计")
    picture(page, "ad-hoc-1366-light")
    assert accessible(page) == []
    page.get_by_role("button", name="保存为统计").click()
    page.get_by_label("标识").fill("picked_by_test")
    page.get_by_label("名称").fill("测试保存的统计")
    page.get_by_label("说明").fill("测试")
    picture(page, "ad-hoc-save-1366-light")
    page.get_by_role("button", name="保存并启用").click()
    expect(page.get_by_text("已保存为统计 picked_by_test")).to_be_visible()


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (390, 844)])
def test_nothing_overflows(web: Watched, weighed: None, width: int, height: int) -> None:
    page = web.open(f"{BEGUN}&by=station.region&by=axles&shape=stack&plate.starts=湘D7H10", width, height)
    expect(page.locator("table.grid tbody tr").first).to_be_visible()
    expect(page.locator(".chart canvas")).to_be_visible()
    picture(page, f"ad-hoc-{width}-light")
    assert accessible(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
