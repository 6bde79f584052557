"""Forms: what is typed is kept, what is refused is told at its field, what is saved is there."""

from __future__ import annotations

from contextlib import closing

import yaml
from playwright.sync_api import Page, expect

from tests.e2e.browser.conftest import Watched, accessible, picture
from tests.webui.browser import Browser

MARKUP = '<img src=x onerror="document.title=1">'


def new_station(web: Watched) -> Page:
    """The form of a new station, open."""
    page = web.open("/p/stations")
    page.get_by_role("button", name="新增").click()
    expect(page.get_by_role("dialog").get_by_label("站点编号")).to_be_visible()
    return page


def fill(page: Page, code: str, title: str) -> None:
    """Fill in what a station must have."""
    form = page.get_by_role("dialog")
    form.get_by_label("站点编号").fill(code)
    form.get_by_label("名称").fill(title)
    form.get_by_role("combobox", name="所属区划").click()
    page.get_by_role("option", name="耒阳市").click()


def test_a_station_is_added_and_its_markup_is_text(web: Watched) -> None:
    page = new_station(web)
    assert accessible(page) == []
    picture(page, "form-1366-light")
    fill(page, "TEST-F1", MARKUP)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"{web.site.url}/p/stations?code=TEST-F1")
    expect(page.get_by_test_id("records").get_by_text(MARKUP)).to_be_visible()
    assert "站点" in page.title()


def test_what_is_refused_is_told_at_its_field(web: Watched) -> None:
    page = new_station(web)
    fill(page, "DEMO-430481-01", "测试重复站")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("alert").first).to_be_visible()
    expect(page.get_by_role("dialog").get_by_label("名称")).to_have_value("测试重复站")
    web.faults.clear()  # the browser itself notes the refused post


def test_all_that_cannot_be_sent_is_told_at_once_in_our_words(web: Watched) -> None:
    page = new_station(web)
    form = page.get_by_role("dialog")
    form.get_by_label("经度").fill("999")
    form.get_by_label("纬度").fill("1e400")
    page.get_by_role("button", name="保存", exact=True).click()
    told = form.locator(".field-fault").all_inner_texts()
    assert told == ["必填", "必填", "必填", "不能大于 180", "请填数字"]
    expect(form.get_by_label("站点编号")).to_be_focused()
    assert accessible(page) == []
    picture(page, "form-unfit-1366-light")


def test_a_long_name_does_not_push_the_other_columns_away(web: Watched) -> None:
    page = new_station(web)
    fill(page, "TEST-LONG", "测试" * 30)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"{web.site.url}/p/stations?code=TEST-LONG")
    cell = page.get_by_test_id("records").get_by_title("测试" * 30)
    expect(cell).to_be_visible()
    size = cell.bounding_box()
    assert size is not None
    assert size["width"] <= 24 * 14


def test_a_new_snapshot_leaves_what_was_typed(web: Watched) -> None:
    page = new_station(web)
    page.get_by_role("dialog").get_by_label("名称").fill("还没保存的测试站")
    file = web.site.server.zc.home / "config" / "site.yaml"
    declared = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump({**declared, "title": "改名的测试平台"}, allow_unicode=True), encoding="utf-8")
    web.site.server.zc("reload")
    try:
        expect(page.locator(".brand")).to_have_text("改名的测试平台", timeout=15_000)
        expect(page.get_by_role("dialog").get_by_label("名称")).to_have_value("还没保存的测试站")
    finally:
        file.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
        web.site.server.zc("reload")


def test_a_page_with_unsaved_words_asks_before_it_goes(web: Watched) -> None:
    page = new_station(web)
    page.get_by_role("dialog").get_by_label("名称").fill("还没保存的测试站")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(f"{web.site.url}/p/lanes")
    assert asked == ["beforeunload"]


def test_a_change_in_between_is_told_and_what_was_typed_is_kept(web: Watched) -> None:
    page = web.open("/p/devices?code=DEMO-430405-01-S1")
    page.get_by_role("button", name="详情").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="修改", exact=True).click()
    drawer.get_by_label("型号").fill("测试型号")
    drawer.get_by_label("修改原因").fill("测试更正")
    other = web.site.server.zc.home.parent / "device.csv"
    other.write_text("code,serial\nDEMO-430405-01-S1,TEST-1\n", encoding="utf-8")
    web.site.server.zc("load", "device", str(other), "--who", "测试另一人")
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(drawer.get_by_role("alert")).to_contain_text("测试另一人")
    expect(drawer.get_by_role("alert")).to_contain_text("出厂编号")
    picture(page, "form-outdated-1366-light")
    assert accessible(page) == []
    drawer.get_by_role("button", name="取最新内容，保留我的改动").click()
    expect(drawer.get_by_label("出厂编号")).to_have_value("TEST-1")
    expect(drawer.get_by_label("型号")).to_have_value("测试型号")
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(drawer.get_by_text("型号：DEMO-S → 测试型号")).to_be_visible()
    web.faults.clear()  # the browser itself notes the refused post


def test_a_user_is_registered_given_a_password_retired_and_told_so(web: Watched) -> None:
    page = web.open("/p/users")
    page.get_by_role("button", name="新增").click()
    form = page.get_by_role("dialog")
    form.get_by_label("登录名").fill("testclerk")
    form.get_by_label("姓名").fill("测试职员")
    form.get_by_role("combobox", name="角色").click()
    page.get_by_role("option", name="访客").click()
    page.keyboard.press("Escape")
    form.locator(".el-switch").click()
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"{web.site.url}/p/users?login=testclerk")
    page.get_by_role("button", name="详情").click()
    drawer = page.get_by_role("dialog")
    drawer.get_by_role("button", name="发放新口令").click()
    page.get_by_role("dialog", name="发放新口令").get_by_role("button", name="发放新口令").click()
    made = page.get_by_test_id("run-result")
    expect(made).to_contain_text("testclerk")
    picture(page, "user-password-1366-light")
    assert accessible(page) == []
    password = made.locator("dd").nth(1).inner_text()
    page.get_by_role("button", name="已记下").click()
    with closing(Browser(web.site.url)) as other:
        assert other.login("testclerk", password).json()["must_change"] is True
        drawer.get_by_role("button", name="解除锁定").click()
        expect(page.get_by_text("“解除锁定”已完成。")).to_be_visible()
        drawer.get_by_role("button", name="修改", exact=True).click()
        drawer.locator(".el-switch").click()
        drawer.get_by_label("修改原因").fill("测试停用")
        drawer.get_by_role("button", name="保存", exact=True).click()
        expect(drawer.get_by_text("原因：测试停用")).to_be_visible()
        assert other.get("/api/ui/me").status_code == 401
