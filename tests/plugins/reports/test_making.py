"""Making a report: one dataset, files, versions and what differs between them. The tests share a home, each has a day
of its own."""

import csv
import itertools
import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest

from core.api import ZcError
from tests.core.run import homes
from tests.plugins.reports.making import crossings, made, opened


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    with opened(tmp_path_factory.mktemp("reports") / "home") as platform:
        yield platform


@pytest.fixture(scope="module")
def days():
    """Days that no test had before."""
    return (f"{date(2026, 1, 1) + timedelta(days=number):%Y-%m-%d}" for number in itertools.count())


@pytest.fixture
def day(platform, days):
    """A day on which three vehicles passed one gate and five another."""
    day = next(days)
    crossings(platform, "G1", range(3), day)
    crossings(platform, "G2", range(5), day)
    return day


def versions(platform, day):
    found = homes.operate(platform, "find", category="report_version", where={"period": day})
    return {record["version"]: record for record in found["records"]}


def table_of(file, title):
    with Path(file).open(encoding="utf-8-sig", newline="") as handle:
        rows = [*csv.reader(handle)]
    start = rows.index([title]) + 2
    return rows[start : start + rows[start:].index([]) if [] in rows[start:] else len(rows)]


@contextmanager
def declared(platform, former, text):
    """The report with a part of its declaration replaced, for a while."""
    file = platform.home.root / "config" / "reports" / "daily.yaml"
    before = file.read_text(encoding="utf-8")
    file.write_text(before.replace(former, text), encoding="utf-8")
    assert homes.operate(platform, "reload", who="test")["activated"]
    yield
    file.write_text(before, encoding="utf-8")
    homes.operate(platform, "reload", who="test")


def test_paper_sheet_csv_and_the_statistic_say_the_same(platform, day):
    first = made(platform, day, report="printed")
    assert (first["version"], first["is_new"]) == (1, True)
    folder = Path(first["file"]).parent
    asked = homes.operate(platform, "count", statistic="crossings", by=["gate"], measures=["passed"], within=day)[
        "rows"
    ]
    assert asked == [{"gate": "G1", "passed": 3}, {"gate": "G2", "passed": 5}]
    dataset = json.loads((folder / "dataset.json").read_bytes())
    assert [(row["gate"], row["passed"]) for row in dataset["answers"]["by_gate"]["rows"]] == [("G2", 5), ("G1", 3)]
    assert dataset["answers"]["total"]["totals"] == {"passed": 8, "weight_kg": 7200}
    with pypdfium2.PdfDocument(folder / "report.pdf") as pdf:
        text = "".join(page.get_textpage().get_text_range() for page in pdf).replace("\r\n", "")
    assert "通行8次，总重7.2吨，测试闸口G2最多。" in text
    rows = table_of(folder / "report.csv", "各闸口通行数")
    assert rows[:3] == [
        ["测试闸口G2", "5", "0.625", "4.5"], ["测试闸口G1", "3", "0.375", "2.7"], ["合计", "8", "1.0", "7.2"],
    ]  # fmt: skip
    lines = table_of(folder / "report.csv", "通行明细")
    assert sum(len(line) == 5 for line in lines) == 8
    said = ["共 8 条。", "统计对象：通行记录中的全部记录；作废的记录不计", f"时间范围：{day} 至 {day}"]
    assert [line for [line] in lines[8:]] == said
    kept = versions(platform, day)[1]
    assert len({kept["pdf_sha256"], kept["xlsx_sha256"], kept["csv_sha256"], kept["dataset_sha256"], None}) == 5


def test_late_data_makes_a_new_version_that_says_what_differs_and_nothing_new_makes_none(platform, day):
    made(platform, day)
    again = made(platform, day)
    assert (again["version"], again["is_new"], again["differs"]) == (1, False, [])
    crossings(platform, "G1", range(10, 12), day)
    second = made(platform, day, made_by="测试")
    assert (second["version"], second["is_new"]) == (2, True)
    assert "各闸口通行数：测试闸口G1通行数 3 → 5" in second["differs"]
    assert "通行明细：8 → 10 条" in second["differs"]
    kept = versions(platform, day)
    assert set(kept) == {1, 2}
    assert kept[1]["differs"] in ("", None)
    assert kept[2]["made_by"] == "测试"
    assert "total：合计通行数 8 → 10" in kept[2]["differs"]
    assert kept[1]["dataset_sha256"] != kept[2]["dataset_sha256"]


def test_two_that_make_it_at_once_make_one_version(platform, day):
    with ThreadPoolExecutor(2) as threads:
        done = [*threads.map(lambda _: made(platform, day), range(2))]
    assert sorted((one["version"], one["is_new"]) for one in done) == [(1, False), (1, True)]
    assert set(versions(platform, day)) == {1}


def test_a_changed_declaration_is_a_new_version_too(platform, day):
    made(platform, day)
    with declared(platform, "heading: 概况", "heading: 本日提要"):
        assert made(platform, day)["differs"] == ["报告的版式或文字有改动"]


def test_files_are_given_as_they_were_archived_or_not_at_all(platform, day):
    first = made(platform, day)
    file = Path(first["file"]).with_name("report.csv")

    def fetched(**said):
        arguments = {"report": "daily", "period": day, "form": "csv", **said}
        return homes.operate(platform, "command", name="reports.file", arguments=arguments)

    given = fetched(version="1")
    assert platform.home.data / given["path"] == file
    assert given["name"] == f"测试日报_{day}_第1版.csv"
    assert given["sha256"] == versions(platform, day)[1]["csv_sha256"]
    for said, words in (({"version": "7"}, "没有第 7 版"), ({"form": "xlsx"}, "没有 xlsx 文件")):
        with pytest.raises(ZcError, match=words):
            fetched(**said)
    file.write_bytes(file.read_bytes() + b"tampered")
    with pytest.raises(ZcError, match="校验码不符"):
        fetched()
    dataset = file.with_name("dataset.json")
    dataset.write_bytes(dataset.read_bytes().replace(b'"passed":3', b'"passed":4'))
    for asked in (fetched, lambda: made(platform, day)):
        with pytest.raises(ZcError, match="校验码不符"):
            asked()


@pytest.mark.parametrize(
    ("said", "words"),
    [({"report": "gone"}, "没有名为 gone 的报告"), ({"period": "2026-10"}, "'2026-10' is no day"),
     ({"period": "2199-01-01"}, "还没有开始"), ({"form": "pdf"}, "没有 pdf 形式")],
    ids=["report", "period", "future", "form"],
)  # fmt: skip
def test_what_cannot_be_made_is_said(platform, said, words):
    with pytest.raises(ZcError, match=words):
        made(platform, "2026-09-01", **{"form": "csv", **said})


def test_figures_that_disagree_make_no_report(platform, day):
    with (
        declared(platform, "equals: total.passed", "equals: total.weight_kg"),
        pytest.raises(ZcError, match="各闸口之和：by_gate"),
    ):
        made(platform, day)
    assert not list((platform.home.data / "reports").rglob(f"{day}/*"))
    assert versions(platform, day) == {}


def test_a_rendering_that_fails_leaves_no_half_version(platform, day):
    with declared(platform, "heading: 明细", "heading: 明细\U0001f69a"), pytest.raises(ZcError, match=r"U\+1F69A"):
        made(platform, day, report="printed")
    assert not list((platform.home.data / "reports" / "printed" / day).iterdir())
    assert versions(platform, day) == {}


def test_reports_are_listed_with_the_last_period_that_is_over(platform):
    rows = homes.operate(platform, "command", name="reports.list", arguments={})["reports"]
    assert [(row["report"], row["title"], row["period"]) for row in rows] == [
        ("daily", "测试日报", "day"), ("printed", "测试日报", "day"),
    ]  # fmt: skip


def test_all_that_is_asked_steadily_is_of_one_moment(platform, day):
    live = platform.live_of("reports")
    with live.steadily():
        before = live.search("crossing", {"code": {"starts": day}})
        crossings(platform, "G1", range(50, 60), day)
        assert live.search("crossing", {"code": {"starts": day}}) == before
    assert len(live.search("crossing", {"code": {"starts": day}})) == len(before) + 10


def test_which_records_a_list_shows_is_told_in_words(platform):
    live = platform.live_of("reports")
    where = {"weight_kg": {"from": 12_000}, "gate": {"in": ["G2", "G1"]}}
    for category, end in (("crossing", "作废的记录不计"), ("every_crossing", "作废的记录也在内")):
        [line] = live.definition(category, where)
        assert "：G2、G1" in line
        assert "12,000" in line
        assert line.endswith(end)
    with pytest.raises(ZcError, match="colour"):
        live.definition("crossing", {"colour": "red"})
