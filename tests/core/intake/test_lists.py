"""Lists in a mapping: numbered names, texts that are split, items that are records; null among the items."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.plan import Interface
from tests.core.intake.homes import PREVIEW, ZONE, good
from tests.core.intake.test_mapping import BARE, outcome

NUMBERED = '{numbered: "axle{n}Weight", most: 4, null_words: [0, ""]}'


@pytest.mark.parametrize(
    ("entry", "record", "expected"),
    [
        (NUMBERED, {"axle1Weight": 6500, "axle2Weight": "10000", "axle3Weight": 0}, [6500, 10000]),
        (NUMBERED, {"axle1Weight": 6500, "axle3Weight": 9000}, [6500, None, 9000]),
        (NUMBERED, {"axle1Weight": 0, "axle5Weight": 1}, None),
        (NUMBERED, {}, None),
        (NUMBERED, {"axle1Weight": 6500, "axle2Weight": "x"}, {"axle1Weight": "wrong_type"}),
        (NUMBERED, {"axle1Weight": 6500, "axle2Weight": 60000}, {"axle1Weight": "too_large"}),
        ("{numbered: 'w{n}.kg', most: 2}", {"w1": {"kg": 1}, "w2": {"kg": 2}}, [1, 2]),
        ("{from: w}", {"w": "6500, 10000"}, [6500, 10000]),
        ("{from: w}", {"w": [6500, "10000", None]}, [6500, 10000]),
        ("{from: w}", {"w": [None, 7]}, [None, 7]),
        ("{from: w}", {"w": 6500}, [6500]),
        ("{from: w}", {"w": []}, None),
        ("{from: w}", {"w": [""]}, None),
        ("{from: w}", {"w": "1,2,3,4,5"}, {"w": "too_many"}),
        ("{from: w}", {"w": {}}, {"w": "wrong_type"}),
        ("{from: w}", {"w": [[1]]}, {"w": "wrong_type"}),
        ("{from: w, split: '|', unit: t}", {"w": "6.5|10"}, [6500, 10000]),
        ("{from: [v, w]}", {"v": "", "w": "1"}, [1]),
        ("{from: a, each: '@kg'}", {"a": [{"@kg": "1"}, {"@kg": "2"}, {}]}, [1, 2]),
        ("{from: a, each: w.kg}", {"a": {"w": {"kg": 5}}}, [5]),
        ("{from: w, default: '1,2'}", {}, [1, 2]),
        ("{from: w, required: true}", {"w": ","}, {"w": "missing"}),
    ],
)
def test_what_becomes_a_list(tmp_path: Path, entry: str, record: dict[str, Any], expected: Any) -> None:
    interface = good(tmp_path, f"{BARE}  code: {{constant: K}}\n  axle_kg: {entry}\n")
    found = outcome(interface, record)
    if isinstance(expected, dict):
        assert found == expected
    else:
        assert json.loads(found.get("axle_kg", "null")) == expected


def test_items_without_regard_to_case(tmp_path: Path) -> None:
    text = BARE.replace("records: bodys", "records: bodys\nignore_case: true")
    interface = good(tmp_path, text + "  code: {constant: K}\n  axle_kg: {from: Axles, each: Weight}\n")
    assert outcome(interface, {"AXLES": [{"WEIGHT": 5}, {"weight": 6}]})["axle_kg"] == "[5, 6]"


def test_a_list_is_shown_as_one(tmp_path: Path) -> None:
    field = good(tmp_path).entity.fields["axle_kg"]
    assert field.type.show("[1, null, 3]", field, ZONE) == [1, None, 3]


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Interface:
    """The preview interface with a list of weights."""
    return good(tmp_path_factory.mktemp("home"), PREVIEW + "  axle_kg: {from: w, split: '+'}\n")


@given(st.lists(st.integers(0, 50_000), min_size=1, max_size=4))
def test_a_list_comes_the_same_from_text_and_from_items(listed: Interface, weights: list[int]) -> None:
    source = {"previewcode": "T", "previewstationcode": "S1", "previewdate": "2026-11-01 08:30:00", "totalweight": 1}
    from_items = listed.plan({**source, "w": list(weights)})
    assert from_items is not None
    assert json.loads(from_items["axle_kg"]) == weights
    assert listed.plan({**source, "w": " + ".join(map(str, weights))}) == from_items
