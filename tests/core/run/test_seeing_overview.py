"""The log, and one text asked in several categories, through Seeing."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from inspect import signature
from itertools import pairwise
from pathlib import Path

import pytest

from core.declare.problem import ZcError
from core.run.blocks import announced
from core.run.logged import KINDS
from core.run.operations import OPERATIONS
from core.run.web import FROM_WEB
from core.run.words import NotAllowed, words
from tests.core.run.seen import role

ROOT = Path(__file__).parents[3]
ADDS = re.compile(r'log\.add\(\s*"(\w+)"|self\._log\("(\w+)"')


def test_the_log_is_read_page_after_page_by_those_who_may(there, declared):
    for number in range(5):
        there.platform.store.log.add("login" if number % 2 else "export", "甲", "127.0.0.1", "weighing", rows=number)
    admin = declared("admin")
    first = admin.log({"limit": ["2"], "kind.in": ["login", "export"]})
    assert [line["detail"] for line in first["lines"]] == [
        [{"label": "行数", "text": "4"}],
        [{"label": "行数", "text": "3"}],
    ]
    assert (first["lines"][0]["label"], first["lines"][0]["what"]) == ("导出", "称重")
    rest = admin.log({"limit": ["9"], "kind.in": ["login", "export"], "after": [first["after"]]})
    assert ([line["kind"] for line in rest["lines"]], rest["after"]) == (["export", "login", "export"], None)
    assert admin.log({"who.like": ["%乙%"]})["lines"] == []
    assert admin.log({"at.within": ["yesterday"]})["lines"] == []
    assert len(admin.log({"at.within": ["today"], "kind": ["login"]})["lines"]) == 2
    with pytest.raises(ZcError, match="没有条件"):
        admin.log({"detail": ["x"]})
    for other in (declared("county", region="R1"), declared("auditor")):
        with pytest.raises(NotAllowed):
            other.log({})


def test_what_the_log_names_has_words():
    assert {name for name in FROM_WEB if f"operation_{name}" not in words()} == set()
    asked = {name for one in FROM_WEB for name in [*signature(OPERATIONS[one]).parameters][2:]}
    assert {name for name in asked - {"rights"} if f"argument_{name}" not in words()} == set()
    assert {kind for kind in KINDS if f"log_{kind}" not in words()} == set()
    assert set(announced()["log"]["options"]["kinds"]["allowed"]) == set(KINDS)
    texts = [file.read_text("utf-8") for file in (ROOT / "core").rglob("*.py")]
    written = {kind for text in texts for found in ADDS.findall(text) for kind in found if kind}
    assert written - set(KINDS) == set()
    assert len(written) > 5


def test_one_text_is_asked_in_every_category_that_one_sees(there, declared):
    admin = there.admin()
    found = admin.overview({"q": ["T"]} | {"q": ["T1"]})
    assert [(one["category"]["id"], one["field"]["name"]) for one in found["groups"]] == [("weighing", "code")]
    group = found["groups"][0]
    assert (group["query"], group["page"]) == ({"code.starts": ["T1"]}, "list")
    assert [one["code"] for one in group["found"]["records"]] == ["T1"]
    assert {one["category"]["id"] for one in admin.overview({"q": ["站点号码"]})["groups"]} == {"station"}
    assert admin.overview({"q": ["T1"], "category": ["station"]})["groups"] == []
    county = there.as_(role("r", scope="region"), region="R2")
    assert county.overview({"q": ["T1"]})["groups"] == []
    assert county.overview({"q": ["站点号码"]})["groups"] == []  # the title is masked, so nobody may ask by it
    with pytest.raises(ZcError, match="2 到 64"):
        admin.overview({"q": ["T"]})


def test_a_page_whose_blocks_are_all_denied_is_not_in_the_menu(there):
    everything = role("all")
    stations = role("stations", rights={"station": ["see"]})
    assert "list" in str(there.as_(everything).menu())
    assert "'list'" not in str(there.as_(stations).menu())


def test_a_figure_by_day_names_every_day_of_its_window(declared):
    said = declared("admin").statistic("weighings", {"by": ["day"], "within": ["7 days"]})
    days = [date.fromisoformat(one) for one in said["steps"]["day"]]
    assert len(days) == 8  # that of a week ago is begun
    assert {later - day for day, later in pairwise(days)} == {timedelta(days=1)}
    assert days[-1] == datetime.fromisoformat(said["as_of"]).date()
    assert declared("admin").statistic("weighings", {"by": ["day"]})["steps"] == {}
    assert len(declared("admin").statistic("weighings", {"by": ["day"], "within": ["today"]})["steps"]["day"]) == 1
