"""Compiling the kind limit: what is wrong with dated limits, and where."""

import shutil
from pathlib import Path

import pytest

from core import api
from core.declare import library
from core.entity.types import option_schemas

PLUGINS = Path(__file__).parents[3] / "plugins"
ROWS = "by_axles:\n  - {axles: 2, limit_kg: 18000}\n  - {axles: 6, and_more: true, limit_kg: 49000}\n"


@pytest.fixture
def problems_of(offers):
    def problems(*declarations: api.Declaration) -> list[api.Problem]:
        compiled, found = offers.compilers["limit"]({one.id: one for one in declarations}, {})
        assert compiled is not None
        return found

    return problems


def test_the_shipped_limits_are_well(problems_of, shipped):
    assert problems_of(shipped) == []


def test_laws_may_follow_each_other_and_leave_gaps(problems_of, declare):
    assert (
        problems_of(
            declare("a", f"version: 1\nvalid_from: 2017-01-01\nvalid_to: 2017-12-31\n{ROWS}"),
            declare("b", f"version: 1\nvalid_from: 2018-01-01\nvalid_to: 2018-01-01\n{ROWS}"),
            declare("c", f"version: 1\nvalid_from: 2020-01-01\nvalid_to: 9999-12-31\n{ROWS}"),
        )
        == []
    )


def test_laws_may_hold_together_for_different_vehicles(problems_of, declare):
    typed = "by_axles: [{axles: 6, axle_type: '157', limit_kg: 46000}, {axles: 3, limit_kg: 25000}]"
    assert (
        problems_of(
            declare("a", f"version: 1\nvalid_from: 2017-01-01\n{ROWS}"),
            declare("b", f"version: 1\nvalid_from: 2018-01-01\n{typed}"),
        )
        == []
    )


@pytest.mark.parametrize("key", ["valid_from", "valid_to"])
@pytest.mark.parametrize("day", ["2017-02-29", "2017-13-01", "0000-01-01"])
def test_a_day_that_the_calendar_does_not_have(key, day, problems_of, declare):
    other = "valid_to: 2099-01-01" if key == "valid_from" else "valid_from: 2017-01-01"
    [problem] = problems_of(declare("a", f"version: 1\n{other}\n{key}: {day}\n{ROWS}"))
    assert (problem.code, problem.path, problem.line) == ("ZC420", key, 8)
    assert day in problem.what
    assert problem.mend


def test_an_end_before_the_start(problems_of, declare):
    [problem] = problems_of(declare("a", f"version: 1\nvalid_from: 2017-01-02\nvalid_to: 2017-01-01\n{ROWS}"))
    assert (problem.code, problem.path, problem.line) == ("ZC420", "valid_to", 8)
    assert "2017-01-01" in problem.what
    assert "2017-01-02" in problem.what


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (
            ["{axles: 2, limit_kg: 18000}", "{axles: 3, limit_kg: 27000}", "{axles: 2, limit_kg: 17000}"],
            [(2, 1, "2 axles")],
        ),
        (
            ["{axles: 5, and_more: true, limit_kg: 43000}", "{axles: 6, and_more: true, limit_kg: 49000}"],
            [(1, 1, "6 axles")],
        ),
        (["{axles: 5, and_more: true, limit_kg: 43000}", "{axles: 7, limit_kg: 49000}"], [(1, 1, "7 axles")]),
        (["{axles: 7, limit_kg: 43000}", "{axles: 5, and_more: true, limit_kg: 49000}"], [(1, 1, "7 axles")]),
        (["{axles: 6, axle_type: '157', limit_kg: 1000}"] * 2, [(1, 1, "6 axles of type '157'")]),
        (["{axles: 2, limit_kg: 18000}"] * 3, [(1, 1, "2 axles"), (2, 1, "2 axles"), (2, 2, "2 axles")]),
    ],
)
def test_two_rows_of_one_declaration_for_the_same_vehicle(rows, wrong, problems_of, declare):
    listed = "".join(f"  - {row}\n" for row in rows)
    found = problems_of(declare("a", f"version: 1\nvalid_from: 2017-01-01\nby_axles:\n{listed}"))
    assert [(item.code, item.path, item.line) for item in found] == [
        ("ZC420", f"by_axles.{row}", 9 + row) for row, _, _ in wrong
    ]
    assert [item.what for item in found] == [f"{words} already has a limit in row {first}" for _, first, words in wrong]


@pytest.mark.parametrize("end", ["", "valid_to: 2018-06-01\n"])
def test_two_declarations_on_the_same_day_for_the_same_vehicle(end, problems_of, declare):
    early = declare("early", f"version: 1\nvalid_from: 2017-01-01\n{end}{ROWS}")
    late = declare("late", "version: 1\nvalid_from: 2018-06-01\nby_axles: [{axles: 7, limit_kg: 46000}]")
    for declarations in ((early, late), (late, early)):
        [problem] = problems_of(*declarations)
        assert (problem.file, problem.code, problem.path) == ("late.yaml", "ZC420", "by_axles.0")
        assert problem.what == "7 axles already has a limit on 2018-06-01 in limit/early, row 2"
        assert "limit/early" in problem.mend


def test_a_law_that_is_wrong_hides_no_other(problems_of, declare):
    found = problems_of(
        declare("a", f"version: 1\nvalid_from: 2017-02-30\n{ROWS}"),
        declare("b", f"version: 1\nvalid_from: 2017-01-02\nvalid_to: 2017-01-01\n{ROWS}"),
    )
    assert [item.file for item in found] == ["a.yaml", "b.yaml"]


def test_the_examples_follow_the_shipped_limits_without_a_clash(problems_of, tmp_path):
    (tmp_path / "config").mkdir()
    site = "title: 测试站\nstore: sqlite:///data/zc.sqlite\nplugins: {limits: {}}\n"
    (tmp_path / "config" / "site.yaml").write_text(site, encoding="utf-8")
    shutil.copytree(PLUGINS / "limits" / "examples" / "limits", tmp_path / "config" / "limits")
    reading = library.read(
        tmp_path, [PLUGINS], field_types=option_schemas(), outcomes=frozenset(), cache=library.Cache()
    )
    assert [problem for problem in reading.problems if problem.level == "error"] == []
    limits = reading.declarations["limit"]
    assert sorted(limits) == ["gross_2016", "gross_example"]
    assert problems_of(*limits.values()) == []
