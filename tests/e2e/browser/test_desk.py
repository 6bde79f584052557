"""接口管理: interfaces, workbench and refusals desk as staff use them, quiet and within reach of everybody."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from core.cli.session import operate
from core.run.home import Home
from tests.e2e.browser.conftest import PASSWORD, Site, Watched, accessible, picture, weighing

WIDTHS = {"1366": (1366, 768), "1920": (1920, 1080), "390": (390, 844)}
PARTNER, MENDED = "test_desk", "test_mended"


def refuse(site: Site, partner: str, first: int) -> None:
    """Have five test weighings without weight refused, and a whole body without records."""
    token = site.server.token(partner)
    rows = [{**weighing(first + number), "totalweight": None, "weight": 20000} for number in range(5)]
    for body in ({"bodys": rows}, {"rows": []}):
        httpx.post(f"{site.url}/api/preview", json={"token": token, **body})


@pytest.fixture(scope="session")
def refused(site: Site) -> None:
    """Refusals to look at; made once, in whatever order the tests of the site come."""
    refuse(site, PARTNER, 700)


@pytest.fixture
def mended(site: Site) -> Iterator[None]:
    """Refusals of another partner to replay; the interface is put back afterwards."""
    refuse(site, MENDED, 740)
    file = site.server.zc.home / "interfaces" / "preview.yaml"
    before = file.read_text(encoding="utf-8")
    yield
    file.write_text(before, encoding="utf-8")
    site.server.zc("reload")


def group_of(page: Page, partner: str = PARTNER) -> None:
    """Open the group of a partner's records without weight."""
    row = page.get_by_role("row").filter(has_text="必填字段没有值").filter(has_text=partner)
    row.get_by_role("button", name="处理").click()
    expect(page.get_by_test_id("group").locator(".refused-rows li").first).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [("1366", "light"), ("1920", "dark"), ("390", "light")])
def test_pages_at_all_widths(web: Watched, refused: None, width: str, theme: str) -> None:
    wrong = {}
    for name, sign in (("interfaces", ".grid tbody tr"), ("workbench", ".bench"), ("refusals", ".grid tbody tr")):
        page = web.open(f"/p/{name}", *WIDTHS[width], color_scheme=theme)
        expect(page.locator(sign).first).to_be_visible()
        if name == "refusals":
            group_of(page)
            expect(page.get_by_label("字段映射")).to_have_value(re.compile("previewcode"))
        picture(page, f"{name}-{width}-{theme}")
        wrong[name] = accessible(page) + page.locator(".error-box").all_inner_texts()
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong[name].append("wider than the screen")
    assert {name: said for name, said in wrong.items() if said} == {}


def test_a_body_is_tried_and_kept_as_a_trial(web: Watched, refused: None) -> None:
    page = web.open("/p/interfaces")
    page.get_by_role("button", name="在工作台调试 实时预览数据上报").click()
    expect(page).to_have_url(f"{web.site.url}/p/workbench?interface=preview")
    row = {**weighing(720), "totalweight": 52400, "axisnum": 6}
    page.get_by_label("报文", exact=True).fill(json.dumps({"token": "test-token-720", "bodys": [row]}))
    page.get_by_role("button", name="试", exact=True).click()
    steps = page.get_by_test_id("steps")
    expect(steps.get_by_role("region", name="③ 判定")).to_contain_text("3,400")
    expect(steps.get_by_role("region", name="④ 入库")).to_contain_text("1 条入库")
    expect(page.get_by_test_id("reply")).to_contain_text('"accepted":1')
    assert accessible(page) == []
    picture(page, "workbench-steps-1366-light")
    page.get_by_label("试例名称").fill("六轴车超限（浏览器测试）")
    page.get_by_role("button", name="存为试例").click()
    expect(page.get_by_text("已存入 interfaces/preview.trial.yaml")).to_be_visible(timeout=20_000)
    text = (web.site.server.zc.home / "interfaces" / "preview.trial.yaml").read_text(encoding="utf-8")
    assert "六轴车超限（浏览器测试）" in text
    assert "test-token-720" not in text


def test_a_kept_record_is_opened_in_the_workbench(web: Watched, refused: None) -> None:
    page = web.open("/p/refusals?interface=preview")
    group_of(page)
    page.get_by_role("button", name="在工作台打开").first.click()
    expect(page.get_by_label("报文", exact=True)).to_have_value(re.compile("TEST-0700"))
    page.get_by_role("button", name="试", exact=True).click()
    expect(page.get_by_role("region", name="② 映射")).to_contain_text("缺少 totalweight")


def test_a_mapping_is_mended_tried_and_replayed(web: Watched, mended: None) -> None:
    page = web.open("/p/refusals")
    group_of(page, MENDED)
    mapping = page.get_by_label("字段映射")
    expect(mapping).not_to_have_value("")
    good = mapping.input_value()
    mapping.fill(good.replace("fields:", "feilds:"))
    page.get_by_role("button", name="保存并生效").click()
    problems = page.locator(".problems")
    expect(problems.get_by_role("button", name="interfaces/preview.yaml:9:1")).to_be_visible(timeout=20_000)
    expect(problems).to_contain_text("ZC204")
    assert accessible(page) == []
    picture(page, "refusals-problems-1366-light")
    mapping.fill(good.replace("{from: totalweight,", "{from: [totalweight, weight],"))
    page.get_by_role("button", name="试算").click()
    expect(page.get_by_test_id("dry-run")).to_contain_text("5 条通过", timeout=20_000)
    expect(page.get_by_role("button", name="重放", exact=True)).to_be_disabled()
    page.get_by_role("button", name="保存并生效").click()
    expect(page.get_by_role("button", name="重放", exact=True)).to_be_enabled(timeout=20_000)
    page.get_by_role("button", name="重放", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="重放").click()
    expect(page.get_by_text("已重放：5 条通过")).to_be_visible(timeout=20_000)
    expect(page.get_by_role("row").filter(has_text="必填字段没有值").filter(has_text=MENDED)).to_have_count(0)


def test_a_role_without_the_operations_is_told_so(web: Watched) -> None:
    home = Home(web.site.server.zc.home)
    first = operate(home, "user.add", login="desk_guest", title="测试访客", roles=["viewer"])["password"]
    page = web.open("/login", known=False)
    page.get_by_label("账号").fill("desk_guest")
    page.get_by_label("口令").fill(first)
    page.get_by_role("button", name="登录").click()
    page.get_by_label("新口令", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次新口令").fill(PASSWORD)
    page.get_by_role("button", name="修改口令").click()
    expect(page.get_by_role("navigation", name="菜单")).to_be_visible()
    for name in ("interfaces", "workbench", "refusals"):
        page.goto(f"{web.site.url}/p/{name}")
        expect(page.get_by_text("您的角色没有这里的操作权限")).to_be_visible()
        assert accessible(page) == []
