"""Pages to be read and printed: lists, records, manuals, help."""

from __future__ import annotations

import re

import pytest

from tests.webui.browser import Browser
from tests.webui.conftest import Site
from webui.paper import grouped


def test_a_printed_list_is_the_list_with_a_line_who_when_and_what(site: Site, whole: Browser) -> None:
    query = {"station": "DEMO-430482-01", "sort": "code", "columns": "code,gross_kg,station"}
    text = whole.get("/print/categories/weighing", params=query).text
    seen = whole.records("weighing", station="DEMO-430482-01", sort="code")
    assert re.findall(r"<td>([A-Z]+\d*-\d+)</td>", text) == [one["code"] for one in seen]
    assert re.findall(r"<th(?: class=\"number\")?>(.*?)</th>", text) == ["检测单号", "车货总重(kg)", "站点"]
    assert re.findall(r'<td class="number">(.*?)</td>', text) == [f"{one['gross_kg']:,}" for one in seen]
    assert not re.search(r"\d{4}-\d\d-\d\dT\d\d:", text)
    assert "演示03" in text
    assert "测试用户whole（whole）" in text
    assert "station = DEMO-430482-01" in text
    assert "没有符合条件的记录" in whole.get("/print/categories/weighing", params={"code": "none"}).text


def test_a_printed_record_tells_how_it_was_judged_and_what_happened(site: Site, whole: Browser) -> None:
    one = next(one for one in whole.records("weighing") if one["code"] == "T430482-1")
    answered = whole.get(f"/print/categories/weighing/records/{one['id']}")
    assert answered.status_code == 200
    for words in ("检测单号", "T430482-1", "判定说明", "经过", "实时上报"):
        assert words in answered.text


def test_what_is_masked_is_masked_on_paper(site: Site) -> None:
    guest = site.browsers["guest"]
    one = next(one for one in guest.records("weighing") if one["code"] == "T430482-1")
    for path in ("/print/categories/weighing?columns=code,plate", f"/print/categories/weighing/records/{one['id']}"):
        answered = guest.get(path)
        assert answered.status_code == 200
        assert "T430482-1" in answered.text
        assert "湘D82001" not in answered.text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/help", "使用手册"),
        ("/help/guides/first-steps", "第一步"),
        ("/help/guides/operators-guide", "zc run"),
        ("/help/guides/plugin-authors-guide", "core.api"),
        ("/help/guides/reply-codes", '<table tabindex="0">'),
        ("/help/reference/index", '<a href="/help/reference/category">'),
        ("/help/reference/limit", "失效日期"),
        ("/help/reference/limit", "有效的最后一天。"),
        ("/help/reference/problems", "这里可用：{known}"),
        ("/api/v1/categories/weighing/manual", "/api/v1/categories/weighing"),
    ],
)
def test_help_is_there_for_everybody_who_is_logged_in(site: Site, path: str, words: str) -> None:
    answered = site.browsers["guard"].get(path)
    assert (answered.status_code, words in answered.text) == (200, True)
    assert "script-src" not in answered.headers["Content-Security-Policy"]
    assert "<script" not in answered.text


def test_every_link_of_the_help_leads_somewhere(site: Site, whole: Browser) -> None:
    waiting, seen = ["/help"], set[str]()
    while waiting:
        path = waiting.pop().partition("#")[0]
        if path in seen or not path.startswith("/help"):
            continue
        seen.add(path)
        answered = whole.get(path)
        assert answered.status_code == 200, path
        waiting += re.findall(r'href="([^"]+)"', answered.text)
    assert len(seen) > 20


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0"),
        (40.0, "40"),
        (58.33, "58.33"),
        (112.52, "112.52"),
        (1500, "1,500"),
        (-12345.5, "-12,345.5"),
        (100, "100"),
    ],
)
def test_numbers_on_paper_are_those_of_the_page(number: float, words: str) -> None:
    assert grouped(number) == words


def test_an_address_that_is_not_there_is_told_to_people_as_a_page(site: Site, whole: Browser) -> None:
    for one in (whole, site.browsers["guest"]):
        answered = one.get("/nowhere/at/all", headers={"Accept": "text/html"})
        assert answered.status_code == 404
        assert "没有这个页面" in answered.text
        assert 'lang="zh-CN"' in answered.text
    assert whole.get("/nowhere/at/all").json() == {"error": "没有这个地址"}
    assert whole.post("/nowhere/at/all", {}).status_code == 404


@pytest.mark.parametrize("path", ["/help/guides/none", "/help/reference/none", "/help/reference/limit.schema"])
def test_help_that_is_not_there_is_said_so(whole: Browser, path: str) -> None:
    assert whole.get(path).status_code == 404
