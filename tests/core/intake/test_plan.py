"""Compiling interfaces: every problem at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.core.entity.declared import WEIGHING
from tests.core.intake.homes import PREVIEW, compiled, good

CHECKS = {"readable": {"label": "可读", "uses": {"plate": "text"}}}
JUDGED = WEIGHING.replace("fields:", "derive: [{use: doubler, gross: gross_kg}]\nfields:") + (
    "  double_kg: {type: mass, derived: true, label: 倍重}\n"
)


def test_a_good_interface(tmp_path: Path) -> None:
    interface = good(tmp_path)
    assert interface.records == ("bodys",)
    assert interface.token == ("token",)
    assert interface.partner_names["length_mm"] == "length"
    assert interface.active
    assert interface.day(1793493000000) == 20261101
    assert interface.day(1793462399999) == 20261031


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  plate:", "  plaet:", "fields.plaet ZC335"),
        ("  plate: {", "  double_kg: {", "fields.double_kg ZC336"),
        ("  code: {from: previewcode, required: true}\n", "", "fields ZC337"),
        ("from: previewcode, required: true", "from: previewcode", "fields.code ZC337"),
        ("unit: kg", "unit: kilo", "fields.gross_kg.unit ZC338"),
        ("{from: truckno}", "{from: truckno, unit: kg}", "fields.plate.unit ZC338"),
        ("yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd hh:mm:ss", "fields.weighed_at.pattern ZC339"),
        ("{from: truckno}", "{from: truckno, pattern: yyyyMMdd}", "fields.plate.pattern ZC339"),
        ("{from: axisnum}", "{from: axisnum, default: 31}", "fields.axles.default ZC340"),
        ("{from: axisnum}", "{constant: six}", "fields.axles.constant ZC340"),
        ("{from: axisnum}", "{from: axisnum, values: {a: 2, b: none}}", "fields.axles.values.b ZC340"),
        ("{from: axisnum}", "{from: a..b}", "fields.axles.from ZC341"),
        ("{from: axisnum}", "{from: []}", "fields.axles.from ZC341"),
        ("{from: axisnum}", "{join: []}", "fields.axles.join ZC341"),
    ],
)
def test_problems_of_fields(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in PREVIEW
    interface, problems = compiled(tmp_path, PREVIEW.replace(old, new, 1), weighing=JUDGED)
    assert interface is None
    assert [f"{problem.path} {problem.code}" for problem in problems] == [expected]


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("{must: {gross: {above: 0}}, message: x}", "checks.0.must.gross ZC320"),
        ("{must: {gross_kg: {over: 0}}, message: x}", "checks.0.must.gross_kg.over ZC321"),
        ("{must: {gross_kg: heavy}, message: x}", "checks.0.must.gross_kg ZC322"),
        ("{must: {plate: {above: 1}}, message: x}", "checks.0.must.plate.above ZC323"),
        ("{must: {station: {within: S1}}, message: x}", "checks.0.must ZC342"),
        ("{must: {provenance: live}, message: x}", "checks.0.must.provenance ZC320"),
        ("{message: x}", "checks.0 ZC342"),
        ("{use: readabel, with: {plate: plate}, message: x}", "checks.0.use ZC342"),
        ("{use: readable, message: x}", "checks.0 ZC342"),
        ("{use: readable, with: {plate: plate, more: axles}, message: x}", "checks.0.with.more ZC342"),
        ("{use: readable, with: {plate: palte}, message: x}", "checks.0.with.plate ZC342"),
        ("{must: {gross_kg: {above: 0}}, field: gros_kg, message: x}", "checks.0.field ZC342"),
    ],
)
def test_problems_of_checks(tmp_path: Path, check: str, expected: str) -> None:
    interface, problems = compiled(tmp_path, f"{PREVIEW}checks: [{check}]\n", checks=CHECKS)
    assert interface is None
    assert [f"{problem.path} {problem.code}" for problem in problems] == [expected]


def test_all_problems_are_told_at_once_and_the_nearest_name_offered(tmp_path: Path) -> None:
    text = PREVIEW.replace("  plate:", "  plaet:").replace("unit: kg", "unit: to")
    _, problems = compiled(tmp_path, text)
    assert [str(problem) for problem in problems] == [
        "interfaces/test.yaml:12:3: error[ZC335]: fields.plaet: 'plaet' is not a field of weighing; "
        "did you mean 'plate'?",
        "interfaces/test.yaml:16:33: error[ZC338]: fields.gross_kg.unit: gross_kg cannot be read in 'to'; "
        "did you mean 't'?",
    ]


def test_two_fields_may_read_one_name(tmp_path: Path) -> None:
    interface = good(tmp_path, PREVIEW.replace("{from: truckno}", "{from: previewcode}"))
    assert interface.partner_names["plate"] == interface.partner_names["code"] == "previewcode"
