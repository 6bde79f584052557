"""One box over everything, one plate's life, the catalogue of categories."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import Site, Watched, accessible, picture, weighing

PLATE = "湘D7K777"


@pytest.fixture(scope="session")
def seen_often(site: Site) -> None:
    """A test plate with a past."""
    said = [
        {"truckno": PLATE, "previewcode": f"LIFE-{number:03d}", "totalweight": 40000 + 900 * number}
        for number in range(12)
    ]
    site.post(*(weighing(500 + number, **one) for number, one in enumerate(said)))


def look(page: Page, name: str) -> None:
    """What everybody must be able to use; and a picture."""
    picture(page, name)
    assert accessible(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_one_box_finds_plates_stations_and_numbers(web: Watched, seen_often: None) -> None:
    page = web.open("/p/overview")
    box = page.get_by_role("searchbox", name="车牌、站点名称或检测单号")
    box.fill("d7k 777")
    box.press("Enter")
    weighings = page.get_by_test_id("group-weighing")
    expect(weighings).to_contain_text("按车牌号找到 12 条")
    expect(page).to_have_url(re.compile("overview\\?q=d7k"))
    look(page, "overview-found-1366-light")
    box.fill("LIFE-00")
    box.press("Enter")
    expect(weighings).to_contain_text("按检测单号找到 10 条")
    box.fill("耒阳")
    box.press("Enter")
    expect(page.get_by_test_id("group-station")).to_contain_text("耒阳")
    page.get_by_role("link", name="查看全部：站点").click()
    expect(page).to_have_url(re.compile("/p/stations\\?title.like="))
    expect(page.get_by_test_id("records").last).to_contain_text("耒阳")


def test_what_is_not_there_is_told(web: Watched) -> None:
    page = web.open("/p/overview?q=NOWHERE-TEST")
    expect(page.get_by_role("status")).to_contain_text("没有找到“NOWHERE-TEST”")


@pytest.mark.parametrize(("width", "height", "name"), [(1366, 768, "1366"), (390, 844, "390")])
def test_a_plate_in_a_list_leads_to_its_life(
    web: Watched, seen_often: None, width: int, height: int, name: str
) -> None:
    page = web.open(f"/p/weighings?plate={PLATE}", width, height)
    page.get_by_role("link", name=PLATE).first.click()
    expect(page).to_have_url(re.compile("/p/vehicle\\?plate="))
    line = page.get_by_test_id("time-line")
    expect(line.get_by_role("listitem")).to_have_count(8)
    look(page, f"vehicle-life-{name}-light")
    line.get_by_role("button", name="全部 12 条").click()
    expect(line.get_by_role("listitem")).to_have_count(12)
    page.get_by_test_id("group-weighing").get_by_role("button", name="详情").first.click()
    expect(page.get_by_role("dialog").get_by_text("判定说明")).to_be_visible()


def test_the_catalogue_leads_to_lists_and_manuals(web: Watched) -> None:
    page = web.open("/p/categories")
    table = page.get_by_test_id("block-categories")
    expect(table.get_by_text("GET /api/v1/categories/weighing")).to_be_visible()
    look(page, "categories-all-1366-light")
    page.get_by_role("searchbox", name="查找分类").fill("超限")
    expect(table.locator("tbody tr")).to_have_count(1)
    with page.context.expect_page() as opened:
        table.get_by_role("link", name="查看超限车辆的接口手册").click()
    expect(opened.value.get_by_role("heading", name="超限车辆", level=1)).to_be_visible()
    opened.value.close()
    table.get_by_role("link", name="超限车辆", exact=True).click()
    expect(page).to_have_url(re.compile("/p/overloaded$"))
