"""Reports from a page: listed, made, found in the archive, fetched; by those whom a role allows it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

import pytest

from tests.webui.browser import Browser
from tests.webui.conftest import ZONE, Site

MONTH = f"{datetime.now(ZONE):%Y-%m}"


def run(browser: Browser, name: str, **arguments: Any) -> Any:
    """Run an operation to its end; its result."""
    answered = browser.post(f"/api/ui/operations/{name}", {"arguments": arguments})
    assert answered.status_code in (200, 202), answered.text
    while answered.status_code == 202 or not answered.json().get("done", True):
        path = f"/api/ui/tasks/{answered.json()['task']}" if answered.status_code == 202 else str(answered.url.path)
        answered = browser.get(path)
    return answered.json()["result"]


@pytest.fixture(scope="module")
def made(site: Site) -> dict[str, Any]:
    """A report of this month, made by somebody who may."""
    return dict(run(site.browsers["whole"], "report", report="hundred_tons", period=MONTH))


def test_it_is_in_the_archive_with_who_made_it_and_its_files_are_fetched(
    site: Site, whole: Browser, made: dict[str, Any]
) -> None:
    asked = f"report=hundred_tons&period={MONTH}&version={made['version']}"
    [record] = whole.get(f"/api/v1/categories/report_version?{asked}").json()["records"]
    assert record["made_by"] == "whole"
    for form, mark in (("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")):
        answered = whole.get(f"/api/v1/files/reports.file?{asked}&form={form}")
        assert answered.status_code == 200, answered.text
        assert answered.content.startswith(mark)
        assert hashlib.sha256(answered.content).hexdigest() == record[f"{form}_sha256"]
        assert f".{form}" in answered.headers["Content-Disposition"]
    part = whole.client.get(f"/api/v1/files/reports.file?{asked}", headers={"Range": "bytes=0-4"})
    assert (part.status_code, part.content) == (206, b"%PDF-")


def test_what_was_fetched_is_in_the_log(site: Site, whole: Browser, made: dict[str, Any]) -> None:
    whole.get(f"/api/v1/files/reports.file?report=hundred_tons&period={MONTH}&form=csv")
    lines = run(whole, "log", kinds=["operation"])
    assert any((line["who"], line["what"]) == ("whole", "reports.file") for line in lines)


@pytest.mark.parametrize("login", ["leiyang", "guard", "guest", "nobody"])
def test_who_has_no_such_role_neither_lists_makes_nor_fetches(site: Site, login: str, made: dict[str, Any]) -> None:
    browser = site.browsers[login]
    for name in ("report", "reports.list", "reports.file"):
        assert browser.post(f"/api/ui/operations/{name}", {"arguments": {}}).status_code == 403
    path = f"/api/v1/files/reports.file?report=hundred_tons&period={MONTH}"
    assert browser.get(path).status_code == 403
    assert not any(
        page["id"] == "reports" for group in browser.get("/api/ui/me").json()["menu"] for page in group["pages"]
    )


@pytest.mark.parametrize("command", ["report", "backup.create", "reports.list", "status", "no.such"])
def test_only_commands_that_give_files_are_fetched_from(site: Site, whole: Browser, command: str) -> None:
    assert whole.get(f"/api/v1/files/{command}").status_code == 404


def test_wrong_arguments_are_told(site: Site, whole: Browser) -> None:
    for asked in ("", "?report=hundred_tons", f"?report=../../x&period={MONTH}", "?report=daily&period=1999-01-01"):
        answered = whole.get(f"/api/v1/files/reports.file{asked}")
        assert (answered.status_code, set(answered.json())) == (400, {"error"})


def test_the_page_and_the_script_of_its_block_are_served(site: Site, whole: Browser) -> None:
    page = whole.get("/api/ui/pages/reports").json()
    assert page["rows"][0][0]["block"] == "reports"
    script = whole.get("/static/any/blocks/reports.js")
    assert (script.status_code, "BlockReports" in script.text) == (200, True)
