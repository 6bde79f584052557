"""The desk of declarations over HTTP: for those whose role has it, with its refusals and conflicts told as such."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.webui.browser import Browser
from tests.webui.conftest import Site

NAMES = (
    "declaration.list", "declaration.open", "declaration.check", "declaration.activate", "declaration.history",
    "declaration.version",
)  # fmt: skip
PATH = "config/categories/region.yaml"
TEXT = "like: region\ntitle: 测试区划\n"


def ran(browser: Browser, name: str, **arguments: Any) -> httpx.Response:
    """What an operation is answered."""
    return browser.post(f"/api/ui/operations/{name}", {"arguments": arguments})


def drafted(browser: Browser, text: str | None, path: str = PATH) -> list[dict[str, Any]]:
    """A draft made from what the file says now."""
    opened = ran(browser, "declaration.open", path=path).json()["result"]
    return [{"path": path, "text": text, "base": opened["base"]}]


@pytest.mark.parametrize("login", ["leiyang", "guard", "guest", "nobody"])
def test_who_has_no_such_operation_reaches_no_file(site: Site, login: str) -> None:
    for name in NAMES:
        assert ran(site.browsers[login], name, path=PATH, changes=[]).status_code == 403


def test_what_breaks_is_told_and_what_is_good_is_in_force_for_all(site: Site, whole: Browser) -> None:
    before = whole.get("/api/ui/me").json()["snapshot"]
    broken = ran(whole, "declaration.activate", changes=drafted(whole, f"{TEXT}colour: red\n"), note="测试").json()
    assert (broken["result"]["activated"], broken["result"]["number"]) == (False, before)
    problem = broken["result"]["problems"][0]
    assert (problem["file"], problem["line"], problem["code"]) == (PATH, 3, "ZC204")
    assert problem["zh"]["what"] == "没有键「colour」"
    assert not (site.zc.home / PATH).exists()
    stale = drafted(whole, TEXT)
    done = ran(whole, "declaration.activate", changes=stale, note="测试改名").json()["result"]
    assert done["activated"]
    assert int(whole.get("/api/v1/categories/region").headers["X-Snapshot"]) >= done["number"] > before
    assert ran(whole, "declaration.history", path=PATH).json()["result"][0]["who"] == "whole"
    conflict = ran(whole, "declaration.activate", changes=[{**stale[0], "text": f"{TEXT}\n"}], note="测试")
    assert conflict.status_code == 409
    assert PATH in conflict.json()["error"]
    gone = ran(whole, "declaration.activate", changes=drafted(whole, None), note="测试收尾").json()["result"]
    assert gone["activated"]
    assert not (site.zc.home / PATH).exists()


@pytest.mark.parametrize(
    "path", ["config/secrets.yaml", "config/categories/../secrets.yaml", "/etc/passwd", "plugins/stations/plugin.yaml"]
)
def test_other_files_are_not_there(whole: Browser, path: str) -> None:
    assert ran(whole, "declaration.open", path=path).status_code == 404
    changes = [{"path": path, "text": "title: x\n", "base": ""}]
    assert ran(whole, "declaration.check", changes=changes).status_code == 404
    assert ran(whole, "declaration.activate", changes=changes, note="测试").status_code == 404


def test_activations_are_logged_and_looks_of_somebody_who_types_are_not(whole: Browser) -> None:
    assert ran(whole, "declaration.check", changes=drafted(whole, TEXT)).json()["result"]["good"]
    ran(whole, "declaration.activate", changes=drafted(whole, f"{TEXT}colour: red\n"), note="测试日志")
    lines = ran(whole, "log", kinds=["operation"], limit=20).json()["result"]
    assert ("whole", "declaration.activate") in {(line["who"], line["what"]) for line in lines}
    assert "declaration.check" not in {line["what"] for line in lines}


def test_a_change_without_a_note_is_not_made(whole: Browser) -> None:
    answered = ran(whole, "declaration.activate", changes=drafted(whole, TEXT), note="  ")
    assert (answered.status_code, bool(answered.json()["error"])) == (400, True)


def test_a_form_shows_what_a_text_is_like(whole: Browser) -> None:
    def shown(text: str, name: str = "site_type") -> dict[str, Any]:
        path = f"config/dictionaries/{name}.yaml"
        found: dict[str, Any] = ran(whole, "declaration.values", path=path, text=text).json()["result"]
        return found

    assert shown("title: 测试类型\n") == {"values": {"title": "测试类型"}, "starts": False}
    own = shown("like: site_type\ntitle: 测试类型\n")
    assert (own["starts"], own["values"]["title"]) == (True, "测试类型")
    assert own["values"]["items"]["21"]["label"] == "超限检测站"
    other = shown("like: site_type\nitems:\n  test: {label: 测试}\n", "test_kinds")["values"]
    assert other["items"] == {**own["values"]["items"], "test": {"label": "测试"}}
    alone = "like: nowhere\ntitle: 测试\n"
    assert shown(alone, "test_kinds") == {"values": {"like": "nowhere", "title": "测试"}, "starts": False}
