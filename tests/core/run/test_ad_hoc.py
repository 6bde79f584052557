"""Questions that nobody declared, asked by people: scope and masks, what may be picked, what a pick is written as."""

from __future__ import annotations

from collections import Counter

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.declare.problem import ZcError
from core.run.words import NotAllowed, NotFound
from core.store import duck
from tests.core.run.seen import level, role, world
from tests.core.run.test_seeing_scope import SHARED, new_rows, refs, roles, store

DIMENSIONS = ("station", "plate", "driver", "kind")


@pytest.fixture
def there(store_url, tmp_path):
    with world(tmp_path, store_url) as made:
        yield made


questions = st.fixed_dictionaries(
    {
        "by": st.sampled_from(DIMENSIONS),
        "asked": st.sampled_from([None, *DIMENSIONS, "gross_kg"]),
        "sums": st.booleans(),
        "some": st.integers(0, 99),
        "written": st.booleans(),
    }
)


@SHARED
@given(roles=roles(), refs=refs, rows=new_rows, question=questions)
def test_nobody_counts_records_by_what_he_may_not_see(there, roles, refs, rows, question):
    store(there, rows)
    seeing = there.as_(*roles, **refs)
    by, asked = question["by"], question["asked"]
    some = there.weighings[sorted(there.weighings)[question["some"] % len(there.weighings)]]
    value = some[asked] if asked else None
    used = {by, *([asked] if value is not None else []), *(["gross_kg"] if question["sums"] else [])}
    may = [
        row
        for row in there.weighings.values()
        if level(roles, refs, row, "code") is not None and all(level(roles, refs, row, name) == 0 for name in used)
    ]
    matching = [row for row in may if value is None or row[asked] == value]
    query = {"by": [by], "measure": ["count", *(["sum:gross_kg"] if question["sums"] else [])]}
    if question["written"]:
        where = {asked: value} if value is not None else {}
        text = {
            "entity": "weighing",
            "where": where,
            "measures": {"sum_gross_kg": {"label": "合计", "sum": "gross_kg"}},
        }
        query = {**query, "ask": [yaml.safe_dump(text, allow_unicode=True)]}
        query["measure"] = [name.replace(":", "_") for name in query["measure"]]
    else:
        query |= {"entity": ["weighing"], **({asked: [str(value)]} if value is not None else {})}
    try:
        told = seeing.ad_hoc(query)
    except ZcError:
        assert not may
        return
    assert {row[by]: row["count"] for row in told["rows"]} == Counter(row[by] for row in matching)
    if question["sums"]:
        assert sum(row["sum_gross_kg"] for row in told["rows"]) == sum(row["gross_kg"] for row in matching)


def test_what_may_be_picked_is_what_is_shown_plainly(there):
    everything = there.admin().ad_hoc_offered({"entity": ["weighing"]})
    assert {"id": "weighing", "title": "称重"} in everything["entities"]
    names = {one["name"] for one in everything["entity"]["dimensions"]}
    assert {
        "day",
        "hour_of_day",
        "kind",
        "plate",
        "station",
        "station.region",
        "station.region@1",
        "provenance",
    } <= names
    measures = {one["name"]: one["label"] for one in everything["entity"]["measures"]}
    assert measures["count"] == "数量"
    assert measures["mean:gross_kg"] == "平均总重"
    assert "sum:kind" not in measures
    veiled = there.as_(role("plain", hide={"weighing": frozenset({"gross_kg"})})).ad_hoc_offered(
        {"entity": ["weighing"]}
    )
    assert {one["name"] for one in veiled["entity"]["dimensions"]}.isdisjoint({"plate", "driver", "kind"})
    assert [one["name"] for one in veiled["entity"]["measures"] if "gross_kg" in one["name"]] == []
    assert {one["name"] for one in veiled["entity"]["filters"]}.isdisjoint({"plate", "gross_kg"})
    nothing = there.as_(role("none", rights={"station": ["see"]}))
    assert [one["id"] for one in nothing.ad_hoc_offered({})["entities"]] == ["station"]
    with pytest.raises(NotAllowed):
        nothing.ad_hoc_offered({"entity": ["weighing"]})
    with pytest.raises(NotFound):
        nothing.ad_hoc_offered({"entity": ["odd"]})


def test_whatever_is_offered_can_be_asked(there):
    there.add(code="A1", station="S1", plate="湘D00001Z", driver="某甲", gross_kg=20000)
    there.add(code="A2", station="S4", plate="湘D00002Z", driver="某乙", gross_kg=60000)
    seeing = there.admin()
    for entity in ("weighing", "station", "region"):
        offered = seeing.ad_hoc_offered({"entity": [entity]})["entity"]
        measures = [one["name"] for one in offered["measures"]]
        for dimension in offered["dimensions"]:
            told = seeing.ad_hoc({"entity": [entity], "by": [dimension["name"]], "measure": measures})
            assert sum(row["count"] for row in told["rows"]) == told["totals"]["count"] > 0
            assert [one["name"] for one in told["dimensions"]] == [dimension["name"]]


def test_a_pick_is_written_as_the_statistic_that_it_would_be(there):
    there.add(code="A1", station="S1", gross_kg=60000)
    there.add(code="A2", station="S2", gross_kg=70000)
    there.add(code="A3", station="S1", gross_kg=20000)
    query = {"entity": ["weighing"], "by": ["station.region@2", "month"], "measure": ["count", "mean:gross_kg"]}
    told = there.admin().ad_hoc({**query, "gross_kg.above": ["50000"], "kind.in": ["truck", "other"]})
    assert [(row["station.region@2"], row["month"], row["count"], row["mean_gross_kg"]) for row in told["rows"]] == [
        ("R1", "2026-11", 2, 65000.0)
    ]
    assert yaml.safe_load(told["declared"]) == {
        "title": "称重临时统计",
        "entity": "weighing",
        "where": {"gross_kg": {"above": 50000}, "kind": {"in": ["truck", "other"]}},
        "dimensions": ["station"],
        "measures": {"mean_gross_kg": {"label": "平均总重", "mean": "gross_kg"}},
    }
    assert there.admin().ad_hoc({"ask": [told["declared"]], "by": query["by"]})["rows"] == [
        {"station.region@2": "R1", "month": "2026-11", "count": 2, "mean_gross_kg": 65000.0}
    ]


UNREAD = (
    ({}, "请选择统计对象"),
    ({"entity": ["odd"]}, "没有实体 odd"),
    ({"entity": ["weighing"], "colour": ["red"]}, "没有条件「colour」"),
    ({"entity": ["weighing"], "by": ["colour"]}, "没有维度「colour」"),
    ({"entity": ["weighing"], "measure": ["sum:kind"]}, "没有度量「sum:kind」"),
    ({"entity": ["weighing"], "gross_kg.above": ["odd"]}, "odd"),
    ({"ask": ["entity: odd"]}, "没有实体 odd"),
    ({"ask": ["[]"]}, "."),
    ({"ask": ["entity: weighing\nsums: [gross_kg]"]}, "sums"),
    ({"ask": ["entity: weighing\nwhere: {colour: red}"]}, "colour"),
    ({"ask": ["entity: weighing\n" + "#" * 20_000]}, "20,000"),
)


def test_what_cannot_be_read_is_told_in_words(there):
    seeing = there.admin()
    for query, words in UNREAD:
        with pytest.raises(ZcError, match=words):
            seeing.ad_hoc(query)


def test_a_file_takes_the_right_to_export(there):
    there.add(code="A1", station="S1", gross_kg=60000)
    query = {"entity": ["weighing"], "by": ["station"], "measure": ["count"]}
    listed = there.admin().exporting_ad_hoc(query)
    assert [name for name, _, _ in listed.columns] == ["station", "count"]
    assert [row[-1] for row in listed.rows] == [1]
    assert there.admin().may_export("ad_hoc", "weighing")
    with pytest.raises(NotAllowed):
        there.as_(role("looks", rights={"weighing": ("see", "add", "void")})).exporting_ad_hoc(query)


def test_a_statistic_in_force_answers_where_it_keeps_just_that(there, monkeypatch):
    there.add(code="A1", station="S1", gross_kg=60000)

    def missing():
        raise duck.NoDuckDB("DuckDB is not installed", duck.MENDING)

    monkeypatch.setattr(duck, "library", missing)
    there.platform.store.statistics.fill()
    query = {"entity": ["weighing"], "by": ["station"], "measure": ["count", "sum:gross_kg"]}
    assert there.admin().ad_hoc(query)["rows"] == [{"station": "S1", "count": 1, "sum_gross_kg": 60000}]
    with pytest.raises(duck.NoDuckDB):
        there.admin().ad_hoc({**query, "gross_kg.above": ["50000"]})
