"""Elements that hold several records."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.post import Stop
from core.intake.unfold import unfold
from tests.core.intake.homes import NOW, PREVIEW, RECORD, World, good, said

LIMITS = {"records": 5, "body_mib": 1}


@pytest.mark.parametrize(
    ("records", "nested", "expected"),
    [
        ([{"s": 1, "l": [{"a": 1}, {"a": 2}]}], "l", [{"s": 1, "a": 1}, {"s": 1, "a": 2}]),
        ([{"s": 1, "l": [{"s": 2}]}], "l", [{"s": 2}]),
        ([{"s": 1, "l": {"a": 1}}], "l", [{"s": 1, "a": 1}]),
        ([{"s": 1, "l": []}], "l", []),
        ([{"s": 1}, {"s": 2, "l": None}, 5], "l", [{"s": 1}, {"s": 2, "l": None}, 5]),
        ([{"s": 1, "l": [5]}], "l", [5]),
        ([{"s": 1, "d": {"t": 2, "l": [{"a": 1}]}}], "d.l", [{"s": 1, "t": 2, "a": 1}]),
        (
            [{"s": 1, "d": [{"t": 2, "l": [{"a": 1}]}, {"t": 3, "l": [{"a": 2}]}]}],
            "d.l",
            [{"s": 1, "t": 2, "a": 1}, {"s": 1, "t": 3, "a": 2}],
        ),
    ],
)
def test_a_list_inside_each_record(records: list[Any], nested: str, expected: list[Any]) -> None:
    assert unfold(records, nested.split("."), (), LIMITS) == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({"n": 1, "fck": 2, "rck": 3}, [{"n": 1, "k": 2, "#prefix": "fc"}, {"n": 1, "k": 3, "#prefix": "rc"}]),
        ({"n": 1, "fck": 2, "rck": ""}, [{"n": 1, "k": 2, "#prefix": "fc"}]),
        ({"n": 1}, [{"n": 1}]),
        (5, [5]),
    ],
)
def test_names_that_begin_differently(record: Any, expected: list[Any]) -> None:
    assert unfold([record], (), ("fc", "rc"), LIMITS) == expected


@pytest.mark.parametrize(
    ("record", "outcome"),
    [
        ({"l": [{}] * 6}, "records_many"),
        ({"s": "x" * 600_000, "l": [{}] * 2}, "body_large"),
        ({"s": "x" * 600_000, "d": {"l": [{}] * 2}}, "body_large"),
    ],
)
def test_what_is_inherited_is_bounded(record: dict[str, Any], outcome: str) -> None:
    with pytest.raises(Stop) as caught:
        unfold([record], ("d", "l") if "d" in record else ("l",), (), LIMITS)
    assert caught.value.outcome == outcome


TREES = st.recursive(
    st.none() | st.integers() | st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abl"), inner, max_size=3),
    max_leaves=10,
)


@given(st.lists(TREES, max_size=4), st.lists(st.sampled_from("abl"), max_size=2), st.sets(st.sampled_from("ab")))
def test_whatever_comes_is_unfolded_or_stopped(records: list[Any], nested: list[str], prefixes: set[str]) -> None:
    try:
        found = unfold(records, nested, tuple(prefixes), LIMITS)
    except Stop:
        return
    assert len(found) <= LIMITS["records"]
    if not nested and not prefixes:
        assert found == records


def test_fields_around_a_list_and_the_moment_of_arrival(tmp_path: Path) -> None:
    text = PREVIEW.replace("records: bodys", "records: ''\nnested: bodys\ntoken: null")
    text = text.replace('from: previewdate, pattern: "yyyy-MM-dd HH:mm:ss"', 'from: "#arrival", pattern: epoch_ms')
    around = {"previewstationcode": "S2", "#arrival": 5}
    bodies = [{**RECORD, "previewcode": str(number)} for number in range(2)]
    for body in bodies:
        body.pop("previewstationcode")
    post = World().send(good(tmp_path, text), {**around, "bodys": [*bodies, "x"]})
    assert [row.values["station"] for row in post.accepted] == ["S2", "S2"]
    assert [row.values["weighed_at"] for row in post.accepted] == [NOW, NOW]
    assert [row["errorcode"] for row in said(post)["rejected"]] == ["2000"]
