"""One box over all categories, one plate's life, the log: what they tell whom."""

from __future__ import annotations

import json
from inspect import signature
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.run.operations import OPERATIONS
from core.run.web import FROM_WEB
from tests.webui.browser import Browser
from tests.webui.conftest import Site
from tests.webui.test_scope import LOGINS, VALUES, all_there, leaks, without

__all__ = ["all_there"]

LOG = "/api/v1/log"
SOME = {
    "login": "nobody_of_that_name", "session": 10**9, "interface": "none", "partner": "none", "entity": "log",
    "name": "none", "statistic": "none", "data": "", "replace": True,
}  # fmt: skip
"""Arguments for operations that are tried on the log, or on what is not there."""
ADDING = {"reload", "partner.add", "user.add"}
"""Operations that would leave something behind for other tests."""


@given(
    login=st.sampled_from(LOGINS),
    path=st.sampled_from(["/api/v1/overview?q=", "/api/v1/life?plate="]),
    text=st.sampled_from([*VALUES, "湘D82000", "湘D81000", "T430482", "测试"]),
    category=st.sampled_from(["", "&category=weighing", "&category=user&category=station", "&category=none"]),
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_question_reaches_beyond_the_scope(
    site: Site, all_there: dict[str, Any], login: str, path: str, text: str, category: str
) -> None:
    answered = site.browsers[login].get(f"{path}{text}{category}")
    assert answered.status_code in (200, 400, 403)
    assert leaks(login, without(answered.text, [text]), all_there) == []


def test_a_life_has_every_record_of_the_plate_that_one_sees(site: Site, all_there: dict[str, Any]) -> None:
    plate = next(iter(all_there["plates"]))
    wanted = site.browsers["whole"].records("weighing", plate=plate)
    [group] = site.browsers["whole"].get("/api/v1/life", params={"plate": plate}).json()["groups"]
    assert [one["id"] for one in group["found"]["records"]] == [one["id"] for one in wanted]
    assert group["first"] == min(one["weighed_at"] for one in wanted)
    counted = {facet["name"]: sum(one["count"] for one in facet["values"]) for facet in group["facets"]}
    assert counted == dict.fromkeys(("overload_class", "axles", "station"), len(wanted))
    assert site.browsers["guest"].get("/api/v1/life", params={"plate": plate}).status_code == 403
    for login, there in (("leiyang", True), ("guest", False)):
        menu = json.dumps(site.browsers[login].get("/api/ui/me").json()["menu"])
        assert ('"id": "vehicle"' in menu) == there, "the page of a plate is for those who see plates"


def test_the_catalogue_names_the_page_of_each_list(whole: Browser) -> None:
    pages = {one["id"]: one["page"] for one in whole.get("/api/v1/categories").json()}
    assert (pages["weighing"], pages["station"], pages["user"]) == ("weighings", "stations", "users")
    for name in pages:
        assert whole.get(f"/api/v1/categories/{name}/manual").status_code == 200


@pytest.mark.parametrize("login", ["leiyang", "guard", "guest", "nobody"])
def test_the_log_is_closed_to_others(site: Site, login: str) -> None:
    assert site.browsers[login].get(LOG).status_code == 403
    menu = json.dumps(site.browsers[login].get("/api/ui/me").json()["menu"])
    assert not {page for page in ("log", "sessions", "see_as", "users") if f'"id": "{page}"' in menu}


def lines(browser: Browser) -> dict[int, str]:
    """Every line of the log."""
    found: dict[int, str] = {}
    after: dict[str, str] = {}
    while True:
        answered = browser.get(LOG, params={"limit": "500", **after}).json()
        found |= {line["id"]: json.dumps(line, sort_keys=True) for line in answered["lines"]}
        if answered["after"] is None:
            return found
        after = {"after": answered["after"]}


def test_nothing_that_a_person_can_ask_takes_a_line_away(site: Site, whole: Browser) -> None:
    before = lines(whole)
    assert before
    for method in ("DELETE", "PUT", "PATCH", "POST"):
        proof = {"X-XSRF-Token": whole.client.cookies["_xsrf"]}
        answered = whole.client.request(method, LOG, json={}, headers=proof)
        assert answered.status_code in (404, 405)
    said = {
        "": {"values": {"who": "x"}},
        "/1/amend": {"values": {"who": "x"}, "why": "测试", "version": 0},
        "/1/void": {"why": "测试"},
        "/1/reveal": {"field": "who", "why": "测试"},
    }
    for path, body in said.items():
        assert whole.post(f"/api/v1/entities/log{path}", body).status_code in (400, 404)
    for name in sorted(FROM_WEB - ADDING):
        taken = signature(OPERATIONS[name]).parameters
        given = {key: value for key, value in SOME.items() if key in taken}
        whole.post(f"/api/ui/operations/{name}", {"arguments": given})
    after = lines(whole)
    assert {number: after.get(number) for number in before} == before


def test_no_role_can_be_given_a_right_on_the_log(site: Site) -> None:
    file = site.zc.home / "config" / "roles" / "wiper.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text("title: 测试角色\nrights: {log: [see, amend, void]}\noperations: [log.clear]\n", encoding="utf-8")
    try:
        said = site.zc("check", code=1)
    finally:
        file.unlink()
    assert "ZC354" in said
    assert "ZC356" in said
