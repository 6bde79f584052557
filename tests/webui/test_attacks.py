"""Texts that want to be markup, formulas or headers come back as data."""

from __future__ import annotations

import csv
import io

import pytest

from tests.webui.browser import Browser
from tests.webui.conftest import MARKUP, Site

TEXTS = ("title", "road", "stake")


@pytest.fixture(scope="module")
def marked(site: Site) -> list[dict[str, str]]:
    """Stations whose every text is an attack, added as a person does it; [{code, title, …}]."""
    whole, added = site.browsers["whole"], []
    for number, text in enumerate(MARKUP):
        values = {
            "code": f"XSS-{number}",
            "region": "430407",
            "title": text[:60],
            "road": text[:20],
            "stake": text[:20],
        }
        answered = whole.post("/api/v1/entities/station", {"values": values})
        assert answered.status_code == 201, answered.text
        added.append(values)
    hostile = {"code": "<b>XSS</b>", "region": "430407", "title": "<i>测试</i>"}
    answered = whole.post("/api/v1/entities/station", {"values": hostile})
    return [*added, hostile] if answered.status_code == 201 else added


def test_json_gives_them_back_as_they_are(site: Site, whole: Browser, marked: list[dict[str, str]]) -> None:
    answered = whole.get("/api/v1/categories/station", params={"region": "430407", "limit": 200})
    assert answered.headers["Content-Type"] == "application/json; charset=utf-8"
    found = {one["code"]: one for one in answered.json()["records"]}
    for said in marked:
        assert {name: found[said["code"]][name] for name in said} == said


def test_no_page_made_at_the_server_lets_them_out(site: Site, whole: Browser, marked: list[dict[str, str]]) -> None:
    found = whole.records("station", region="430407")
    paths = ["/print/categories/station?region=430407", "/print/categories/station?title.like=%3Cscript%3Ealert(1)"]
    paths += [f"/print/categories/station/records/{one['id']}" for one in found]
    paths += ["/login?next=%22%3E%3Cscript%3E", "/help"]
    for path in paths:
        answered = whole.get(path)
        for tag in ("<script>alert", "<img src", "<svg", "<b>XSS", "<i>测试", "onerror=alert(1)>"):
            assert tag not in answered.text, (path, tag)
        assert "49" not in answered.text or "{{7*7}}" in answered.text or "{{" not in path


def test_what_refers_to_them_shows_them_as_data(site: Site, whole: Browser, marked: list[dict[str, str]]) -> None:
    choices = whole.get("/api/v1/entities/station/choices", params={"q": "XSS", "limit": 50}).json()
    titles = {said["title"] for said in marked}
    assert {one["label"] for one in choices if one["value"].startswith("XSS-")} <= titles | {
        f"{said['title']}（{said['code']}）" for said in marked
    } | {one["value"] for one in choices}


def test_no_formula_leaves_in_a_file(site: Site, whole: Browser, marked: list[dict[str, str]]) -> None:
    asked = {"format": "csv", "query": {"region": "430407"}, "columns": ["code", "title", "road"]}
    begun = whole.post("/api/v1/categories/station/exports", asked)
    content = whole.get(f"/api/v1/exports/{begun.json()['export']}/file").content.decode("utf-8-sig")
    cells = [cell for row in csv.reader(io.StringIO(content, newline="")) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_person_named_as_a_header_gets_no_header(site: Site) -> None:
    title = '测试"\r\nX-Evil: 1;<script>'
    added = site.browsers["whole"].post(
        "/api/v1/entities/user",
        {"values": {"login": "evil", "title": title, "roles": ["admin"], "active": True}},
    )
    assert added.status_code in (201, 422), added.text
    whole = site.browsers["whole"]
    for answered in (whole.get("/api/v1/categories/user"), whole.get("/print/categories/user")):
        assert "X-Evil" not in answered.headers
        assert "<script>" not in answered.text or answered.headers["Content-Type"].startswith("application/json")


@pytest.mark.parametrize("name", ["weighing%0d%0aX-Evil:1", "weighing\r\nX-Evil:1".replace("\r\n", "%0D%0A")])
def test_no_header_is_made_of_an_address(whole: Browser, name: str) -> None:
    for path in (f"/api/v1/categories/{name}", f"/p/{name}", f"/print/categories/{name}"):
        answered = whole.get(path)
        assert "X-Evil" not in answered.headers
        assert answered.status_code == 404


@pytest.mark.parametrize("number", ["0", "-1", "1e3", "99999999999999999999", "1;DROP TABLE", "٣"])
def test_numbers_that_are_none_find_nothing(whole: Browser, number: str) -> None:
    assert whole.get(f"/api/v1/categories/weighing/records/{number}").status_code in (400, 404)


def test_a_large_body_is_taken_from_nobody_without_a_session(site: Site, stranger: Browser) -> None:
    stranger.get("/login")
    body = {"arguments": {"text": "x" * 200_000}}
    assert stranger.refused_early("/api/ui/operations/check", body)
    whole = site.browsers["whole"]
    assert whole.refused_early("/api/v1/entities/station", {"values": {"title": "x" * 200_000}})
    assert "检查声明" in whole.post("/api/ui/operations/check", {"arguments": {"text": "x" * 200_000}}).text
