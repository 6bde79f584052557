"""Compiling statistics."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.declare.problem import Problem
from core.entity.condition import Test
from core.entity.statistic import Expected, Statistic, as_defined, compile_statistic
from tests.core.entity.declared import FILES, entities, read

ZONE = ZoneInfo("Asia/Shanghai")

SHORT = "title: 测试\nentity: weighing\n"


def statistic(tmp_path: Path, text: str) -> tuple[Statistic | None, list[Problem]]:
    files = {**FILES, "config/statistics/heavy.yaml": text}
    reading = read(tmp_path, files)
    assert [str(problem) for problem in reading.problems] == []
    made, _ = entities(tmp_path, files)
    declaration = reading.declarations["statistic"]["heavy"]
    dictionaries = reading.declarations["dictionary"]
    return compile_statistic(declaration, made[declaration.data["entity"]], ZONE, made, dictionaries)


def test_scope_and_provenance_are_always_dimensions(tmp_path: Path) -> None:
    made, problems = statistic(tmp_path, SHORT)
    assert problems == []
    assert made.dimensions == ("station", "provenance")
    assert (made.grain, made.sums) == ("day", ())
    assert list(made.fields) == [
        "day", "xun", "week", "month", "quarter", "year", "weekday", "station", "provenance",
    ]  # fmt: skip
    assert list(made.measures) == ["count"]


def test_what_is_declared(tmp_path: Path) -> None:
    text = SHORT + (
        "grain: hour\ndimensions: [axles, provenance, clock, empty, valid_to, axles]\nsum: [gross_kg, gross_kg]\n"
        "where: {gross_kg: {above: 49000}}\n"
    )
    made, problems = statistic(tmp_path, text)
    assert problems == []
    assert made.dimensions == ("axles", "provenance", "clock", "empty", "valid_to", "station")
    assert made.sums == ("gross_kg",)
    assert made.condition == Test("gross_kg", "above", 49000)
    assert list(made.fields)[:2] == ["hour", "day"]
    assert list(made.measures) == ["count", "gross_kg"]


def test_the_fingerprint_is_of_what_the_cells_hold(tmp_path: Path) -> None:
    made, _ = statistic(tmp_path, SHORT)
    named, _ = statistic(tmp_path, SHORT.replace("测试", "别名") + "help: 说明\n")
    assert named.fingerprint == made.fingerprint
    others = [statistic(tmp_path, SHORT + line)[0] for line in ("grain: hour", "sum: [gross_kg]", "where: {axles: 6}")]
    assert len({made.fingerprint, *(other.fingerprint for other in others)}) == 4
    again = as_defined("heavy", others[2].definition, others[2].entity)
    assert (again.fingerprint, again.condition) == (others[2].fingerprint, others[2].condition)


@pytest.mark.parametrize(
    ("line", "path", "code"),
    [
        ("dimensions: [axles, axle]", "dimensions.1", "ZC380"),
        ("dimensions: [snapshot]", "dimensions.0", "ZC380"),
        ("dimensions: [weighed_at]", "dimensions.0", "ZC381"),
        ("dimensions: [ratio_pct]", "dimensions.0", "ZC381"),
        ("sum: [axle]", "sum.0", "ZC380"),
        ("sum: [received_at]", "sum.0", "ZC380"),
        ("sum: [plate]", "sum.0", "ZC381"),
        ("sum: [ratio_pct]", "sum.0", "ZC381"),
        ("sum: [weighed_at]", "sum.0", "ZC381"),
        ("sum: [gross_kg, length_mm]", "sum.1", "ZC381"),
        ("where: {axle: 6}", "where.axle", "ZC320"),
        ("where: {weighed_at: {within: today}}", "where", "ZC382"),
        ("where: {station: {within: C}}", "where", "ZC382"),
    ],
)
def test_problems_are_told_at_their_place(tmp_path: Path, line: str, path: str, code: str) -> None:
    made, problems = statistic(tmp_path, SHORT + line + "\n")
    assert made is None
    assert [(problem.path, problem.code) for problem in problems] == [(path, code)]


def test_an_entity_without_a_time_is_counted_by_days_alone(tmp_path: Path) -> None:
    made, problems = statistic(tmp_path, "title: 测试\nentity: station\ngrain: hour\n")
    assert made is None
    assert [(problem.path, problem.code) for problem in problems] == [("grain", "ZC383")]
    made, problems = statistic(tmp_path, "title: 测试\nentity: station\ngrain: day\n")
    assert made is not None
    assert (made.entity.time, problems) == (None, [])


BANDS = (
    "title: 重量段\nitems: {light: {label: 轻}, heavy: {label: 重, from: 49000}, middle: {label: 中, from: 20000.4}}\n"
)
SPEEDS = "title: 车速段\nitems: {slow: {label: 慢, from: 5.5}, fast: {label: 快, from: 80}}\n"


def banded(tmp_path: Path, text: str) -> tuple[Statistic | None, list[Problem]]:
    """The same with dictionaries of bins."""
    for name, said in (("weight_band", BANDS), ("speed_band", SPEEDS)):
        path = tmp_path / "config" / "dictionaries" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(said, encoding="utf-8")
    return statistic(tmp_path, text)


def test_bins_have_their_lower_bound_in_the_units_of_the_store(tmp_path: Path) -> None:
    text = SHORT + (
        "dimensions:\n  - {name: band, bin: gross_kg, of: weight_band}\n"
        "  - {name: pace, bin: speed, of: speed_band, label: 快慢}\n"
    )
    made, problems = banded(tmp_path, text)
    assert problems == []
    band, pace = made.shapes[:2]
    assert [band.of(value) for value in (0, 19_999, 20_000, 48_999, 49_000, 300_000)] == [
        "light", "light", "middle", "middle", "heavy", "heavy",
    ]  # fmt: skip
    assert [pace.of(value) for value in (54, 55, 799, 800)] == [None, "slow", "slow", "fast"], "tenths of km/h"
    assert [made.fields[name].label for name in ("band", "pace")] == ["重量段", "快慢"]
    assert made.plain == {"station", "provenance"}
    again = as_defined("heavy", made.definition, made.entity)
    assert (again.shapes, again.fingerprint) == (made.shapes, made.fingerprint)


def test_the_first_characters_of_a_text(tmp_path: Path) -> None:
    text = SHORT + (
        "dimensions:\n  - {name: hue, prefix: plate, length: 4, of: colour}\n"
        "  - {name: begins, prefix: plate, length: 2}\n"
    )
    made, problems = statistic(tmp_path, text)
    assert problems == []
    hue, begins = made.shapes[:2]
    assert [hue.of(value) for value in ("blue 1", "yell", "", "x")] == ["blue", None, None, None]
    assert [begins.of(value) for value in ("湘D1", "湘", "")] == ["湘D", "湘", None]


def test_measures_keep_the_columns_that_they_need(tmp_path: Path) -> None:
    text = SHORT + (
        "grain: hour\ndimensions: [colour]\nsum: [gross_kg]\nmeasures:\n"
        "  trucks: {label: 货车数, unit: 辆, count: true}\n"
        "  blue: {label: 蓝牌, count: true, where: {colour: blue}}\n"
        "  rate: {label: 蓝牌率, rate: [blue, count]}\n"
        "  share: {label: 占比, share: gross_kg}\n"
        "  mean_speed: {label: 平均车速, mean: speed}\n"
        "  worst: {label: 最大比例, max: ratio_pct}\n"
        "  plates: {label: 车辆数, distinct: plate}\n"
        "expected: {hours: 20}\n"
    )
    made, problems = statistic(tmp_path, text)
    assert problems == []
    assert made.kept == ("count", "sum_gross_kg", "sum_speed", "n_speed", "max_ratio_pct", "max_received_at")
    assert (made.distinct, made.expected) == (("plate",), Expected(20, None, None))
    assert [(one.id, one.kind, one.unit) for one in made.measures.values()] == [
        ("count", "count", ""), ("gross_kg", "sum", "kg"), ("trucks", "count", "辆"), ("blue", "count", ""),
        ("rate", "rate", "%"), ("share", "share", "%"), ("mean_speed", "mean", "km/h"), ("worst", "max", ""),
        ("plates", "distinct", ""),
    ]  # fmt: skip
    assert made.measures["blue"].where == Test("colour", "is", "blue")


@pytest.mark.parametrize(
    ("line", "path", "code"),
    [
        ("measures: {m: {label: 甲}}", "measures.m", "ZC384"),
        ("measures: {m: {label: 甲, count: true, mean: speed}}", "measures.m", "ZC384"),
        ("measures: {m: {label: 甲, sum: axle}}", "measures.m.sum", "ZC380"),
        ("measures: {m: {label: 甲, mean: ratio_pct}}", "measures.m.mean", "ZC381"),
        ("measures: {m: {label: 甲, max: plate}}", "measures.m.max", "ZC381"),
        ("measures: {m: {label: 甲, max: axle_kg}}", "measures.m.max", "ZC381"),
        ("measures: {m: {label: 甲, distinct: ratio_pct}}", "measures.m.distinct", "ZC381"),
        ("measures: {m: {label: 甲, distinct: empty}}", "measures.m.distinct", "ZC381"),
        ("measures: {m: {label: 甲, count: true, where: {axles: 2}}}", "measures.m.where.axles", "ZC320"),
        ("measures: {m: {label: 甲, share: count, where: {station: S}}}", "measures.m.where", "ZC385"),
        ("measures: {m: {label: 甲, rate: [count, m]}}", "measures.m.rate.1", "ZC385"),
        ("measures: {m: {label: 甲, rate: [count, n]}}", "measures.m.rate.1", "ZC386"),
        ("measures: {count: {label: 甲, count: true}}", "measures.count", "ZC387"),
        ("measures: {station: {label: 甲, count: true}}", "measures.station", "ZC387"),
        ("dimensions: [{name: axles, prefix: plate, length: 1}]", "dimensions.0.name", "ZC387"),
        ("dimensions: [{name: band, bin: plate, of: colour}]", "dimensions.0.bin", "ZC381"),
        ("dimensions: [{name: band, bin: weighed_at, of: colour}]", "dimensions.0.bin", "ZC381"),
        ("dimensions: [{name: begins, prefix: axles, length: 1}]", "dimensions.0.prefix", "ZC381"),
        ("dimensions: [{name: band, bin: speed, prefix: plate}]", "dimensions.0", "ZC388"),
        ("dimensions: [{name: band, bin: speed, of: colour}]", "dimensions.0.of", "ZC388"),
        ("expected: {hours: 24}", "expected", "ZC389"),
        ("grain: hour\nexpected: {to: title}", "expected.to", "ZC389"),
    ],
)
def test_measures_and_dimensions_that_cannot_be(tmp_path: Path, line: str, path: str, code: str) -> None:
    made, problems = statistic(tmp_path, SHORT + line + "\n")
    assert made is None
    assert [(problem.path, problem.code) for problem in problems] == [(path, code)]
