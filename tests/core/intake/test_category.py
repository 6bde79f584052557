"""Compiling categories."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.declare.problem import Problem
from core.entity.condition import Test
from core.intake.category import Category, compile_category
from tests.core.entity.declared import FILES, entities, read
from tests.core.intake.homes import NOW, ZONE


def category(tmp_path: Path, text: str) -> tuple[Category | None, list[Problem]]:
    files = {**FILES, "config/categories/heavy.yaml": text}
    reading = read(tmp_path, files)
    assert [str(problem) for problem in reading.problems] == []
    made, _ = entities(tmp_path, files)
    declaration = reading.declarations["category"]["heavy"]
    return compile_category(declaration, made[declaration.data["entity"]], ZONE)


def test_a_short_category_is_a_whole_one(tmp_path: Path) -> None:
    made, problems = category(tmp_path, "title: 测试\nentity: weighing\n")
    assert problems == []
    assert made.columns == tuple(made.entity.fields)
    assert made.sort == ("-weighed_at",)
    assert {"plate", "day", "provenance", "id"} <= set(made.asks)
    assert made.condition.at(NOW).test({})
    assert not made.voided


def test_without_a_time_the_newest_are_the_last_stored(tmp_path: Path) -> None:
    made, _ = category(tmp_path, "title: 测试\nentity: station\n")
    assert made.sort == ("-id",)


def test_what_is_declared(tmp_path: Path) -> None:
    text = (
        "title: 重车\nentity: weighing\nwhere: {gross_kg: {above: 49000}}\nfilters: [plate, day]\n"
        "columns: [plate, gross_kg, received_at]\nsort: [-gross_kg, plate]\nvoided: true\n"
    )
    made, problems = category(tmp_path, text)
    assert problems == []
    assert made.condition.at(NOW) == Test("gross_kg", "above", 49000)
    assert [one.field.name for one in made.filters] == ["plate", "day"]
    assert set(made.asks) > {"plate", "day", "gross_kg", "provenance"}
    assert made.columns == ("plate", "gross_kg", "received_at")
    assert made.sort == ("-gross_kg", "plate")
    assert made.voided


def test_what_may_be_asked_is_apart_from_what_is_offered(tmp_path: Path) -> None:
    made, problems = category(
        tmp_path, "title: 测试\nentity: weighing\nasks: [plate, day]\nfilters: [plate]\nfacets: [day]\n"
    )
    assert problems == []
    assert list(made.asks) == ["plate", "day"]
    assert [one.field.name for one in made.filters] == ["plate"]
    made, _ = category(tmp_path, "title: 测试\nentity: weighing\nasks: [plate, day]\n")
    assert [one.field.name for one in made.filters] == ["plate"]


@pytest.mark.parametrize(
    ("line", "path", "code"),
    [
        ("where: {gros_kg: 1}", "where.gros_kg", "ZC320"),
        ("where: {any: [{plate: x}, {axles: six}]}", "where.any.1.axles", "ZC322"),
        ("filters: [plate, palte]", "filters.1", "ZC350"),
        ("asks: [palte]", "asks.0", "ZC350"),
        ("asks: [plate]\nfilters: [{field: day}]", "filters.0", "ZC351"),
        ("asks: [plate]\nfacets: [axles]", "facets.0", "ZC351"),
        ("columns: [weight]", "columns.0", "ZC350"),
        ("sort: [-weight]", "sort.0", "ZC350"),
    ],
)
def test_problems_are_told_at_their_place(tmp_path: Path, line: str, path: str, code: str) -> None:
    made, problems = category(tmp_path, f"title: 测试\nentity: weighing\n{line}\n")
    assert made is None
    assert [(problem.path, problem.code) for problem in problems] == [(path, code)]
