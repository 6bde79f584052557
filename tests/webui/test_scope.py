"""Whoever asks, by whatever way: no row outside the scope, no masked field unmasked."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tornado.websocket import websocket_connect

from tests.webui.browser import Browser
from tests.webui.conftest import LEIYANG, STATIONS, Site
from tests.webui.test_live import request

LOGINS = ("whole", "leiyang", "guard", "guest", "nobody")
CATEGORIES = ("weighing", "overloaded", "station", "region", "lane", "device", "user")
FIELDS = ("station", "plate", "code", "axles", "overload_class", "title", "region", "login", "demo")
TESTS = ("", ".like", ".starts", ".in", ".from", ".to", ".above", ".present", ".not", ".within")
VALUES = (
    "DEMO-430482-01",
    "DEMO",
    "湘D82000",
    "湘D8",
    "T430482-0",
    "430482",
    "430481",
    "6",
    "0",
    "true",
    "today",
    "常宁",
    "whole",
    "",
)
SORTS = ("", "plate", "-plate", "code", "-id", "station", "no_field")


def allowed(login: str, stations: frozenset[str]) -> frozenset[str]:
    """The stations whose records a person may see."""
    return {
        "whole": stations, "guest": stations, "leiyang": frozenset(one for one in stations if f"-{LEIYANG}-" in one),
        "guard": frozenset({STATIONS[LEIYANG][0]}), "nobody": frozenset(),
    }[login]  # fmt: skip


@pytest.fixture(scope="module")
def all_there(site: Site) -> dict[str, Any]:
    """{stations, plates: {plate: station}, codes: {code: station}} as the operator at the machine sees them."""
    weighings = site.zc.json("find", "weighing", "--limit", "1000")
    return {
        "stations": frozenset(one["code"] for one in site.zc.json("find", "station", "--limit", "1000")),
        "plates": {one["plate"]: one["station"] for one in weighings if one["plate"]},
        "codes": {one["code"]: one["station"] for one in weighings},
    }


def leaks(login: str, text: str, there: dict[str, Any]) -> list[str]:
    """What the text has that this person may not see."""
    mine = allowed(login, there["stations"])
    found = [station for station in there["stations"] - mine if station in text]
    found += [code for code, station in there["codes"].items() if station not in mine and f'"{code}"' in text]
    masked = login in ("guest", "nobody")
    found += [plate for plate, station in there["plates"].items() if (masked or station not in mine) and plate in text]
    return found


def without(text: str, said: Iterable[str]) -> str:
    """The text without what the person said himself, which an error may quote."""
    for one in sorted((one for one in said if one), key=len, reverse=True):
        text = text.replace(one, "…")
    return text


values = st.sampled_from(VALUES)
shown = st.sampled_from((*CATEGORIES, "weighings"))
queries = st.dictionaries(st.tuples(st.sampled_from(FIELDS), st.sampled_from(TESTS)).map("".join), values, max_size=3)
lists = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@lists
@given(
    login=st.sampled_from(LOGINS), category=st.sampled_from(CATEGORIES), query=queries, sort=st.sampled_from(SORTS),
    way=st.sampled_from(["", "/totals", "/facets", "/print", "/records"]), field=st.sampled_from(FIELDS),
    number=st.integers(0, 40),
)  # fmt: skip
def test_no_question_shows_what_is_not_ones_own(
    site: Site, all_there: dict[str, Any], login: str, category: str, query: dict[str, str], sort: str, way: str,
    field: str, number: int,
) -> None:  # fmt: skip
    browser = site.browsers[login]
    base = f"/api/v1/categories/{category}"
    path = {
        "": base,
        "/totals": f"{base}/totals",
        "/facets": f"{base}/facets",
        "/print": f"/print/categories/{category}",
        "/records": f"{base}/records/{number}",
    }[way]
    params = {**query, **({"sort": sort} if sort else {}), **({"field": field} if way == "/facets" else {})}
    answered = browser.get(path, params=params)
    assert answered.status_code in (200, 400, 403, 404), answered.text
    text = answered.text if answered.status_code == 200 else without(answered.text, [*params.values()])
    if answered.status_code == 200 and way == "":
        text = json.dumps(answered.json(), ensure_ascii=False)
    found = leaks(login, without(text, [value for value in query.values() if way == "/print"]), all_there)
    assert found == []
    if login == "nobody":
        assert answered.status_code != 200 or "DEMO-" not in text


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    login=st.sampled_from(LOGINS),
    by=st.sampled_from(["station", "overload_class", "day", "plate", "axles", "station,day"]),
    query=st.dictionaries(st.sampled_from(["station", "station.in", "axles", "within"]), values, max_size=2),
)
def test_no_statistic_counts_what_is_not_ones_own(
    site: Site, all_there: dict[str, Any], login: str, by: str, query: dict[str, str]
) -> None:
    answered = site.browsers[login].get("/api/v1/statistics/weighings", params={"by": by, **query})
    assert answered.status_code in (200, 400, 403), answered.text
    if answered.status_code != 200:
        return
    said = without(
        json.dumps(answered.json(), ensure_ascii=False), query.values()
    )  # the definition repeats the question
    assert leaks(login, said, all_there) == []
    if not query and by in ("station", "day"):
        mine = allowed(login, all_there["stations"])
        number = sum(station in mine for station in all_there["codes"].values())
        assert sum(row["count"] for row in answered.json()["rows"]) == number


@pytest.mark.parametrize("login", LOGINS)
def test_lists_details_and_choices_end_at_the_scope(site: Site, all_there: dict[str, Any], login: str) -> None:
    browser, mine = site.browsers[login], allowed(login, all_there["stations"])
    listed = browser.get("/api/v1/categories/weighing", params={"limit": 200})
    if login == "nobody":
        assert listed.status_code == 403 or listed.json()["records"] == []
        return
    seen = browser.records("weighing")
    assert {one["station"] for one in seen} == {station for station in all_there["codes"].values() if station in mine}
    assert len(seen) == sum(station in mine for station in all_there["codes"].values())
    assert browser.get("/api/v1/categories/weighing/totals").json()["count"] == len(seen)
    choices = browser.get("/api/v1/entities/station/choices", params={"limit": 200}).json()
    assert {one["value"] for one in choices} == mine
    tree = browser.get("/api/v1/entities/station/choices", params={"tree": "1"}).text
    assert leaks(login, tree, all_there) == []
    own = {one["id"] for one in seen}
    for one in site.browsers["whole"].records("weighing"):
        assert (browser.get(f"/api/v1/categories/weighing/records/{one['id']}").status_code == 200) == (
            one["id"] in own
        )


def test_a_masked_field_is_masked_everywhere_and_revealed_with_a_reason(site: Site, all_there: dict[str, Any]) -> None:
    guest, whole = site.browsers["guest"], site.browsers["whole"]
    one = next(one for one in whole.records("weighing") if one["code"] == "T430481-0")
    said = guest.get(f"/api/v1/categories/weighing/records/{one['id']}").json()
    assert "plate" in said["masked"]
    assert said["record"]["plate"] != one["plate"]
    path = f"/api/v1/entities/weighing/{one['id']}/reveal"
    assert guest.post(path, {"field": "plate", "why": " "}).status_code == 422
    assert guest.post(path, {"field": "no_field", "why": "测试"}).status_code in (400, 404)
    answered = guest.post(path, {"field": "plate", "why": "测试查看"})
    assert answered.json() == {"value": one["plate"]}
    events = whole.get(f"/api/v1/categories/weighing/records/{one['id']}").json()["events"]
    assert any((event["who"], event["why"]) == ("guest", "测试查看") for event in events)
    assert site.browsers["guard"].post(path, {"field": "plate", "why": "测试"}).status_code == 403


@pytest.mark.parametrize(("login", "form"), [("whole", "csv"), ("leiyang", "csv"), ("leiyang", "xlsx")])
def test_no_export_has_what_is_not_ones_own(site: Site, all_there: dict[str, Any], login: str, form: str) -> None:
    browser = site.browsers[login]
    begun = browser.post("/api/v1/categories/weighing/exports", {"format": form, "query": {"sort": "code"}})
    answered = browser.get(f"/api/v1/exports/{begun.json()['export']}/file")
    text = _text(answered, form)
    assert leaks(login, text, all_there) == []
    mine = allowed(login, all_there["stations"])
    assert {code for code in all_there["codes"] if code in text} >= {
        code for code, station in all_there["codes"].items() if station in mine
    }


def _text(answered: httpx.Response, form: str) -> str:
    if form == "csv":
        return "\n".join(
            '"' + '" "'.join(row) + '"' for row in csv.reader(io.StringIO(answered.content.decode("utf-8-sig")))
        )
    with zipfile.ZipFile(io.BytesIO(answered.content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist()).replace("<t>", '"').replace("</t>", '"')


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    login=st.sampled_from(LOGINS),
    watched=st.lists(st.tuples(st.sampled_from(["category", "statistic"]), shown), max_size=6),
)
def test_a_socket_takes_what_the_api_shows(site: Site, login: str, watched: list[tuple[str, str]]) -> None:
    browser = site.browsers[login]
    said = [{"block": n, "kind": kind, "id": name} for n, (kind, name) in enumerate(watched)]
    said.append({"block": 99, "kind": "category", "id": "there_is_none"})
    expected = [n for n, (kind, name) in enumerate(watched) if not _may(browser, kind, name)] + [99]

    async def whole() -> None:
        connection = await websocket_connect(request(browser))
        connection.write_message(json.dumps({"watch": said}))
        while "refused" not in (message := json.loads(str(await connection.read_message()))):
            assert "湘" not in str(message)
        assert message["refused"] == expected
        connection.close()
        await asyncio.sleep(0.1)

    asyncio.run(whole())


def _may(browser: Browser, kind: str, name: str) -> bool:
    place = "categories" if kind == "category" else "statistics"
    params = {"limit": "1"} if kind == "category" else {"by": "day"}
    return browser.get(f"/api/v1/{place}/{name}", params=params).status_code == 200
