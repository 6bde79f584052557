"""The reports that are shipped, over seeded test weighings with amended and void ones among them: every figure is what
a plain count of the records says."""

from __future__ import annotations

import importlib
from collections import Counter
from datetime import datetime, timedelta

import pytest

from core.run.home import Home
from tests.core.cli.command import exit_code
from tests.core.run import homes
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
    [record] = homes.operate(platform, "find", category="report_version")["records"]
    assert (record["report"], record["made_by"]) == ("daily", "定时任务")
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
