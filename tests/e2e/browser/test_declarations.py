"""The desk of declarations: completion, problems at their line, a broken text refused while the old snapshot serves on,
a good one in force with its note, the way back."""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.browser.conftest import Watched, accessible, picture

OWN = "config/categories/station.yaml"
WIDTHS = {"1366": (1366, 768, "light"), "1920": (1920, 1080, "dark"), "390": (390, 844, "light")}


def opened(web: Watched, path: str, width: int = 1366, height: int = 768, **more: str) -> Page:
    """The desk with a declaration open."""
    page = web.open(f"/p/declarations?file={path}", width, height, **more)
    expect(page.locator(".CodeMirror-code")).to_be_visible()
    return page


def written(page: Page, text: str) -> None:
    """Have the editor say that, as if it was pasted."""
    page.locator(".CodeMirror").evaluate("(element, text) => element.CodeMirror.setValue(text)", text)


def said(page: Page) -> str:
    """What the editor says."""
    found: str = page.locator(".CodeMirror").evaluate("element => element.CodeMirror.getValue()")
    return found


def snapshot(web: Watched) -> str:
    """The number of the snapshot that serves."""
    return httpx.get(f"{web.site.url}/-/health").headers["X-Snapshot"]


def put_in_force(page: Page, note: str) -> None:
    """Activate with a note."""
    page.get_by_label("改动说明").fill(note)
    page.get_by_role("button", name="启用", exact=True).click()


def test_a_broken_text_is_refused_at_its_line_and_a_good_one_is_in_force(web: Watched) -> None:
    before = snapshot(web)
    page = opened(web, OWN)
    assert said(page).endswith("like: station\n")
    begin = said(page)
    written(page, f"{begin}colour: red\n")
    expect(page.locator(".CodeMirror-lint-line-error")).to_contain_text("colour: red")
    expect(page.get_by_role("tab", name="问题（1）")).to_be_visible()
    problem = page.locator(".told-problems li")
    expect(problem).to_contain_text("ZC204")
    expect(problem.get_by_role("button")).to_have_text(f"{OWN}:3:1")
    put_in_force(page, "测试：不该生效")
    expect(problem).to_contain_text("ZC204")
    expect(page.locator(".said-box")).to_have_count(0)
    expect(page.get_by_role("button", name="启用", exact=True)).to_be_enabled()
    page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")  # a colour on its way is none
    picture(page, "declarations-refused-1366-light")
    assert accessible(page) == []
    assert snapshot(web) == before
    assert not (web.site.server.zc.home / OWN).exists()
    written(page, f"{begin}title: 测试站点台账\n")
    expect(page.get_by_role("tab", name="问题（0）")).to_be_visible()
    page.get_by_role("tab", name="变化").click()
    expect(page.locator(".told-words")).to_contain_text("测试站点台账")
    put_in_force(page, "测试改名")
    expect(page.locator(".said-box")).to_be_visible()
    assert int(snapshot(web)) == int(before) + 1
    page.get_by_role("tab", name="历史").click()
    expect(page.locator(".told-history li").first).to_contain_text("测试改名")
    picture(page, "declarations-history-1366-light")
    page.get_by_role("button", name="恢复插件原样").click()
    put_in_force(page, "测试恢复")
    expect(page.locator(".told-history li").first).to_contain_text("测试恢复")
    assert not (web.site.server.zc.home / OWN).exists()
    page.get_by_role("button", name="退回此版本").click()
    expect(page.locator(".told-history li").first).to_contain_text("退回快照")
    assert "测试站点台账" in (web.site.server.zc.home / OWN).read_text(encoding="utf-8")
    page.get_by_role("button", name="恢复插件原样").click()
    put_in_force(page, "测试收尾")
    expect(page.locator(".told-history li").first).to_contain_text("测试收尾")


def test_keys_and_names_are_completed_from_the_kind(web: Watched) -> None:
    page = opened(web, "config/pages/test_page.yaml")
    written(page, "title: 测试页\ngroup: 测试\nrows:\n  - - {block: table, ")
    page.locator(".CodeMirror").evaluate(
        "element => { const cm = element.CodeMirror; cm.setCursor(3, 24); cm.focus(); }"
    )
    page.keyboard.press("Control+Space")
    expect(page.locator(".CodeMirror-hint", has_text=re.compile("^category"))).to_be_visible()
    expect(page.locator(".CodeMirror-hint", has_text=re.compile("^statistic"))).to_have_count(0)
    picture(page, "declarations-completion-1366-light")
    page.keyboard.type("category: weig")
    expect(page.locator(".CodeMirror-hint", has_text=re.compile("^weighing$"))).to_be_visible()
    page.keyboard.press("Enter")
    assert said(page).endswith("category: weighing")


def test_names_that_come_while_somebody_types_are_offered(web: Watched) -> None:
    page = web.open("/p/home", *WIDTHS["1366"][:2])
    held: list[Route] = []
    page.route("**/operations/declaration.list", lambda route: held.append(route))
    page.goto(f"{web.site.url}/p/declarations?file=config/pages/test_page.yaml")
    expect(page.locator(".CodeMirror-code")).to_be_visible()
    written(page, "title: 测试页\ngroup: 测试\nrows:\n  - - {block: table, category: ")
    page.locator(".CodeMirror").evaluate(
        "element => { const cm = element.CodeMirror; cm.focus(); cm.execCommand('goDocEnd'); }"
    )
    page.keyboard.type("weig")
    expect(page.locator(".CodeMirror-hint")).to_have_count(0)
    for route in held:
        route.continue_()
    expect(page.locator(".CodeMirror-hint", has_text=re.compile("^weighing$"))).to_be_visible()


def test_what_is_typed_stays_when_another_snapshot_comes(web: Watched) -> None:
    page = opened(web, "config/site.yaml")
    text = said(page)
    written(page, f"{text}# 还没启用的测试改动\n")
    web.site.server.zc("reload")
    expect(page.locator(".opened.current .dirty")).to_be_visible()
    other = page.locator(".declared").get_by_role("searchbox")
    other.fill("admin")
    page.locator(".declared-file", has_text="系统管理员").click()
    expect(page.locator(".desk-head code")).to_have_text("config/roles/admin.yaml")
    other.fill("site")
    page.locator(".declared-file").first.click()
    expect(page.locator(".desk-head code")).to_have_text("config/site.yaml")
    assert "还没启用" in said(page)
    page.get_by_role("button", name="放弃改动").click()
    expect(page.locator(".opened.current .dirty")).to_have_count(0)
    assert said(page) == text


@pytest.mark.parametrize("width", WIDTHS)
def test_the_desk_fits_and_is_accessible(web: Watched, width: str) -> None:
    wide, high, theme = WIDTHS[width]
    page = opened(web, OWN, wide, high, color_scheme=theme)
    expect(page.locator(".declared-file.current")).to_be_visible()
    picture(page, f"declarations-{width}-{theme}")
    assert accessible(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.goto(f"{web.site.url}/p/settings?file=config/site.yaml")
    expect(page.locator(".kind-form").get_by_label("平台名称")).not_to_have_value("")
    picture(page, f"settings-{width}-{theme}")
    assert accessible(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_a_form_shows_what_a_text_starts_from_and_long_lines_stay_inside(web: Watched) -> None:
    page = opened(web, "config/categories/weighing.yaml")
    expect(page.locator(".desk-beneath pre")).to_be_visible()
    assert page.locator("#content").evaluate("content => content.scrollWidth <= content.clientWidth")
    page.get_by_text("表单", exact=True).click()
    form = page.locator(".kind-form")
    expect(form.get_by_label("名称").first).to_have_value("动态称重检测")
    expect(form).to_contain_text("没有改动的项沿用原声明")
    picture(page, "declarations-like-1366-light")
    assert accessible(page) == []
    form.get_by_label("名称").first.fill("测试分类")
    form.get_by_label("名称").first.press("Tab")
    page.get_by_text("文本", exact=True).click()
    expect(page.locator(".CodeMirror-code")).to_contain_text("title: 测试分类")
    assert said(page).endswith("like: weighing\ntitle: 测试分类\n")
    page.get_by_role("button", name="放弃改动").click()
    expect(page.locator(".opened.current .dirty")).to_have_count(0)


def test_a_form_of_the_kind_writes_the_same_text(web: Watched) -> None:
    before = snapshot(web)
    page = web.open("/p/settings?file=config/dictionaries/test_colour.yaml")
    expect(page.locator(".kind-form").get_by_label("名称")).to_have_value("")
    page.get_by_text("文本", exact=True).click()
    expect(page.locator(".CodeMirror-code")).to_be_visible()
    written(page, "# 测试字典\ntitle: 颜色\nitems:\n  red: {label: 红}\n")
    page.get_by_text("表单", exact=True).click()
    form = page.locator(".kind-form")
    form.get_by_label("名称").fill("测试颜色")
    form.get_by_label("名称").press("Tab")
    form.get_by_placeholder("编号").fill("blue")
    form.get_by_role("button", name="添加").click()
    expect(form.get_by_label("显示").nth(1)).to_have_value("blue")
    form.get_by_label("显示").nth(1).fill("蓝")
    form.get_by_label("显示").nth(1).press("Tab")
    expect(page.get_by_role("tab", name="问题（0）")).to_be_visible()
    picture(page, "declarations-form-1366-light")
    assert accessible(page) == []
    page.get_by_text("文本", exact=True).click()
    expect(page.locator(".CodeMirror-code")).to_be_visible()
    assert said(page) == "# 测试字典\ntitle: 测试颜色\nitems:\n  red: {label: 红}\n  blue: {label: 蓝}\n"
    put_in_force(page, "测试字典")
    expect(page.locator(".said-box")).to_be_visible()
    assert int(snapshot(web)) == int(before) + 1
    page.get_by_role("button", name="删除").click()
    put_in_force(page, "测试收尾")
    expect(page.get_by_role("tab", name="历史")).to_be_visible()
    expect(page.locator(".said-box")).to_contain_text(str(int(before) + 2))
