"""The figures of every shipped page: what a block asks, what the API says, what is exported and what lies in the list
behind a figure are the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from core.api import Seeing, beside
from core.declare.library import Cache
from core.entity.measure import ONLINE
from core.run.build import build
from core.run.home import Home
from tests.webui.browser import Browser
from tests.webui.conftest import STATIONS, Site, weighing
from webui.exporting import listing

Block = dict[str, Any]
SEED = 20261123
PLATES = ("湘D5K{:03d}", "粤A5K{:03d}", "赣B5K{:03d}", "")
"""Of each record its own, so that a plate tells whose it is; some have none."""


@pytest.fixture(scope="module")
def blocks(site: Site) -> list[Block]:
    """Every block of the menu's pages that asks a statistic, over records of all sorts."""
    whole = site.browsers["whole"]
    chance = random.Random(SEED)  # noqa: S311 - test data
    stations = [station for some in STATIONS.values() for station in some]
    site.post(*(_some(chance, number, chance.choice(stations)) for number in range(60)))
    pages = [page["id"] for group in whole.get("/api/ui/me").json()["menu"] for page in group["pages"]]
    rows = [row for page in pages for row in whole.get(f"/api/ui/pages/{page}").json()["rows"]]
    return [block for block in _within(rows) if "statistic" in block and block["block"] != "filters"]


def _some(chance: random.Random, number: int, station: str) -> dict[str, Any]:
    gross = chance.choice((9_000, 18_000, 18_200, 20_000, 49_000, 54_000, 59_000, 80_000, 100_000, 131_000))
    plate = chance.choice(PLATES).format(number)
    other = {"axisnum": chance.randint(2, 6), "totalweight": gross, "ianeno": chance.randint(1, 4)}
    return weighing(f"FIG-{number}", station, plate, **other)


def _within(rows: list[list[Block]]) -> Iterator[Block]:
    for block in (block for row in rows for block in row):
        yield block
        for tab in block.get("tabs", ()):
            yield from _within(tab["rows"])


def answer(browser: Browser, block: Block, **more: Any) -> dict[str, Any]:
    """What the API says to a block's question."""
    answered = browser.get(f"/api/v1/statistics/{block['statistic']['id']}", params=block["query"] | more)
    assert answered.status_code == 200, (block["title"], answered.text)
    told: dict[str, Any] = answered.json()
    return told


def test_every_shipped_statistic_is_on_a_page_and_answers(site: Site, whole: Browser, blocks: list[Block]) -> None:
    asked = {block["statistic"]["id"] for block in blocks}
    assert {"weighings", "truck_structure", "truck_origin", "traffic_by_lane", "overload_depth"} <= asked
    assert {block["block"] for block in blocks} == {"number", "chart", "figures", "ranking", "map"}
    for block in blocks:
        told = answer(whole, block)
        names = [one["name"] for one in told["columns"] if one["kind"] == "measure"]
        assert names == [one["name"] for one in block["measures"]], block["title"]
        beside = {one["name"] for one in told["columns"] if one["kind"] == "online"}
        assert beside == (set(ONLINE) if block.get("online") else set())
        assert told["totals"].keys() - {"why"} == {*names, *beside}


def test_a_station_of_which_nothing_came_has_a_row_beside_those_online(whole: Browser, blocks: list[Block]) -> None:
    block = next(one for one in blocks if one.get("online"))
    told = answer(whole, block)
    shown = {row["station"]: row for row in told["rows"]}
    for one in told["completeness"]["stations"]:
        row = shown[one["station"]]
        assert (row["hours_due"], row["hours_present"]) == (one["expected"], one["present"])
        assert row["last_received"] == one["last_received"]
        assert row["online_rate"] == (round(100 * one["present"] / one["expected"], 2) if one["expected"] else None)
        assert row["trucks"] or row["trucks"] == 0
    rates = [row["online_rate"] for row in told["rows"] if row["online_rate"] is not None]
    assert rates == sorted(rates)


def test_who_was_online_is_told_of_stations_alone(whole: Browser, blocks: list[Block]) -> None:
    block = next(one for one in blocks if one.get("online"))
    by_region = {**block, "query": {**block["query"], "by": ["station.region"]}}
    found = whole.get(f"/api/v1/statistics/{block['statistic']['id']}", params=by_region["query"])
    assert found.status_code == 400
    assert "在线率" in found.text


def test_what_adds_up_is_the_same_in_rows_totals_and_the_list(whole: Browser, blocks: list[Block]) -> None:
    compared = 0
    for block in (one for one in blocks if one["drill"]):
        told, drill = answer(whole, block), block["drill"]
        for measure in (one["name"] for one in block["measures"] if one["adds"] and one["unit"] == "辆"):
            where = drill["query"] | drill["measures"][measure] | {f"{drill['time']}.within": block["query"]["within"]}
            category = next(one for one in _listed(whole, drill["page"]))
            query = {**where, **_conditions(block)}
            found = whole.get(f"/api/v1/categories/{category}/totals", params=query).json()
            assert told["totals"][measure] == found["count"], (block["title"], measure, query)
            if "top" not in block["query"]:
                assert told["totals"][measure] == sum(row[measure] for row in told["rows"]), (block["title"], measure)
            compared += 1
    assert compared > 20


def test_the_export_of_every_block_says_what_the_api_says(site: Site, whole: Browser, blocks: list[Block]) -> None:
    home = Home(site.zc.home)
    built = build(home, Cache(), skip_trials=True).snapshot
    assert built is not None
    with beside(home, built.digest, 1) as platform:
        seeing = Seeing(platform, platform.accounts.account_of("whole"), platform.snapshot)
        for block in blocks:
            found = listing(seeing, "statistic", block["statistic"]["id"], block["query"], ())
            told = answer(whole, block)
            said = [_said(told, row, told_of(told, "rows", at)) for at, row in enumerate(told["rows"])]
            names = [name for name, _, is_text in found.columns if not is_text]
            rows = [dict(zip(names, list(row)[len(row) - len(names) :], strict=True)) for row in found.rows]
            assert rows == said, block["title"]
            assert found.sums == _said(told, told["totals"], told_of(told, "totals")), block["title"]


def told_of(told: dict[str, Any], part: str, at: int | None = None) -> dict[str, Any]:
    """{comparison: its changes of the totals, or of the row at a place}."""
    return {name: found[part] if at is None else found[part][at] for name, found in told["compared"].items()}


def _said(told: dict[str, Any], row: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """What a file has of a row: its measures, each with its changes, and what is told beside them."""
    figures = [one for one in told["columns"] if one["kind"] != "dimension"]
    moved = {
        f"{one['name']}.{name}": found[one["name"]]
        for one in figures
        if one["kind"] == "measure"
        for name, found in changes.items()
    }
    return {one["name"]: row[one["name"]] for one in figures} | moved


def test_linked_figures_narrow_alike(whole: Browser, blocks: list[Block]) -> None:
    station = STATIONS["430481"][0]
    for block in (one for one in blocks if one.get("linked") and one["statistic"]["id"] == "weighings"):
        told = answer(whole, block, station=station)
        assert told["definition"]["asked"], block["title"]
        by_station = [row for row in answer(whole, block)["rows"] if row.get("station") == station]
        for row in by_station:
            same = next(one for one in told["rows"] if one["station"] == station)
            trucks = [one["name"] for one in block["measures"] if one["adds"]]
            assert [same[name] for name in trucks] == [row[name] for name in trucks]


def test_a_station_sees_figures_of_its_own_alone(site: Site, blocks: list[Block]) -> None:
    guard = site.browsers["guard"]
    table = next(one for one in blocks if one["block"] == "figures" and one["query"]["by"] == ["station"])
    assert {row["station"] for row in answer(guard, table)["rows"]} == {"DEMO-430481-01"}


def _conditions(block: Block) -> dict[str, Any]:
    """What a block asks of its dimensions, where the list has the same."""
    own = {"by", "measure", "within", "compare", "order", "top", "completeness"}
    return {name: values for name, values in block["query"].items() if name not in own}


def _listed(browser: Browser, page: str) -> Iterator[str]:
    rows = browser.get(f"/api/ui/pages/{page}").json()["rows"]
    return (block["category"]["id"] for block in _within(rows) if block["block"] == "table")
