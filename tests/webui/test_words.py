"""Where a login may lead, which policy a page has, what a download is called, how help is rendered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.httputil import HTTPHeaders

from webui.exported import disposition
from webui.help import GUIDES, led
from webui.markdown import rendered
from webui.shell import policy_of, safe_next

PAGES = ["/", "/p/weighing", "/p/weighing?plate=%E6%B9%98D", "/help", "/help/guides/first-steps", "/?a=b"]
ELSEWHERE = [
    "//evil.test", "/\\evil.test", "https://evil.test", "javascript:alert(1)", "/p/../..//evil.test", "/login?next=/",
    "/p/a\r\nSet-Cookie: a=b", "/p/a\n", "", "p/a", "/p/a?x=\\", "/p/a?x= y", "/@evil.test", "/.evil.test",
    "/%2f%2fevil.test",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_our_own_pages_are_gone_to(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize("path", ELSEWHERE)
def test_anything_else_leads_home(path: str) -> None:
    assert safe_next(path) == "/"


@given(st.text())
def test_no_text_leads_away(text: str) -> None:
    for wanted in (text, f"/{text}", f"/p/{text}", f"//{text}", f"/p/a?{text}"):
        found = safe_next(wanted)
        assert found.startswith("/")
        assert not found.startswith(("//", "/\\"))
        assert not set(found) & set("\r\n\\")


def test_only_the_tiles_may_come_from_elsewhere() -> None:
    assert "img-src 'self' data: blob:;" in policy_of(None)
    assert "blob: https://tiles.test;" in policy_of("https://tiles.test/{z}/{x}/{y}.png")
    assert "blob: https://*.tiles.test:8443;" in policy_of("https://{s}.tiles.test:8443/{z}/{x}/{y}.png")
    for bad in ("https://a.test; script-src *", "tiles", "javascript:x", "https://a.test 'unsafe-eval'"):
        assert "script-src 'self';" in policy_of(bad)
        assert "'unsafe-eval'" not in policy_of(bad)
        assert " *" not in policy_of(bad)


@given(st.text())
def test_no_name_of_a_download_leaves_its_header(name: str) -> None:
    header = disposition(f"{name}.csv")
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    HTTPHeaders({"Content-Disposition": header})


def test_a_download_is_called_what_it_is() -> None:
    header = disposition("超限记录_20261101.xlsx")
    assert header.startswith("attachment; filename=\"export.xlsx\"; filename*=UTF-8''%E8%B6%85")


def test_markdown_is_never_markup() -> None:
    html = rendered("# 标题 <script>alert(1)</script>\n\n<img src=x onerror=alert(1)> [a](javascript:alert(1)) `<b>`")
    assert "<script" not in html
    assert "<img" not in html
    assert "href" not in html
    assert 'id="标题-scriptalert1script"' in html


def test_headings_can_be_linked_to_each_apart() -> None:
    html = rendered("# 甲\n\n# 甲\n")
    assert ('id="甲"' in html, 'id="甲-1"' in html) == (True, True)


@pytest.mark.parametrize(
    ("href", "is_reference", "leads"),
    [
        ("reference/site.md", False, "/help/reference/site"),
        ("site.md", True, "/help/reference/site"),
        ("operators-guide.md#1-站点", False, "/help/guides/operators-guide#1-站点"),
        ("../operators-guide.md", True, "/help/guides/operators-guide"),
        ("decisions/0001-top.md", False, "/help"),
        ("../README.md", False, "/help"),
        ("#here", False, "#here"),
        ("https://example.com/", False, "https://example.com/"),
        ("//evil.test/a.md", False, "/help"),
    ],
)
def test_links_between_files_lead_between_addresses(href: str, is_reference: bool, leads: str) -> None:
    assert led(href, is_reference) == leads


def test_guides_are_named_as_their_files_are() -> None:
    assert all(led(f"{name}.md", is_reference=False) == f"/help/guides/{name}" for name in GUIDES)
