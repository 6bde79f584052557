"""Notices over HTTP: one's own and no other's, read by oneself, pointed at by the socket and by nothing else."""

from __future__ import annotations

import time
from typing import Any

import pytest

from core.cli.session import operate
from core.run.home import Home
from tests.webui.browser import Browser
from tests.webui.conftest import LEIYANG, Site, came


def listed(browser: Browser, **query: str) -> dict[str, Any]:
    """What the list says."""
    answered = browser.get("/api/ui/notices", params=query)
    assert answered.status_code == 200, answered.text
    said: dict[str, Any] = answered.json()
    return said


def told_of_export(browser: Browser) -> dict[str, Any]:
    """The list once it has the export, which the server tells without waiting for it."""
    for _ in range(100):
        found = listed(browser)
        if any(one["kind"] == "export" for one in found["notices"]):
            return found
        time.sleep(0.05)
    raise AssertionError("the export was never told")


def test_an_export_is_told_to_who_asked_for_it_and_read_by_that_person(site: Site) -> None:
    exporter = came(site, "notices_exporter", roles=["county"], region=LEIYANG)
    other = came(site, "notices_other", roles=["county"], region=LEIYANG)
    made = exporter.post("/api/v1/categories/weighing/exports", {"format": "csv", "query": {}}).json()
    own = told_of_export(exporter)
    [notice] = [one for one in own["notices"] if one["kind"] == "export"]
    assert notice["title"] == f"导出完成：{made['name']}"
    assert exporter.get(notice["file"]).status_code == 200
    assert [one for one in listed(other)["notices"] if one["kind"] == "export"] == []
    assert other.get(notice["file"]).status_code == 404
    asked = {"until": own["until"] + 10_000, "ids": [notice["id"]]}
    assert other.post("/api/ui/notices/read", asked).status_code == 200
    assert listed(exporter)["unread"] == 1, "nobody reads for another"
    assert exporter.post("/api/ui/notices/read", {"until": listed(exporter)["until"]}).status_code == 200
    assert (listed(exporter)["unread"], listed(exporter, unread="true")["notices"]) == (0, [])


def test_a_refused_reload_reaches_those_who_may_edit(site: Site, whole: Browser) -> None:
    bad = site.zc.home / "config" / "categories" / "notices_bad.yaml"
    bad.write_text("title: 测试\nentity: nowhere\n", encoding="utf-8")
    try:
        assert not operate(Home(site.zc.home), "reload", who="test")["activated"]
        found = [one for one in listed(whole)["notices"] if one["kind"] == "declarations"]
        assert [(one["level"], one["page"], one["stands"]) for one in found] == [("error", "declarations", True)]
        for login in ("leiyang", "guard", "guest", "nobody"):
            assert [one["kind"] for one in listed(site.browsers[login])["notices"] if one["kind"] != "export"] == []
    finally:
        bad.unlink()
        assert operate(Home(site.zc.home), "reload", who="test")["activated"]


@pytest.mark.parametrize(
    "body", [{}, {"until": -1}, {"until": 1, "ids": [0]}, {"until": 1, "ids": ["x"]}, {"until": 1 << 70}]
)
def test_what_is_no_question_is_refused(whole: Browser, body: dict[str, Any]) -> None:
    assert whole.post("/api/ui/notices/read", body).status_code == 400


def test_strangers_have_none(stranger: Browser) -> None:
    assert stranger.get("/api/ui/notices").status_code == 401
    assert stranger.post("/api/ui/notices/read", {"until": 1}).status_code in (401, 403)
