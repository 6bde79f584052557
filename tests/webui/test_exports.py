"""Exports: what is on the screen as a file, for its owner, with a line in the log."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import shutil
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.api import Platform, now_ms
from tests.core.run import homes
from tests.webui.browser import Browser
from tests.webui.conftest import LEIYANG, Site, came
from tests.webui.test_sheets import sheets
from webui.asking import Asking
from webui.exports import HOUR_MS, Exports

PATH = "/api/v1/categories/weighing/exports"


def exported(browser: Browser, form: str = "csv", category: str = "weighing", **asked: Any) -> httpx.Response:
    """The file of a small export."""
    begun = browser.post(f"/api/v1/categories/{category}/exports", {"format": form, **asked})
    assert (begun.status_code, begun.json()["state"]) == (200, "done"), begun.text
    return browser.get(f"/api/v1/exports/{begun.json()['export']}/file")


def rows_of(answered: httpx.Response) -> list[list[str]]:
    """The rows of a CSV answer."""
    assert answered.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(answered.content.decode("utf-8-sig"), newline="")))


def test_a_list_is_exported_with_headings_totals_and_a_mark(site: Site, whole: Browser) -> None:
    query = {"station": "DEMO-430482-01", "sort": "code"}
    answered = exported(whole, query=query, columns=["code", "station", "gross_kg", "plate_colour"])
    rows = rows_of(answered)
    seen = whole.records("weighing", **query)
    assert rows[0] == ["检测单号", "站点", "车货总重(kg)", "号牌颜色"]
    assert [row[0] for row in rows[1 : 1 + len(seen)]] == [one["code"] for one in seen]
    assert all(row[1].startswith("演示") for row in rows[1 : 1 + len(seen)]), "names, not numbers"
    mark = rows[-1][0]
    assert all(word in mark for word in ("whole", "测试用户whole", "衡阳市治超信息平台", f"共 {len(seen)} 条", "站点"))


def test_figures_are_exported_with_their_totals_and_what_they_mean(site: Site, whole: Browser) -> None:
    query = {"by": "station", "measure": "trucks,overload_rate", "order": "-trucks"}
    begun = whole.post("/api/v1/statistics/weighings/exports", {"format": "csv", "query": query})
    assert (begun.status_code, begun.json()["state"]) == (200, "done"), begun.text
    rows = rows_of(whole.get(f"/api/v1/exports/{begun.json()['export']}/file"))
    told = whole.get("/api/v1/statistics/weighings", params=query).json()
    assert rows[0] == ["站点", "货车数(辆)", "超限率(%)"]
    assert [int(row[1]) for row in rows[1 : 1 + len(told["rows"])]] == [row["trucks"] for row in told["rows"]]
    assert all(row[0].startswith("演示") for row in rows[1 : 1 + len(told["rows"])]), "names, not numbers"
    assert rows[-2][:2] == ["合计", str(told["totals"]["trucks"])]
    assert all(words in rows[-1][0] for words in ("测试用户whole", "超限率：超限数 ÷ 货车数", "统计对象"))


def test_a_workbook_has_the_same(site: Site, whole: Browser, tmp_path: Path) -> None:
    query = {"station": "DEMO-430482-01", "sort": "code"}
    plain = rows_of(exported(whole, query=query, columns=["code", "gross_kg"]))
    answered = exported(whole, "xlsx", query=query, columns=["code", "gross_kg"])
    (tmp_path / "a.xlsx").write_bytes(answered.content)
    (rows,) = sheets(tmp_path / "a.xlsx")
    seen = whole.records("weighing", **query)
    assert [row[0] for row in rows[: 1 + len(seen)]] == [row[0] for row in plain[: 1 + len(seen)]]
    assert {type(row[1]) for row in rows[1 : 1 + len(seen)]} == {float}


def test_the_download_says_what_it_is_and_can_be_resumed(site: Site, whole: Browser) -> None:
    begun = whole.post(PATH, {"format": "csv"}).json()
    said = whole.get(f"/api/v1/exports/{begun['export']}").json()
    file = f"/api/v1/exports/{begun['export']}/file"
    answered = whole.get(file)
    content = answered.content
    assert said["done"]
    assert said["sha256"] == hashlib.sha256(content).hexdigest()
    assert said["name"].endswith(".csv")
    assert answered.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answered.headers["Content-Disposition"].startswith('attachment; filename="export.csv"; filename*=UTF-8')
    assert answered.headers["Cache-Control"] == "no-store"
    half = len(content) // 2
    first = whole.get(file, headers={"Range": f"bytes=0-{half - 1}"})
    rest = whole.get(file, headers={"Range": f"bytes={half}-", "If-Range": answered.headers["Etag"]})
    assert (first.status_code, rest.status_code) == (206, 206)
    assert first.content + rest.content == content
    assert whole.get(file, headers={"Range": f"bytes={len(content) + 5}-"}).status_code == 416
    head = whole.client.head(file)
    assert (head.status_code, head.content, int(head.headers["Content-Length"])) == (200, b"", len(content))


def test_an_export_is_its_owners_alone(site: Site, whole: Browser, stranger: Browser) -> None:
    begun = whole.post(PATH, {"format": "csv"}).json()
    for other in (site.browsers["leiyang"], site.browsers["guest"]):
        assert other.get(f"/api/v1/exports/{begun['export']}").status_code == 404
        assert other.get(f"/api/v1/exports/{begun['export']}/file").status_code == 404
    assert stranger.get(f"/api/v1/exports/{begun['export']}/file").status_code == 401


@pytest.mark.parametrize("login", ["guard", "guest", "nobody"])
def test_without_the_right_nothing_is_exported(site: Site, login: str) -> None:
    answered = site.browsers[login].post(PATH, {"format": "csv"})
    assert answered.status_code == 403, answered.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"format": "pdf"}, 400),
        ({}, 400),
        ({"format": "csv", "query": {"no_such_field": "1"}}, 400),
        ({"format": "csv", "columns": ["no_such_field"]}, 400),
        ({"format": "csv", "query": {"station": {"a": 1}}}, 400),
    ],
)
def test_what_cannot_be_exported_is_said(whole: Browser, body: dict[str, Any], status: int) -> None:
    answered = whole.post(PATH, body)
    assert (answered.status_code, "error" in answered.json()) == (status, True), answered.text
    assert whole.post("/api/v1/categories/none/exports", {"format": "csv"}).status_code == 404


def test_every_export_is_a_line_of_the_log(site: Site) -> None:
    browser = site.browsers["leiyang"]
    answered = exported(browser, query={"axles": "6"})
    lines = site.browsers["whole"].post("/api/ui/operations/log", {"arguments": {"kinds": ["export"]}}).json()["result"]
    line = next(one for one in (lines["lines"] if isinstance(lines, dict) else lines) if one["who"] == "leiyang")
    assert hashlib.sha256(answered.content).hexdigest() in str(line)
    assert "轴数" in str(line)


def test_whoever_lost_the_right_cannot_fetch_the_file(site: Site, whole: Browser) -> None:
    browser = came(site, "leaving", roles=["county"], region=LEIYANG)
    begun = browser.post(PATH, {"format": "csv"}).json()
    file = f"/api/v1/exports/{begun['export']}/file"
    assert browser.get(file).status_code == 200
    number = next(one["id"] for one in whole.records("user") if one["login"] == "leaving")
    changed = whole.post(
        f"/api/v1/entities/user/{number}/amend", {"values": {"roles": ["viewer"]}, "why": "测试", "version": 0}
    )
    assert changed.status_code == 200, changed.text
    assert browser.get(file).status_code == 403


def test_files_are_for_their_server_alone_and_forgotten_in_time(site: Site, tmp_path: Path) -> None:
    exported(site.browsers["leiyang"])
    folder = site.zc.home / "data" / "exports"
    assert folder.stat().st_mode & 0o077 == 0
    assert {path.name for path in folder.glob("*/*")} <= {"rows.csv", "rows.xlsx", "export.json"}
    home = homes.make(tmp_path / "home")
    shutil.copytree(folder, home.data / "exports")
    (home.data / "exports" / "broken_off").mkdir()

    async def whole(platform: Platform) -> None:
        exports = Exports(platform, Asking())
        exports.begin()
        kept = {path.name for path in exports.folder.iterdir()}
        assert kept == {path.name for path in folder.iterdir()}
        assert any(exports.of(key, "leiyang") for key in kept)
        assert not any(exports.of(key, "nobody") for key in kept)
        exports.forget_old(now_ms() + 23 * HOUR_MS)
        assert {path.name for path in exports.folder.iterdir()} == kept
        exports.forget_old(now_ms() + 25 * HOUR_MS)
        assert list(exports.folder.iterdir()) == []
        exports.close()

    with homes.opened(home) as platform:
        asyncio.run(whole(platform))
