"""Changing records over the API: who amends names the version that he read."""

from __future__ import annotations

from typing import Any

import httpx

from tests.webui.browser import Browser
from tests.webui.conftest import Site

DEVICE = "DEMO-430412-01-R1"


def amended(browser: Browser, number: int, **said: Any) -> httpx.Response:
    """The answer to an amendment of the device."""
    return browser.post(f"/api/v1/entities/device/{number}/amend", {"why": "测试", **said})


def test_of_two_who_read_the_same_version_the_later_is_told(site: Site, whole: Browser) -> None:
    [device] = whole.records("device", code=DEVICE)
    number, path = device["id"], f"/api/v1/categories/device/records/{device['id']}"
    read = whole.get(path).json()
    assert [(one["verb"], one["who"]) for one in read["events"]] == [("stored", "init")]
    assert amended(whole, number, values={"model": "测试一"}).status_code == 400, "without a version nothing is amended"
    assert amended(whole, number, values={"model": "测试一"}, version=read["version"]).status_code == 200
    late = amended(whole, number, values={"serial": "测试二"}, version=read["version"])
    assert late.status_code == 409
    [change] = late.json()["changes"]
    assert (change["who"], [one["label"] for one in change["changes"]]) == ("whole", ["型号"])
    assert "whole 于 " in late.json()["error"]
    now = whole.get(path).json()
    assert (now["record"]["model"], now["record"]["serial"]) == ("测试一", read["record"]["serial"])
    assert amended(whole, number, values={"serial": "测试二"}, version=now["version"]).status_code == 200
