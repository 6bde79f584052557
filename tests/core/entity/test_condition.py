"""Conditions: what they mean, what null does to them, what is wrong with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entity.condition import All, Any_, Not, Test, compiled, expand, fields, parse
from core.entity.entity import Entity

ZONE = ZoneInfo("Asia/Shanghai")
NOW = int(datetime(2026, 11, 1, 8, 30, tzinfo=ZONE).timestamp() * 1000)
RECORD = {
    "code": "T-0001",
    "station": "S1",
    "weighed_at": NOW,
    "plate": "湘D12345",
    "axles": 6,
    "speed": 435,
    "gross_kg": 52400,
    "empty": False,
    "valid_to": "2026-11-30",
    "colour": "blue",
    "provenance": "live",
    "day": 20261101,
}


def holds(data: Any, entity: Entity, record: dict[str, Any] = RECORD) -> bool:
    node, faults = parse(data, entity, ZONE, NOW)
    assert faults == []
    return node.test(record)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"axles": 6},
        {"axles": "6"},
        {"gross_kg": {"above": 52399, "below": 52401}},
        {"gross_kg": {"from": 52400, "to": 52400}},
        {"gross_kg": {"between": [52400, 60000]}},
        {"gross_kg": {"below": 400000}},  # beyond the field's own bound
        {"speed": {"above": 43.4}},
        {"speed": 43.5},
        {"plate": {"like": "湘D%5"}},
        {"plate": {"like": "_D12345"}},
        {"plate": {"starts": "湘"}},
        {"code": {"in": ["T-0001", "T-0002"]}},
        {"colour": {"not": "yellow"}},
        {"empty": False},
        {"empty": {"not": True}},
        {"weighed_at": {"within": "today"}},
        {"weighed_at": {"within": "3 hours"}},
        {"weighed_at": {"within": {"from": "2026-11-01 08:30:00"}}},
        {"weighed_at": {"within": {"from": "2026-10", "to": "2026-11-01"}}},
        {"weighed_at": {"from": "2026-11-01T08:30:00+08:00"}},
        {"valid_to": {"within": "this_month"}},
        {"valid_to": {"above": "2026-11-29"}},
        {"length_mm": {"present": False}, "axles": {"present": True}},
        {"length_mm": None},
        {"axles": {"not": None}},
        {"provenance": {"not": "simulated"}, "day": 20261101},
        {"any": [{"axles": 2}, {"axles": 6}]},
        {"all": [{"axles": 6}, {"not": {"axles": 5}}]},
        {"not": {"length_mm": {"above": 0}}},
    ],
    ids=str,
)
def test_holds(data: Any, weighing: Entity) -> None:
    assert holds(data, weighing)


@pytest.mark.parametrize(
    "data",
    [
        {"axles": 5},
        {"gross_kg": {"above": 52400}},
        {"gross_kg": {"above": 0, "below": 10}},
        {"plate": {"like": "湘d%"}},
        {"plate": {"like": "D"}},
        {"plate": {"like": r"湘\D%"}},
        {"weighed_at": {"within": "yesterday"}},
        {"weighed_at": {"within": {"to": "2026-11-01 08:30:00"}}},
        {"valid_to": {"within": "last_month"}},
        {"any": [{"axles": 2}, {"empty": True}]},
        {"not": {"axles": 6}},
        {"length_mm": {"above": 0}},
        {"length_mm": {"to": 0}},
        {"length_mm": 0},
        {"ratio_pct": {"between": [-1, 1]}},
    ],
    ids=str,
)
def test_does_not_hold(data: Any, weighing: Entity) -> None:
    assert not holds(data, weighing)


VALUES = st.one_of(st.none(), st.integers(-3, 3))
NUMBER_TESTS = st.one_of(
    st.fixed_dictionaries({operator: st.integers(-3, 3)}) for operator in ("is", "not", "above", "below", "from", "to")
).map(lambda test: {"gross_kg": test})
CONDITIONS = st.recursive(
    NUMBER_TESTS,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=6,
)


def truth(data: Any, value: int | None) -> bool:
    """The grammar's meaning, said once more in another way."""
    ((name, inner),) = data.items()
    if name == "all":
        return all(truth(part, value) for part in inner)
    if name == "any":
        return any(truth(part, value) for part in inner)
    if name == "not":
        return not truth(inner, value)
    ((operator, bound),) = inner.items()
    if value is None:
        return operator == "not"
    signs = {"is": "==", "not": "!=", "above": ">", "below": "<", "from": ">=", "to": "<="}
    return bool(eval(f"{value} {signs[operator]} {bound}"))


@given(data=CONDITIONS, value=VALUES)
def test_logic_is_two_valued(data: Any, value: int | None, weighing: Entity) -> None:
    assert holds(data, weighing, {"gross_kg": value}) is truth(data, value)


@given(data=CONDITIONS, value=VALUES)
def test_not_turns_every_truth(data: Any, value: int | None, weighing: Entity) -> None:
    record = {"gross_kg": value}
    assert holds({"not": data}, weighing, record) is not holds(data, weighing, record)


@pytest.mark.parametrize(
    ("data", "path", "code"),
    [
        ({"gros_kg": 1}, ("gros_kg",), "ZC320"),
        ({"any": [{"axles": 1}, {"nothing": 1}]}, ("any", 1, "nothing"), "ZC320"),
        ({"not": {"nothing": 1}}, ("not", "nothing"), "ZC320"),
        ("axles", (), "ZC321"),
        ({"any": []}, ("any",), "ZC321"),
        ({"all": {"axles": 1}}, ("all",), "ZC321"),
        ({"axles": {}}, ("axles",), "ZC321"),
        ({"axles": {"over": 3}}, ("axles", "over"), "ZC321"),
        ({"axles": "six"}, ("axles",), "ZC322"),
        ({"axles": [6]}, ("axles",), "ZC322"),
        ({"axles": True}, ("axles",), "ZC322"),
        ({"axles": {"in": []}}, ("axles", "in"), "ZC322"),
        ({"axles": {"in": [None]}}, ("axles", "in"), "ZC322"),
        ({"axles": {"above": None}}, ("axles", "above"), "ZC322"),
        ({"axles": {"between": [1]}}, ("axles", "between"), "ZC322"),
        ({"axles": {"between": [3, 1]}}, ("axles", "between"), "ZC322"),
        ({"axles": {"present": 1}}, ("axles", "present"), "ZC322"),
        ({"colour": "green"}, ("colour",), "ZC322"),
        ({"weighed_at": {"within": "next_week"}}, ("weighed_at", "within"), "ZC322"),
        ({"weighed_at": {"within": {"since": "2026"}}}, ("weighed_at", "within"), "ZC322"),
        ({"weighed_at": {"above": "2026-02-30 00:00:00"}}, ("weighed_at", "above"), "ZC322"),
        ({"plate": {"above": "a"}}, ("plate", "above"), "ZC323"),
        ({"axles": {"like": "6%"}}, ("axles", "like"), "ZC323"),
        ({"plate": {"within": "today"}}, ("plate", "within"), "ZC323"),
        ({"empty": {"below": True}}, ("empty", "below"), "ZC323"),
    ],
    ids=str,
)
def test_faults_say_where(data: Any, path: tuple[Any, ...], code: str, weighing: Entity) -> None:
    node, faults = parse(data, weighing, ZONE, NOW)
    assert node is None
    assert [(found, told) for found, told, _ in faults] == [(path, code)]


def test_all_faults_are_told_at_once(weighing: Entity) -> None:
    _, faults = parse({"gros_kg": 1, "axles": "x", "plate": {"above": 1}}, weighing, ZONE, NOW)
    assert [code for _, code, _ in faults] == ["ZC320", "ZC322", "ZC323"]
    assert faults[0][2]["mend"] == "did you mean 'gross_kg'?"


def test_one_may_ask_by_the_given_fields_only(weighing: Entity) -> None:
    chosen = {"axles": weighing.fields["axles"]}
    assert parse({"axles": 6}, weighing, ZONE, NOW, fields=chosen)[1] == []
    assert [code for _, code, _ in parse({"plate": "x"}, weighing, ZONE, NOW, fields=chosen)[1]] == ["ZC320"]


def test_a_kept_condition_follows_the_clock(weighing: Entity) -> None:
    kept, _ = compiled({"weighed_at": {"within": "today"}}, weighing, ZONE)
    tomorrow = NOW + 86_400_000
    assert kept.moves
    assert kept.at(NOW).test({"weighed_at": NOW})
    assert not kept.at(tomorrow).test({"weighed_at": NOW})
    still, _ = compiled({"weighed_at": {"within": "2026-11"}}, weighing, ZONE)
    assert not still.moves
    assert still.at(0) is still.at(NOW)


def test_a_subtree_is_expanded_before_it_is_tested(weighing: Entity) -> None:
    node, _ = parse({"station": {"within": "4304"}, "not": {"station": "S2"}}, weighing, ZONE, NOW)
    assert list(fields(node)) == ["station", "station"]
    with pytest.raises(ValueError, match="expand"):
        node.test(RECORD)
    expanded = expand(
        node, lambda field, root: frozenset({"S1", "S2"}) if (field, root) == ("station", "4304") else frozenset()
    )
    assert expanded.test(RECORD)
    assert not expanded.test({"station": "S2"})
    assert not expanded.test({"station": None})


def test_trees_compare_by_what_they_say() -> None:
    assert All((Test("a", "is", 1), Not(Any_(())))) == All((Test("a", "is", 1), Not(Any_(()))))
