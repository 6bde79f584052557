"""Pages of linked figures: a click filters the others through the address, a second one opens the records, and all
stays within the screen."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import Watched, accessible, picture
from tests.e2e.browser.test_pages import GO, WIDTHS

PAGES = ("traffic", "vehicle_types", "overload_analysis", "station_indicators")
FRONT = ".page-holder:not([hidden])"
STATION = "DEMO-430481-02"
BAR = """([title, value]) => {
    const block = [...document.querySelectorAll(".page-holder:not([hidden]) .block-chart")]
        .find((one) => one.querySelector("h2")?.textContent === title);
    const place = block.querySelector(".chart");
    const chart = echarts.getInstanceByDom(place);
    const option = chart.getOption();
    const at = option.series[0].data.findIndex((one) => one.key === value);
    const [x, y] = chart.convertToPixel({seriesIndex: 0}, [at, option.series[0].data[at].value / 2]);
    place.scrollIntoView({block: "center"});
    const box = place.getBoundingClientRect();
    return [box.left + x, box.top + y];
}"""


def settled(page: Page) -> None:
    """Wait until every figure of the page in front is drawn."""
    expect(page.locator(f"{FRONT} .block-filters, {FRONT} .block-chart").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.locator(f"{FRONT} .loading")).to_have_count(0)


def click_bar(page: Page, title: str, value: str) -> None:
    """Click on the bar of a value."""
    x, y = page.evaluate(BAR, [title, value])
    page.mouse.click(x, y)


def trucks(page: Page) -> int:
    """What the first number of the page says."""
    text = page.locator(f"{FRONT} .block-number .figure").first.inner_text()
    return int(text.removesuffix("辆").strip().replace(",", ""))


def told(page: Page, web: Watched, **query: str) -> Any:
    """The API's answer for the same question."""
    return json.loads(page.request.get(f"{web.site.url}/api/v1/statistics/weighings", params=query).text())


def test_pages_of_figures_are_whole_at_every_width(web: Watched) -> None:
    page = web.open("/p/traffic?within=this_month", *WIDTHS["1366"])
    wrong = {}
    for name in PAGES:
        page.evaluate(GO, f"/p/{name}?within=this_month")
        settled(page)
        wrong[name] = accessible(page) + page.locator(".error-box, .block .hint").all_inner_texts()
        for width in ("1366", "1920"):
            page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))
            picture(page, f"{name}-{width}")
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong[name].append(f"wider than the screen of {width}")
    assert {name: said for name, said in wrong.items() if said} == {}


def test_a_click_filters_the_page_and_a_second_one_opens_the_records(web: Watched) -> None:
    page = web.open("/p/traffic?within=this_month")
    settled(page)
    all_trucks = trucks(page)
    click_bar(page, "各站流量排名", STATION)
    expect(page).to_have_url(f"{web.site.url}/p/traffic?within=this_month&station={STATION}")
    of_station = told(page, web, within="this_month", station=STATION, measure="trucks")["totals"]["trucks"]
    expect(page.locator(f"{FRONT} .block-number .figure").first).to_contain_text(f"{of_station:,}")
    assert 0 < of_station < all_trucks
    expect(page.locator(f"{FRONT} .linked-chips .chip")).to_have_count(1)
    click_bar(page, "各站流量排名", STATION)
    expect(page.locator(f"{FRONT} .records tbody tr").first).to_be_visible()
    assert page.url.startswith(f"{web.site.url}/p/weighings?")
    assert f"station={STATION}" in page.url
    expect(page.locator(f"{FRONT} .pager .total")).to_contain_text(f"{of_station:,}")
    page.go_back()
    page.locator(f"{FRONT} .linked-chips .chip").click()
    expect(page).to_have_url(f"{web.site.url}/p/traffic?within=this_month")
    expect(page.locator(f"{FRONT} .block-number .figure").first).to_contain_text(f"{all_trucks:,}")
    page.go_back()
    expect(page.locator(f"{FRONT} .linked-chips .chip")).to_have_count(1)


def test_figures_say_what_they_mean_and_open_their_records(web: Watched) -> None:
    page = web.open("/p/station_indicators?within=this_month")
    settled(page)
    table = page.get_by_test_id("block-figures").first
    asked = {"by": "station", "measure": "overloaded,overload_rate", "order": "-overload_rate"}
    row = told(page, web, within="this_month", **asked)["rows"][0]
    table.get_by_role("button", name="口径").click()
    expect(table.get_by_role("region", name="口径")).to_contain_text("超限率")
    expect(table).to_contain_text("数据完整率")
    figure = table.locator("tbody tr").first.get_by_role("link").nth(1)
    expect(figure).to_have_text(f"{row['overloaded']:,}")
    figure.click()
    expect(page.locator(f"{FRONT} .pager .total")).to_contain_text(f"{row['overloaded']:,}")


def test_figures_beside_hours_and_those_of_a_register_open_their_records_too(web: Watched) -> None:
    page = web.open("/p/station_indicators?within=this_month")
    settled(page)
    for title, of_list in (("站点在线情况", "动态检测"), ("各站设备完好情况", "设备")):
        table = page.get_by_test_id("block-figures").filter(has_text=title)
        figure = table.locator("tbody tr").last.get_by_role("link").first
        number = figure.inner_text()
        figure.click()
        expect(page.locator(f"{FRONT} .pager .total")).to_contain_text(number)
        expect(page.locator(".tabs, .page-tabs, [role=tablist]").first).to_contain_text(of_list)
        page.go_back()
        settled(page)


def test_a_period_is_chosen_once_for_the_whole_page(web: Watched) -> None:
    page = web.open("/p/overload_analysis")
    settled(page)
    expect(page).to_have_url(f"{web.site.url}/p/overload_analysis?within=this_month")
    page.get_by_role("button", name="今日", exact=True).click()
    expect(page).to_have_url(f"{web.site.url}/p/overload_analysis?within=today")
    of_today = told(page, web, within="today", measure="overloaded")["totals"]["overloaded"]
    expect(page.locator(f"{FRONT} .block-number .figure").first).to_contain_text(f"{of_today:,}")
