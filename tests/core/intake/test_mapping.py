"""What a mapping can say, and that plan, explanation and first reason agree on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.intake.plan import Interface
from tests.core.intake.homes import PREVIEW, RECORD, good

AT = 1793493000000  # 2026-11-01 08:30:00 in Shanghai
BARE = PREVIEW.split("fields:")[0] + "fields:\n  station: {constant: S1}\n"


def outcome(interface: Interface, record: dict[str, Any]) -> Any:
    """Our record's fields that are not null, or {partner's field: outcome} of the reasons."""
    values, reasons = interface.explainer.explain(record, pytest.fail)
    planned = interface.plan(dict(record))
    assert planned is None or planned == values
    first, one = interface.explainer.first(record, pytest.fail)
    assert first == values
    assert one == reasons[:1]
    if values is None:
        return {reason.field: reason.outcome for reason in reasons}
    return {name: value for name, value in values.items() if value is not None and name != "station"}


@pytest.mark.parametrize(
    ("fields", "record", "expected"),
    [
        ("code: {required: true}", {"code": " T "}, {"code": "T"}),
        ("code: {from: [a, b], required: true}", {"b": "T"}, {"code": "T"}),
        ("code: {from: [a, b], required: true}", {"a": None, "b": "T"}, {"code": "T"}),
        ("code: {from: [a, b], required: true}", {"a": "null", "b": "T"}, {"code": "T"}),
        ("code: {from: [a, b], required: true}", {"a": "A", "b": "B"}, {"code": "A"}),
        ("code: {from: [a, b], required: true}", {}, {"a": "missing"}),
        ("code: {from: [a, b], required: true}", {"b": True}, {"b": "wrong_type"}),
        ("code: {from: data.no, required: true}", {"data": {"no": 7}}, {"code": "7"}),
        ("code: {from: data.no, required: true}", {"data": [7]}, {"data.no": "missing"}),
        ("code: {from: data.no, required: true}", {"data.no": "7"}, {"data.no": "missing"}),
        ("code: {join: [a, b, c], required: true}", {"a": "x", "b": 5, "c": 2.0}, {"code": "x-5-2"}),
        ("code: {join: [a, b], with: '/', required: true}", {"a": "x", "b": "y"}, {"code": "x/y"}),
        ("code: {join: [a, b], required: true}", {"a": "x", "b": ""}, {"b": "missing"}),
        ("code: {join: [a, b], required: true}", {"a": "x", "b": [1]}, {"b": "missing"}),
        ("code: {join: [a, b], required: true}", {"a": "x" * 15, "b": "y" * 15}, {"a+b": "too_long"}),
        ("code: {constant: K}", {"code": "other"}, {"code": "K"}),
        ("code: {default: D}", {}, {"code": "D"}),
        ("code: {default: D, required: true}", {"code": "未识别"}, {"code": "D"}),
        ("speed: {from: v, unit: m/s}", {"v": 10}, {"speed": 360}),
        ("speed: {default: 60.5}", {}, {"speed": 605}),
        ("gross_kg: {from: zzl, unit: t}", {"zzl": "52.4"}, {"gross_kg": 52400}),
        ("gross_kg: {from: zzl, unit: t}", {"zzl": 301}, {"zzl": "too_large"}),
        ("gross_kg: {from: zzl, unit: 10kg}", {"zzl": 5240}, {"gross_kg": 52400}),
        ("weighed_at: {from: gcsj, pattern: yyyyMMddHHmmss}", {"gcsj": "20261101083000"}, {"weighed_at": AT}),
        ("weighed_at: {from: gcsj, pattern: epoch_s}", {"gcsj": 1793493000}, {"weighed_at": AT}),
        ("weighed_at: {from: gcsj}", {"gcsj": "yesterday"}, {"gcsj": "bad_time"}),
        ("colour: {values: {'1': blue, '2': yellow}}", {"colour": 1}, {"colour": "blue"}),
        ("colour: {values: {'1': blue, '2': yellow}}", {"colour": " 2 "}, {"colour": "yellow"}),
        ("colour: {values: {'1': blue, '2': yellow}}", {"colour": 2.0}, {"colour": "yellow"}),
        ("colour: {values: {'1': blue, '2': yellow}}", {"colour": "3"}, {"colour": "not_allowed"}),
        ("colour: {values: {'1': blue, '2': yellow}}", {"colour": {}}, {"colour": "not_allowed"}),
        ("empty: {values: {是: true, 'true': false}}", {"empty": "是"}, {"empty": True}),
        ("empty: {values: {是: true, 'true': false}}", {"empty": True}, {"empty": False}),
        ("axles: {}", {"axles": -1}, {}),
        ("axles: {}", {"axles": "-1"}, {}),
        ("axles: {}", {"axles": -1.0}, {}),
        ("axles: {null_words: [0]}", {"axles": 0}, {}),
        ("axles: {null_words: [0]}", {"axles": -1}, {"axles": "too_small"}),
        ("axles: {null_words: ['1', 'true']}", {"axles": True}, {}),
        ("axles: {null_words: ['1']}", {"axles": True}, {"axles": "wrong_type"}),
        ("axles:", {"axles": "6"}, {"axles": 6}),
        ("axles: {}", {"axles": "9999999999999999999999"}, {"axles": "too_large"}),
        ("colour: {}", {"colour": "green"}, {"colour": "not_allowed"}),
        ("plate: {}", {"plate": "a\x00"}, {"plate": "wrong_type"}),
    ],
)  # fmt: skip
def test_what_a_mapping_says(tmp_path: Path, fields: str, record: dict[str, Any], expected: Any) -> None:
    code = "" if fields.startswith("code") else "  code: {constant: K}\n"
    interface = good(tmp_path, f"{BARE}{code}  {fields}\n")
    found = outcome(interface, record)
    if code and isinstance(found, dict):
        found.pop("code", None)
    assert found == expected


def test_names_without_regard_to_case(tmp_path: Path) -> None:
    text = BARE.replace("records: bodys", "records: bodys\nignore_case: true")
    interface = good(tmp_path, text + "  code: {from: Data.PreviewCode, required: true}\n  axles: {from: AxisNum}\n")
    assert outcome(interface, {"DATA": {"previewCODE": "T"}, "axisnum": 6}) == {"code": "T", "axles": 6}
    assert outcome(interface, {"AXISNUM": "x"}) == {"Data.PreviewCode": "missing", "AxisNum": "wrong_type"}


def test_names_with_regard_to_case(tmp_path: Path) -> None:
    interface = good(tmp_path, BARE + "  code: {from: Code, required: true}\n")
    assert outcome(interface, {"code": "T"}) == {"Code": "missing"}


def test_a_record_has_every_column(tmp_path: Path) -> None:
    interface = good(tmp_path)
    planned = interface.plan(dict(RECORD))
    assert list(planned) == list(interface.entity.columns)
    assert planned["day"] is None


def test_what_is_not_mapped_is_ignored(tmp_path: Path) -> None:
    interface = good(tmp_path)
    assert interface.plan({**RECORD, "more": [{"x": 1}], "gross_kg": 1}) == interface.plan(dict(RECORD))


def test_all_reasons_are_told(tmp_path: Path) -> None:
    record = {"previewstationcode": "S1", "previewdate": "x", "axisnum": 0, "speed": "fast"}
    assert outcome_codes(good(tmp_path), record) == {
        "previewcode": "missing",
        "previewdate": "bad_time",
        "axisnum": "too_small",
        "speed": "wrong_type",
        "totalweight": "missing",
    }


def outcome_codes(interface: Interface, record: dict[str, Any]) -> dict[str, str]:
    """{partner's field: outcome} of all reasons."""
    return {reason.field: reason.outcome for reason in interface.explainer.explain(record, pytest.fail)[1]}


def test_names_cannot_become_code(tmp_path: Path) -> None:
    name = "x'); raise SystemExit #\\n"
    interface = good(tmp_path, BARE + '  code: {from: "' + name.replace("\\", "\\\\") + '", required: true}\n')
    assert interface.plan({name: "T"})["code"] == "T"
