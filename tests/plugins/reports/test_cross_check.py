"""A dataset that disagrees with itself makes no report."""

import json

import pytest

from core.api import ZcError


@pytest.fixture(scope="module")
def check(part):
    return part("cross_check").disagreeing


def test_a_sound_dataset_agrees(check, dataset):
    assert check(dataset) == []


TAMPERED = {
    "a row": (("by_station", "rows", 3, "trucks"), 1, "by_station：各行货车数之和"),
    "a total": (("by_class", "totals", "trucks"), 5, "by_class：各行货车数之和"),
    "a rate": (("by_station", "rows", 3, "rate"), 0.357, "by_station：第 4 行超限率 35.7000% 与 3÷1030 不符"),
    "the rate of the whole": (("total", "totals", "rate"), 0.357, "total：合计超限率"),
    "a share": (("by_class", "rows", 0, "share"), 1.2, "by_class：各行占比之和"),
    "the figure of a text": (("total", "totals", "trucks"), 7, "同一口径的货车数合计"),
}


@pytest.mark.parametrize("what", sorted(TAMPERED))
def test_each_figure_that_was_tampered_with_is_found(check, dataset, what):
    (*path, last), value, said = TAMPERED[what]
    place = dataset["answers"]
    for step in path:
        place = place[step]
    place[last] = value
    assert any(said in line for line in check(dataset)), check(dataset)


def test_what_a_report_declares_is_checked(check, dataset):
    dataset["report"]["cross_check"] = [
        {"title": "超限数", "sum": ["by_class.minor.trucks", "by_class.grave.trucks"], "equals": "total.overloaded"},
        {"title": "不成立", "sum": ["by_class.minor.trucks"], "equals": "total.overloaded"},
        {"title": "不在", "sum": ["gone.trucks"], "equals": "total.overloaded"},
    ]
    [wrong, gone] = check(dataset)
    assert wrong == "不成立：by_class.minor.trucks 为 700，total.overloaded 为 780"
    assert "不在数据集中" in gone


def test_rows_left_out_may_be_missing_from_the_sum_but_no_more(check, dataset):
    by_station = dataset["answers"]["by_station"]
    by_station["rows"], by_station["rest"] = by_station["rows"][:5], 35
    assert check(dataset) == []
    by_station["rows"][0]["trucks"] = 10**9
    assert any("之和" in line for line in check(dataset))


def test_rendering_refuses_a_dataset_that_was_tampered_with(part, dataset, tmp_path):
    dataset["answers"]["by_station"]["rows"][0]["overloaded"] += 1
    file = tmp_path / "dataset.json"
    file.write_text(json.dumps(dataset), encoding="utf-8")
    with pytest.raises(ZcError, match="互相矛盾"):
        part("rendering").render(file, ("csv",), tmp_path)
    assert [*tmp_path.iterdir()] == [file]
