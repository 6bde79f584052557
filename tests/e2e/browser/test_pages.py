"""Every page of the menu, at three widths and in both themes: drawn whole, quiet, within reach of everybody."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import Watched, accessible, picture

PAGES = {
    "home": "block-number", "weighings": "records", "overloaded": "records", "stations": "records",
    "lanes": "records", "devices": "records", "regions": "records", "station_map": "block-map", "users": "records",
    "overview": "block-overview", "vehicle": "block-vehicle_life", "categories": "block-categories",
    "log": "block-log", "sessions": "block-sessions", "see_as": "block-see_as",
}  # fmt: skip
INSIDE = {
    "records": ".records tbody tr",
    "block-map": ".point",
    "block-number": "canvas",
    "block-log": "tbody tr",
    "block-sessions": "tbody tr",
}
GO = "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }"
WIDTHS = {"1366": (1366, 768), "1920": (1920, 1080), "390": (390, 844)}
COLD_LOAD_BYTES = 800_000
NO_IMAGE = {"content_type": "image/svg+xml", "body": "<svg xmlns='http://www.w3.org/2000/svg'/>"}


def settled(page: Page, sign: str) -> None:
    """Wait until a page shows its data and asks for no more."""
    front = page.locator(".page-holder:not([hidden])")
    expect(front.get_by_test_id(sign).first).to_be_visible()
    expect(front.locator(".loading")).to_have_count(0)
    if sign in INSIDE:
        expect(front.locator(INSIDE[sign]).first).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [("1366", "light"), ("1920", "dark"), ("390", "light")])
def test_all_pages(web: Watched, width: str, theme: str) -> None:
    page = web.open("/", *WIDTHS[width], color_scheme=theme)
    wrong = {}
    for name, sign in PAGES.items():
        page.evaluate(GO, f"/p/{name}")
        settled(page, sign)
        picture(page, f"{name}-{width}-{theme}")
        wrong[name] = accessible(page) + page.locator(".error-box").all_inner_texts()
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong[name].append("wider than the screen")
    assert {name: said for name, said in wrong.items() if said} == {}


def test_the_list_is_loaded_cold_within_bounds(web: Watched) -> None:
    page = web.open(None)
    sizes: list[int] = []
    page.on("requestfinished", lambda done: sizes.append(done.sizes()["responseBodySize"]))
    page.goto(f"{web.site.url}/p/weighings")
    settled(page, "records")
    assert 100_000 < sum(sizes) <= COLD_LOAD_BYTES


def test_the_menu_opens_pages_as_tabs_that_keep_their_state(web: Watched) -> None:
    page = web.open("/p/weighings")
    settled(page, "records")
    page.get_by_role("button", name="今日", exact=True).click()
    expect(page).to_have_url(f"{web.site.url}/p/weighings?weighed_at.within=today")
    page.get_by_role("searchbox", name="搜索菜单").fill("车道")
    page.get_by_role("link", name="车道").click()
    expect(page).to_have_url(f"{web.site.url}/p/lanes")
    tabs = page.get_by_role("navigation", name="已打开的页面")
    tabs.get_by_role("button", name="动态检测", exact=True).click()
    expect(page).to_have_url(f"{web.site.url}/p/weighings?weighed_at.within=today")
    expect(page.get_by_role("button", name="今日", exact=True)).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(page).to_have_url(f"{web.site.url}/p/lanes")


def test_a_narrow_screen_has_the_menu_in_a_drawer(web: Watched) -> None:
    page = web.open("/p/home", *WIDTHS["390"])
    page.get_by_role("button", name="展开菜单").click()
    link = page.get_by_role("link", name="站点", exact=True)
    link.scroll_into_view_if_needed()  # the menu is longer than the screen and scrolls within the drawer
    expect(link).to_be_in_viewport(ratio=1)
    picture(page, "menu-390-light")
    link.click()
    expect(page).to_have_url(f"{web.site.url}/p/stations")


def test_an_unknown_page_says_so(web: Watched) -> None:
    page = web.open("/p/nowhere")
    expect(page.get_by_role("alert")).to_contain_text("nowhere")
    web.faults.clear()  # the browser itself notes the 404 that was asked for


def test_a_wrong_password_is_told(web: Watched) -> None:
    page = web.open("/login", known=False)
    page.get_by_label("账号").fill("nobody-of-the-test")
    page.get_by_label("口令").fill("wrong-in-the-test")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_have_text("账号或口令有误")
    assert accessible(page) == []
    picture(page, "login-1366-light")
    web.faults.clear()  # the browser itself notes the 401 that was asked for


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
        ((48.8566, 2.3522), (48.8566, 2.3522)),
    ],
    ids=["shanghai", "beijing", "abroad"],
)
def test_points_are_shifted_as_the_published_formula_says(
    web: Watched, wgs84: tuple[float, float], gcj02: tuple[float, float]
) -> None:
    page = web.open("/login", known=False)
    module = "document.querySelector('link[rel=modulepreload]').href.replace(/[^/]+\\/[^/]+$/, 'map/datum.js')"
    shifted = page.evaluate(f"async (at) => (await import({module})).shiftOf('gcj02')(...at)", list(wgs84))
    assert shifted == pytest.approx(gcj02, abs=1e-9)


def test_a_map_on_tiles_of_gcj02_has_its_points_beside_their_counties(web: Watched) -> None:
    """Tiles of the test come from the page's own host, and are no image: where they are asked for is looked at."""
    page = web.open(None)
    asked: list[str] = []
    page.route("**/tiles/**", lambda route: (asked.append(route.request.url), route.fulfill(**NO_IMAGE)))
    page.route("**/api/ui/me", lambda route: route.fulfill(json=with_tiles(route.fetch().json())))
    page.goto(f"{web.site.url}/p/station_map")
    settled(page, "block-map")
    expect(page.locator(".county").first).to_be_visible()
    assert asked


def with_tiles(me: dict[str, Any]) -> dict[str, Any]:
    return {**me, "site": {**me["site"], "map": {"tiles": "/tiles/{z}/{x}/{y}.svg", "datum": "gcj02"}}}
