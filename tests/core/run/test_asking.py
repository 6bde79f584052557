"""Rows, totals and exports of a category: apart, whole, and with what they say of how far was looked."""

from __future__ import annotations

import pytest

from core.run import asking, exporting


def test_rows_come_without_the_totals_that_are_asked_beside_them(there, declared):
    admin = declared("admin")
    whole = admin.find("weighing", {"gross_kg.from": ["1"]})
    rows = admin.find("weighing", {"gross_kg.from": ["1"], "count": ["false"]})
    totals = admin.totals("weighing", {"gross_kg.from": ["1"]})
    assert totals == {"count": 2, "capped": False, "count_text": "2", "sums": {"gross_kg": 80000}}
    assert {name: whole[name] for name in totals} == totals
    assert rows.keys() == whole.keys() - totals.keys()
    assert (rows["records"], rows["reached"]) == (whole["records"], None)


@pytest.mark.parametrize("asked", [{"day": ["20200101"]}, {"gross_kg.from": ["299999"]}])
def test_of_nothing_there_is_no_sum_whatever_tells_it(there, declared, asked):
    totals = declared("admin").totals("weighing", asked)
    assert (totals["count"], totals["sums"]) == (0, {"gross_kg": 0})


def test_a_page_says_how_far_it_looked(there, declared, monkeypatch):
    monkeypatch.setattr(asking, "REACH", 1)
    admin = declared("admin")
    asked = {"gross_kg.from": ["50000"], "sort": ["weighed_at"]}
    first = admin.find("weighing", asked)
    assert (first["capped"], first["sums"], first["reached"] is None) == (True, {"gross_kg": None}, False)
    rest = admin.find("weighing", {**asked, "after": [first["after"]]})
    found = [record["code"] for record in (*first["records"], *rest["records"])]
    assert (found, rest["after"], rest["reached"]) == (["T1"], None, None)


@pytest.mark.parametrize("sort", ["gross_kg", "-gross_kg", "-weighed_at", "code"])
def test_an_export_has_all_rows_in_order_however_it_finds_them(there, declared, monkeypatch, sort):
    monkeypatch.setattr(exporting, "ROWS_A_STEP", 2)
    for number, gross_kg in enumerate((3, 1, 4, 1, 5)):
        told = {"code": f"E{number}", "weighed_at": f"2026-11-0{number + 1} 08:00:00", "gross_kg": gross_kg}
        there.admin().add("weighing", told)
    listed = there.admin().find("weighing", {"sort": [sort]})["records"]
    assert len(listed) == 7
    assert list(there.admin().rows("weighing", {"sort": [sort]})) == listed
