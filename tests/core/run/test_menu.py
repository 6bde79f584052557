"""The menu: a page is in it only where its person may use something on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from core.run.pages import Page
from tests.core.run.seen import World, role

TABLE = {"block": "table", "category": "weighing"}
CHART = {"block": "chart", "statistic": "weighings"}
FORM = {"block": "form", "entity": "station"}
SEARCH = {"block": "overview", "categories": []}
NARROW = {"block": "overview", "categories": ["weighing"]}
LIFE = {"block": "vehicle_life", "categories": []}
CATALOGUE = {"block": "categories"}
LOG = {"block": "log", "kinds": []}
TEXT = {"block": "text", "text": "测试"}


def shows(
    there: World, rights: dict[str, list[str]], *blocks: dict[str, Any], operations: tuple[str, ...] = ()
) -> bool:
    """Whether a page of these blocks is in the menu of somebody with these rights."""
    seeing = there.as_(replace(role("one", rights), operations=frozenset(operations)))
    rows = tuple(({"title": "", **block},) for block in blocks)
    page = Page("only", "测试页", "", "测试", 1, "Van", frozenset(), hidden=False, rows=rows)
    return bool(replace(seeing, snapshot=replace(seeing.snapshot, pages={"only": page})).menu())


@pytest.mark.parametrize(
    "block", [TABLE, CHART, FORM, SEARCH, NARROW, CATALOGUE, LOG], ids=lambda block: block["block"]
)
def test_a_page_without_anything_to_use_is_in_no_menu(there: World, block: dict[str, Any]) -> None:
    for blocks in ([block], [TEXT, block], [{"block": "tabs", "tabs": [{"title": "测试", "rows": [[block]]}]}]):
        assert not shows(there, {"user": []}, *blocks)
        assert shows(there, {"*": ["see", "add"]}, *blocks, operations=("log",))


def test_a_block_over_several_categories_needs_one_of_its_own(there: World) -> None:
    stations = {"station": ["see"]}
    assert shows(there, stations, SEARCH)
    assert shows(there, stations, CATALOGUE)
    assert not shows(there, stations, NARROW)
    assert not shows(there, {"*": ["see"]}, LIFE), "no field of this site is a plate"


def test_words_are_a_page_where_there_is_nothing_else(there: World) -> None:
    assert shows(there, {"user": []}, TEXT)
    assert not shows(there, {"user": []}, TEXT, TABLE)
    assert shows(there, {"*": ["see"]}, TEXT, TABLE)
