"""Compiling statistics."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.declare.problem import Problem
from core.entity.condition import Test
from core.entity.statistic import Statistic, as_defined, compile_statistic
from tests.core.entity.declared import FILES, entities, read

ZONE = ZoneInfo("Asia/Shanghai")

SHORT = "title: 测试\nentity: weighing\n"


def statistic(tmp_path: Path, text: str) -> tuple[Statistic | None, list[Problem]]:
    files = {**FILES, "config/statistics/heavy.yaml": text}
    reading = read(tmp_path, files)
    assert [str(problem) for problem in reading.problems] == []
    made, _ = entities(tmp_path, files)
    declaration = reading.declarations["statistic"]["heavy"]
    return compile_statistic(declaration, made[declaration.data["entity"]], ZONE)


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


def test_an_entity_without_a_time_cannot_be_counted_by_it(tmp_path: Path) -> None:
    made, problems = statistic(tmp_path, "title: 测试\nentity: station\n")
    assert made is None
    assert [(problem.path, problem.code) for problem in problems] == [("entity", "ZC383")]
