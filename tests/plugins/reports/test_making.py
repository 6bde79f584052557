"""Making a report: one dataset, files, versions and what differs between them."""

import csv
import json
from pathlib import Path

import pypdfium2
import pytest

from core.api import ZcError
from tests.core.run import homes
from tests.plugins.reports.making import DAY, crossings, made, opened


@pytest.fixture
def platform(tmp_path):
    with opened(tmp_path / "home") as platform:
        crossings(platform, "G1", range(3))
        crossings(platform, "G2", range(5))
        yield platform


def versions(platform):
    found = homes.operate(platform, "find", category="report_version", where={"report": "daily"})
    return {record["version"]: record for record in found["records"]}


def table_of(file, title):
    with Path(file).open(encoding="utf-8-sig", newline="") as handle:
        rows = [*csv.reader(handle)]
    start = rows.index([title]) + 2
    return rows[start : start + rows[start:].index([]) if [] in rows[start:] else len(rows)]


def test_paper_sheet_csv_and_the_statistic_say_the_same(platform):
    first = made(platform)
    assert (first["version"], first["is_new"]) == (1, True)
    folder = Path(first["file"]).parent
    asked = homes.operate(platform, "count", statistic="crossings", by=["gate"], measures=["passed"], within=DAY)["rows"]
    assert asked == [{"gate": "G1", "passed": 3}, {"gate": "G2", "passed": 5}]
    dataset = json.loads((folder / "dataset.json").read_bytes())
    assert [(row["gate"], row["passed"]) for row in dataset["answers"]["by_gate"]["rows"]] == [("G2", 5), ("G1", 3)]
    assert dataset["answers"]["total"]["totals"] == {"passed": 8, "weight_kg": 7200}
    with pypdfium2.PdfDocument(folder / "report.pdf") as pdf:
        text = "".join(page.get_textpage().get_text_range() for page in pdf).replace("\r\n", "")
    assert "2026年10月21日通行8次，总重7.2吨，测试闸口G2最多。" in text
    rows = table_of(folder / "report.csv", "各闸口通行数")
    assert rows[:3] == [
        ["测试闸口G2", "5", "0.625", "4.5"], ["测试闸口G1", "3", "0.375", "2.7"], ["合计", "8", "1.0", "7.2"],
    ]  # fmt: skip
    assert len(table_of(folder / "report.csv", "通行明细")) == 8


def test_nothing_new_makes_no_new_version_and_late_data_makes_one_that_says_what_differs(platform):
    made(platform)
    again = made(platform)
    assert (again["version"], again["is_new"], again["differs"]) == (1, False, [])
    crossings(platform, "G1", range(10, 12))
    second = made(platform, made_by="测试")
    assert (second["version"], second["is_new"]) == (2, True)
    assert "各闸口通行数：测试闸口G1通行数 3 → 5" in second["differs"]
    assert "通行明细：8 → 10 条" in second["differs"]
    kept = versions(platform)
    assert set(kept) == {1, 2}
    assert kept[1]["differs"] in ("", None)
    assert kept[2]["made_by"] == "测试"
    assert "total：合计通行数 8 → 10" in kept[2]["differs"]
    assert kept[1]["dataset_sha256"] != kept[2]["dataset_sha256"]


def test_a_changed_declaration_is_a_new_version_too(platform):
    made(platform)
    file = platform.home.root / "config" / "reports" / "daily.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("heading: 概况", "heading: 本日提要"), encoding="utf-8")
    assert homes.operate(platform, "reload", who="test")["activated"]
    assert made(platform)["differs"] == ["报告的版式或文字有改动"]


def test_files_are_given_as_they_were_archived_or_not_at_all(platform):
    first = made(platform)

    def fetched(**said):
        arguments = {"report": "daily", "period": DAY, **said}
        return homes.operate(platform, "command", name="reports.file", arguments=arguments)

    given = fetched(form="xlsx", version="1")
    assert platform.home.data / given["path"] == Path(first["file"]).with_name("report.xlsx")
    assert given["name"] == "测试日报_2026-10-21_第1版.xlsx"
    assert given["sha256"] == versions(platform)[1]["xlsx_sha256"]
    with pytest.raises(ZcError, match="没有第 7 版"):
        fetched(version="7")
    Path(first["file"]).write_bytes(b"%PDF-tampered")
    with pytest.raises(ZcError, match="校验码不符"):
        fetched(form="pdf")
    dataset = Path(first["file"]).with_name("dataset.json")
    dataset.write_bytes(dataset.read_bytes().replace(b'"passed":3', b'"passed":4'))
    with pytest.raises(ZcError, match="校验码不符"):
        fetched(form="csv")
    with pytest.raises(ZcError, match="校验码不符"):
        made(platform)


def test_what_cannot_be_made_is_said_and_leaves_nothing(platform):
    for said, words in (
        ({"report": "gone"}, "没有名为 gone 的报告"),
        ({"period": "2026-10"}, "'2026-10' is no day"),
        ({"period": "2199-01-01"}, "还没有开始"),
    ):
        with pytest.raises(ZcError, match=words):
            made(platform, **said)
    file = platform.home.root / "config" / "reports" / "daily.yaml"
    wrong = file.read_text(encoding="utf-8").replace("equals: total.passed", "equals: total.weight_kg")
    file.write_text(wrong, encoding="utf-8")
    homes.operate(platform, "reload", who="test")
    with pytest.raises(ZcError, match="各闸口之和：by_gate"):
        made(platform)
    assert not list((platform.home.data / "reports").rglob("*.pdf"))
    assert versions(platform) == {}


def test_a_broken_rendering_leaves_no_half_version(platform):
    homes.operate(
        platform, "load", entity="gate", name="gate.csv", replace=False, who="test",
        data="code,title\nG1,测试\U0001f69a闸口\n".encode().hex(),
    )  # fmt: skip
    with pytest.raises(ZcError, match=r"U\+1F69A"):
        made(platform)
    assert [*(platform.home.data / "reports").rglob("*")] == [
        platform.home.data / "reports" / "daily", platform.home.data / "reports" / "daily" / DAY,
    ]  # fmt: skip
    assert versions(platform) == {}


def test_reports_are_listed_with_the_last_period_that_is_over(platform):
    [row] = homes.operate(platform, "command", name="reports.list", arguments={})["reports"]
    assert (row["report"], row["title"], row["period"]) == ("daily", "测试日报", "day")


def test_all_answers_are_of_one_moment(platform):
    live = platform.live_of("reports")
    with live.steadily():
        before = live.search("crossing")
        crossings(platform, "G1", range(50, 60))
        assert live.search("crossing") == before
    assert len(live.search("crossing")) == len(before) + 10
