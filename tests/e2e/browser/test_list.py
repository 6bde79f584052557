"""A list of records: asked by its address, counted, opened, exported, kept fresh."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.browser.conftest import WEIGHINGS, Watched, accessible, picture, weighing

LATER = iter(range(1000, 2000))  # numbers of weighings that tests add


def count(page: Page) -> int:
    """How many the list says there are."""
    shown = page.get_by_test_id("count")
    expect(shown).to_have_text(re.compile(r"共 [\d,]+ 条"))
    return int(re.sub(r"\D", "", shown.inner_text()))


def test_the_address_is_the_question(web: Watched) -> None:
    page = web.open("/p/weighings?axles.from=6&overload_class.in=minor&overload_class.in=serious")
    few = count(page)
    assert 0 < few < WEIGHINGS
    expect(page.get_by_role("button", name="去掉条件：轴数 ≥ 6")).to_be_visible()
    page.get_by_role("button", name="去掉条件：轴数 ≥ 6").click()
    expect(page).to_have_url(re.compile(r"weighings\?overload_class\.in=minor&overload_class\.in=serious$"))
    expect(page.get_by_test_id("count")).not_to_have_text(f"共 {few} 条")
    assert count(page) > few


def test_a_plate_is_found_whole_in_part_and_mistaken(web: Watched) -> None:
    page = web.open("/p/weighings")
    plate = page.get_by_role("textbox", name="车牌号")
    plate.fill("d8b 003")
    plate.press("Enter")
    expect(page.get_by_test_id("count")).to_have_text("共 1 条")
    plate.fill("DB8003")
    plate.press("Enter")
    expect(page.get_by_test_id("count")).to_have_text("共 0 条")
    expect(page.get_by_text("没有符合条件的记录")).to_be_visible()
    page.get_by_test_id("block-table").get_by_text("包含", exact=True).click()
    page.get_by_role("option", name="近似").click()
    expect(page.get_by_test_id("count")).to_have_text("共 1 条")
    expect(page).to_have_url(re.compile("plate.alike=DB8003"))


def test_a_region_stands_for_its_stations(web: Watched) -> None:
    page = web.open("/p/weighings")
    page.get_by_role("combobox", name="站点").click()
    page.get_by_role("option", name="常宁市").click()
    expect(page).to_have_url(re.compile("station.within=430482"))
    expect(page.get_by_test_id("records")).not_to_contain_text("耒阳")
    assert 0 < count(page) < WEIGHINGS


def test_a_record_says_in_words_where_it_came_from_and_stays_on_its_page(web: Watched) -> None:
    page = web.open("/p/weighings")
    page.get_by_test_id("records").get_by_role("button", name=re.compile("详情")).first.click()
    drawer = page.get_by_role("dialog", name="动态称重检测详情")
    expect(drawer).to_contain_text(re.compile("来源\\s*(实时上报|迟到上报)"))
    page.evaluate("history.pushState({}, '', '/p/stations'); dispatchEvent(new PopStateEvent('popstate'))")
    expect(drawer).to_be_hidden()
    page.go_back()
    expect(drawer).to_be_visible()


def test_facets_count_and_choose(web: Watched) -> None:
    page = web.open("/p/weighings", 1920, 1080)
    facets = page.get_by_role("complementary", name="分类统计")
    none = facets.get_by_role("button", name=re.compile("^未超限"))
    counted = int(re.sub(r"\D", "", none.inner_text()))
    none.click()
    expect(page.get_by_test_id("count")).to_have_text(f"共 {counted} 条")
    expect(none).to_have_attribute("aria-pressed", "true")


def test_columns_are_chosen_and_remembered(web: Watched) -> None:
    page = web.open("/p/weighings")
    table = page.get_by_test_id("records")
    expect(table.get_by_role("columnheader", name="车速")).to_be_visible()
    page.get_by_role("button", name="选择列").click()
    page.get_by_text("车速(km/h)").last.click()
    expect(table.get_by_role("columnheader", name="车速")).to_have_count(0)
    page.reload()
    expect(table.get_by_role("columnheader", name="车道")).to_be_visible()
    expect(table.get_by_role("columnheader", name="车速")).to_have_count(0)


def test_pages_follow_each_other_and_sums_are_of_all(web: Watched) -> None:
    page = web.open("/p/weighings?sort=gross_kg&limit=10")
    first = page.get_by_test_id("records").locator("tbody tr").first
    expect(first).to_contain_text("15,000")
    page.get_by_label("第 2 页").click()
    expect(page).to_have_url(re.compile("page=2"))
    expect(first).not_to_contain_text("15,000")
    assert page.get_by_test_id("records").locator("tfoot").inner_text().startswith("合计")


def test_a_record_says_how_it_was_judged(web: Watched) -> None:
    page = web.open("/p/overloaded")
    page.get_by_role("button", name="详情").first.click()
    drawer = page.get_by_role("dialog")
    expect(drawer.get_by_test_id("explain")).to_contain_text("2016年第62号")
    expect(drawer.get_by_text("经过")).to_be_visible()
    picture(page, "record-1366-light")
    assert accessible(page) == []


def test_an_export_ends_as_a_file(web: Watched, tmp_path: Path) -> None:
    page = web.open("/p/weighings?axles=6")
    wanted = count(page)
    page.get_by_role("button", name="导出").click()
    page.get_by_text("CSV", exact=True).click()
    page.get_by_role("button", name="开始导出").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^下载")).click()
    download.value.save_as(tmp_path / "export.csv")
    lines = (tmp_path / "export.csv").read_text(encoding="utf-8-sig").splitlines()
    heading, *rows, sums, mark = lines
    assert heading.startswith("检测时间,站点,车牌号")
    assert len(rows) == wanted
    assert "合计" in sums
    assert mark.endswith(f"共 {wanted} 条")


def test_what_is_stored_appears_by_itself(web: Watched) -> None:
    page = web.open("/p/weighings?axles=2")
    before = count(page)
    expect(page.get_by_label("实时连接正常")).to_be_visible()
    web.site.post(weighing(next(LATER), axisnum=2, totalweight=15000))
    expect(page.get_by_test_id("count")).to_have_text(f"共 {before + 1} 条", timeout=15_000)


def test_a_lost_line_is_shown_and_comes_back(web: Watched) -> None:
    page = web.open(None)
    lines: list[WebSocketRoute] = []

    def through(route: WebSocketRoute) -> None:
        lines.append(route)
        route.connect_to_server()

    page.route_web_socket("**/api/ui/live", through)
    page.goto(f"{web.site.url}/p/weighings")
    expect(page.get_by_label("实时连接正常")).to_be_visible()
    lines[-1].close()
    stale = page.get_by_text("实时连接已断开")
    expect(stale.first).to_be_visible()
    picture(page, "stale-1366-light")
    expect(page.get_by_label("实时连接正常")).to_be_visible(timeout=15_000)
    expect(page.locator(".banner-stale")).to_have_count(0)
