"""XLSX and CSV have the figures that the paper has."""

import csv
import json
import zipfile
from datetime import date
from xml.etree import ElementTree

import pytest

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@pytest.fixture
def made(part, dataset, tmp_path):
    (tmp_path / "dataset.json").write_text(json.dumps(dataset), encoding="utf-8")
    part("rendering").render(tmp_path / "dataset.json", ("xlsx", "csv"), tmp_path)
    return tmp_path


def sheets(file):
    """{sheet: rows of cells}, numbers as numbers."""
    with zipfile.ZipFile(file) as book:
        shared = ["".join(item.itertext()) for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml"))]
        names = [
            one.get("name") for one in ElementTree.fromstring(book.read("xl/workbook.xml")).iter(f"{{{NS['m']}}}sheet")
        ]
        return {
            name: [
                [_value(cell, shared) for cell in row.iterfind("m:c", NS)]
                for row in ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml")).iterfind(
                    ".//m:row", NS
                )
            ]
            for number, name in enumerate(names, start=1)
        }


def _value(cell, shared):
    found = cell.find("m:v", NS)
    if found is None:
        return None
    return shared[int(found.text)] if cell.get("t") == "s" else float(found.text)


def test_every_table_is_a_sheet_with_numbers_as_numbers(made, dataset):
    found = sheets(made / "report.xlsx")
    assert list(found) == ["正文", "表1 表 by_station", "表2 表 by_class", "表3 明细"]
    rows = found["表1 表 by_station"]
    assert rows[1][:4] == ["序号", "站点", "货车数（辆）", "货车数环比（%）"]
    assert rows[2] == [1, "测试站点1", 1000, 3.2, 0, 3.2, 0, 3.2, 30_000, 3.2]
    assert rows[42][1:3] == ["合计", dataset["answers"]["by_station"]["totals"]["trucks"]]
    below = ["共 120 条，本表列出前 90 条。", *dataset["lists"]["heavy"]["definition"]]
    assert [row[0] for row in found["表3 明细"][2 + 90 :]][:2] == below
    assert any("共检测货车47,800辆" in str(row[0]) for row in found["正文"])


def test_moments_are_such_and_numbers_of_a_dimension_too(part, dataset, tmp_path):
    answer = dataset["answers"]["by_class"]
    answer["labels"] = {}
    for number, row in enumerate(answer["rows"], start=2):
        row["overload_class"] = number
    (tmp_path / "dataset.json").write_text(json.dumps(dataset), encoding="utf-8")
    part("rendering").render(tmp_path / "dataset.json", ("xlsx",), tmp_path)
    found = sheets(tmp_path / "report.xlsx")
    assert [row[0] for row in found["表2 表 by_class"][2:6]] == [2, 3, 4, "合计"]
    days = (date(2026, 10, 1) - date(1899, 12, 30)).days  # as sheets count them
    assert found["表3 明细"][2][1] == pytest.approx(days + 8.5 / 24)


def test_csv_has_the_same_figures(made, dataset):
    with (made / "report.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.reader(file)]
    start = rows.index(["表 by_class"])
    assert rows[start + 1] == ["超限程度", "货车数（辆）", "占比"]
    by_class = dataset["answers"]["by_class"]["rows"]
    assert [float(row[1]) for row in rows[start + 2 : start + 5]] == [row["trucks"] for row in by_class]
    assert [float(row[2]) for row in rows[start + 2 : start + 5]] == [row["share"] for row in by_class]
    assert rows[start + 5][:2] == ["合计", "47800"]


def test_text_is_never_a_formula(part, dataset, tmp_path):
    rows = dataset["lists"]["heavy"]["rows"]
    rows[0]["plate"], rows[1]["plate"] = "=1+1", "＝1+1"
    (tmp_path / "dataset.json").write_text(json.dumps(dataset), encoding="utf-8")
    part("rendering").render(tmp_path / "dataset.json", ("xlsx", "csv"), tmp_path)
    text = (tmp_path / "report.csv").read_text(encoding="utf-8-sig")
    assert all(f",'{mark}1+1," in text for mark in "=＝")
    with zipfile.ZipFile(tmp_path / "report.xlsx") as book:
        assert all(b"<f>" not in book.read(name) for name in book.namelist() if "worksheets" in name)
