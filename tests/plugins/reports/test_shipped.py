"""The reports that are shipped, over seeded test weighings with amended and void ones among them: every figure is what
a plain count of the records says, and the monthly one is looked at page by page."""

from __future__ import annotations

import importlib
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from PIL import ImageDraw

from core.run.home import Home
from tests.core.cli.command import exit_code
from tests.core.run import homes
from tests.plugins.reports import looking
from tests.plugins.reports.seeding import LIMITS, ZONE, load, seeded

REPORTS = {
    "daily": "2026-10-05", "weekly": "2026-W41", "monthly": "2026-10", "quarterly": "2026-Q4",
    "station_indicators": "2026-10", "hundred_tons": "2026-10", "eighty_tons": "2026-10", "doubled": "2026-10",
}  # fmt: skip


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """(platform, rows that count): ten records were amended, ten set aside."""
    root = tmp_path_factory.mktemp("shipped") / "home"
    assert exit_code(["init", str(root)]) == 0
    rows = seeded()
    with homes.opened(Home(root)) as platform:
        load(platform, rows)
        platform.store.statistics.fill()
        for row in rows[:10]:
            row["gross_kg"] = 105_000
        load(platform, rows[:10])
        entity = platform.snapshot.entities["weighing"]
        found = homes.operate(platform, "find", category="weighing", limit=1000)["records"]
        ids = {record["code"]: record["id"] for record in found}
        for row in rows[10:20]:
            platform.store.writer.void(entity, ids[row["code"]], who="test", why="测试作废").result()
        yield platform, rows[:10] + rows[20:]


def answers(platform, part, report):
    """The answers of the report's dataset; that it is made at all says that every cross-check held."""
    live, dataset = platform.live_of("reports"), importlib.import_module("zc_plugin_reports.dataset")
    said = live.facts().compiled["report"][report]
    about = part("period").period(said.data["period"], REPORTS[report])
    made = dataset.gathered(live, said, about, 1)
    inside = (f"{about.first:%Y-%m-%d}", f"{about.end:%Y-%m-%d}")
    return made, lambda row: inside[0] <= row["weighed_at"] < inside[1]


def is_over(row):
    return row["gross_kg"] > LIMITS[row["axles"]]


@pytest.mark.parametrize("report", sorted(REPORTS))
def test_every_total_is_what_a_plain_count_says(seen, part, report):
    platform, rows = seen
    made, is_inside = answers(platform, part, report)
    mine = [row for row in rows if is_inside(row)]
    rate = sum(map(is_over, mine)) / len(mine)
    for answer in made["answers"].values():
        if answer["span"][0] != made["period"]["first"] or answer["columns"].get("share"):
            continue
        told = answer["totals"]
        if "overloaded" in answer["measures"]:
            assert told["trucks"] == len(mine)
            assert told["overloaded"] == sum(map(is_over, mine))
            assert told.get("overload_rate", rate) == pytest.approx(rate)


def test_rows_are_what_a_plain_count_says(seen, part):
    platform, rows = seen
    made, is_inside = answers(platform, part, "monthly")
    mine = [row for row in rows if is_inside(row)]
    found = {name: {row[answer["by"][0]]: row["trucks"] for row in answer["rows"]}
             for name, answer in made["answers"].items() if len(answer["by"]) == 1}  # fmt: skip
    assert found["by_station"] == Counter(row["station"] for row in mine)
    assert found["by_axles"] == Counter(row["axles"] for row in mine)
    assert found["by_province"] == Counter(row["plate"][0] for row in mine)
    assert found["by_hour"] == Counter(int(row["weighed_at"][11:13]) for row in mine)
    assert {key: count for key, count in found["by_month"].items() if count} == Counter(
        row["weighed_at"][:7] for row in rows
    )
    heavy = made["answers"]["heavy"]["totals"]
    assert heavy["over_100"] == sum(row["gross_kg"] >= 100_000 for row in mine) == made["lists"]["hundred"]["count"]
    assert heavy["over_80"] - heavy["over_100"] == made["lists"]["eighty"]["count"]
    before = sum(row["weighed_at"].startswith("2026-09") for row in rows)
    change = made["answers"]["total"]["changes"]["totals"]["trucks"]["previous"]
    assert change == pytest.approx(100 * (len(mine) - before) / before)


def test_a_job_makes_it_for_the_period_that_is_over(seen):
    platform, _ = seen
    job = platform.snapshot.jobs["daily_report"]
    platform.run_job("daily_report", {**job, "with": {**job["with"], "form": "csv"}})
    [run] = platform.store.job_runs.last("daily_report")
    assert run.ok, run.note
    [record] = homes.operate(platform, "find", category="report_version", where={"report": "daily"})["records"]
    assert record["made_by"] == "定时任务"
    yesterday = datetime.now(ZONE) - timedelta(days=1)
    assert record["period"] == f"{yesterday:%Y-%m-%d}"


def test_the_shipped_jobs_are_on_the_page_and_catch_up_what_a_stop_missed(seen):
    platform, _ = seen
    listed = {one["id"]: one for one in homes.operate(platform, "job.list")["jobs"] if one["run"] == "report"}
    made = {id_: platform.snapshot.jobs[id_]["with"]["report"] for id_ in listed}
    assert made == {
        "daily_report": "daily", "weekly_report": "weekly", "monthly_report": "monthly",
        "monthly_indicators": "station_indicators",
    }  # fmt: skip
    assert {one["missed"] for one in listed.values()} == {"catch_up"}


@pytest.fixture(scope="module")
def monthly(seen, part):
    """(pages, dataset, colours of charts) of the monthly report, made as an operator makes it."""
    platform, _ = seen
    arguments = {"report": "monthly", "period": "2026-10", "form": "pdf"}
    file = Path(homes.operate(platform, "command", name="report", arguments=arguments)["file"])
    style = part("style")
    colours = {tuple(round(255 * value) for value in one.rgb()) for one in (*style.PALETTE, *style.NAMED.values())}
    return looking.sheets(file), json.loads(file.with_name("dataset.json").read_bytes()), sorted(colours)


def test_the_monthly_paper_has_no_fault(monthly):
    pages, dataset, colours = monthly
    assert looking.faults(pages, dataset, colours) == []
    assert len(looking.chart_titles(dataset)) == 7
    assert any("检测时间" in page.text and "附件" not in page.text for page in pages), "a list goes on over a page"


def test_the_monthly_papers_text_is_what_the_dataset_says(monthly, part):
    pages, dataset, _ = monthly
    assert looking.unsaid(pages, looking.summary(dataset)) == []
    tables = [table for one in part("layout").parts(dataset) for table in one.tables]
    assert (
        looking.unsaid(
            pages, ["".join(row) for table in tables for row in (*table.rows, *filter(None, [table.totals]))]
        )
        == []
    )
    assert part("fonts").missing({letter for page in pages for letter, _ in page.letters}) == []


def blotted(page, left, top, right, bottom, ink="white"):
    """The page with a box of its picture, in points from above, painted over."""
    picture = page.picture.copy()
    box = [value * looking.SCALE for value in (left, top, right, bottom)]
    ImageDraw.Draw(picture).rectangle(box, fill=ink)
    return replace(page, picture=picture)


def reworded(page, former, text):
    """The page with a part of its text replaced."""
    assert former in page.text
    return replace(page, text=page.text.replace(former, text))


@pytest.mark.parametrize(
    ("number", "broken", "words"),
    [(1, lambda page: reworded(page, "第 1 页", "第 2 页"), r"page 2: numbered \[\(2, "),
     (0, lambda page: reworded(page, "编制单位", "第 1 页 共 9 页"), r"page 1: numbered"),
     (2, lambda page: blotted(page, 20, 400, 21, 401, "grey"), "page 3: something stands in the left margin"),
     (2, lambda page: blotted(page, 300, 825, 301, 826, "grey"), "page 3: something stands in the bottom margin"),
     (1, lambda page: replace(page, letters=(*page.letters, ("湘", (10, 10, 30, 30)))), "nothing is drawn for 湘"),
     (1, lambda page: replace(page, letters=(*page.letters, ("\ufffd", page.letters[0][1]))), "cannot be read out"),
     (1, lambda page: replace(page, maps_all=False), "page 2: a character cannot be read out"),
     (2, lambda page: blotted(page, 0, 200, 595, 780), "page 3: printed on 1"),
     (1, lambda page: blotted(page, 60, 400, 535, 780), "chart 图1近十二个月超限率 has 0 coloured pixels"),
     (-1, lambda page: reworded(page, "检测时间", ""), "without the head of their table")],
    ids=["number", "cover", "left", "bottom", "blank", "unread", "unmapped", "empty", "chart", "head"],
)  # fmt: skip
def test_a_broken_paper_is_found_out(monthly, number, broken, words):
    pages, dataset, colours = monthly
    damaged = [*pages]
    damaged[number] = broken(damaged[number])
    assert re.search(words, "\n".join(looking.faults(damaged, dataset, colours)))


def test_a_figure_that_is_not_said_is_found_out(monthly):
    pages, dataset, _ = monthly
    dataset = json.loads(json.dumps(dataset))
    dataset["answers"]["total"]["totals"]["trucks"] += 1
    assert len(looking.unsaid(pages, looking.summary(dataset))) == 1
