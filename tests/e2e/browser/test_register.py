"""The tutorial of a new register, followed as written, then used in a browser by the person it made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.docs.snippets import Reader
from tests.e2e.browser.conftest import Site, Watched, accessible, picture, posting, watching

TUTORIAL = "docs/tutorial-register.md"


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of somebody who did what the tutorial says, word for word, and the person it made."""
    reader, printed = Reader(tmp_path_factory.mktemp("tutorial")), []
    try:
        for _ in reader.follow(TUTORIAL):
            printed.append(reader.output)
        made = re.search(r"^login +(\S+)\npassword +(\S+)$", "\n".join(printed), re.MULTILINE)
        assert made is not None
        assert reader.server is not None
        yield Site(reader.server, posting(reader.server), login=made[1], password=made[2])
    finally:
        reader.stop()


@pytest.fixture
def keeper(register: Site, browser: Browser) -> Iterator[Watched]:
    """How the keeper opens pages. The register stands first: loops are run to make it, and Playwright has one."""
    with watching(browser, register) as watched:
        yield watched


def rows(page: Page) -> Locator:
    """The bridges of the list."""
    return page.get_by_test_id("records").locator("tbody tr")


def test_the_list_has_the_bridges_of_the_county(keeper: Watched) -> None:
    page = keeper.open("/")
    expect(page.get_by_role("navigation", name="菜单").get_by_role("link")).to_have_text(["桥梁台账"])
    expect(page).to_have_url(re.compile("/p/bridges$"))
    expect(page.get_by_test_id("records")).to_contain_text("测试一号桥")
    expect(page.get_by_test_id("records")).not_to_contain_text("测试三号桥")
    assert page.locator(".tag-orange", has_text="四类").count() == 1
    assert accessible(page) == []
    picture(page, "register-list-1366-light")


def test_a_condition_is_the_address(keeper: Watched) -> None:
    page = keeper.open("/p/bridges")
    page.locator(".filter", has_text="技术状况").locator(".el-select__wrapper").click()
    page.get_by_role("option", name="四类").click()
    expect(page).to_have_url(re.compile("grade"))
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("测试二号桥")


def test_a_bridge_is_added_by_the_form_and_looked_at(keeper: Watched) -> None:
    page = keeper.open("/p/bridges")
    page.get_by_role("tab", name="登记").click()
    form = page.get_by_test_id("block-form")
    expect(form.get_by_label("桥梁编号")).to_be_visible()
    assert accessible(page) == []
    picture(page, "register-form-1366-light")
    form.get_by_label("桥梁编号").fill("CS-LY-009")
    form.get_by_label("桥名").fill("测试九号桥")
    form.get_by_role("combobox", name="所属区划").click()
    page.get_by_role("option", name="耒阳市").click()
    form.get_by_label("桥长(m)").fill("31.5")
    form.get_by_role("combobox", name="技术状况").click()
    page.get_by_role("option", name="三类").click()
    form.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_text("已保存")).to_be_visible()
    page.get_by_role("tab", name="台账").click()
    page.get_by_role("button", name="CS-LY-009 测试九号桥 详情").click()
    expect(page).to_have_url(re.compile(r"/p/bridge\?record=\d+$"))
    detail = page.get_by_test_id("block-detail")
    expect(detail.locator(".tag-amber", has_text="三类")).to_be_visible()
    expect(detail.get_by_text("经过")).to_be_visible()
    assert accessible(page) == []
    picture(page, "register-detail-1366-light")


def test_a_bridge_is_amended_with_a_reason(keeper: Watched) -> None:
    page = keeper.open("/p/bridges")
    page.get_by_role("button", name="CS-LY-001 测试一号桥 详情").click()
    detail = page.get_by_test_id("block-detail")
    detail.get_by_role("button", name="修改", exact=True).click()
    detail.get_by_label("路线编号").fill("S999")
    detail.get_by_label("修改原因").fill("测试更正")
    detail.get_by_role("button", name="保存", exact=True).click()
    expect(detail.get_by_text("路线编号：S320 → S999")).to_be_visible()
    expect(detail.get_by_text("原因：测试更正")).to_be_visible()


def test_the_export_has_texts_and_masks(keeper: Watched, tmp_path: Path) -> None:
    page = keeper.open("/p/bridges?grade=grade_4")
    page.get_by_role("button", name="导出").click()
    page.get_by_text("CSV", exact=True).click()
    page.get_by_text("包含全部列").click()
    page.get_by_role("button", name="开始导出").click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^下载")).click()
    download.value.save_as(tmp_path / "export.csv")
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("条未读通知$")).click()
    expect(page.get_by_text("导出完成：桥梁台账")).to_be_visible()
    text = (tmp_path / "export.csv").read_text(encoding="utf-8-sig")
    assert "测试二号桥,耒阳市,S214,40.0,20000,四类,2026-06-03,138" in text
    assert "13800000002" not in text
    assert "测试三号桥" not in text


def test_a_narrow_screen_shows_the_register_too(keeper: Watched) -> None:
    page = keeper.open("/p/bridges", 390, 844)
    expect(rows(page).first).to_be_visible()
    assert accessible(page) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    picture(page, "register-list-390-light")
