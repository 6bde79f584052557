"""Reports over a county: whoever makes, lists or fetches one gets what he may see of the records, and no more."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from core.api import Account, NotAllowed, NotFound, Seeing, ZcError
from core.run.home import Home
from tests.core.cli.command import exit_code
from tests.core.run import homes
from tests.plugins.reports.seeding import load, seeded

PERIOD = "2026-10-05"
LEIYANG, CHANGNING = "430481", "430482"
REPORTER = "title: 报告员\noperations: [report, reports.list, reports.file]\n"
BRIEF = "like: daily\nforms: [csv]\nsections: {heavy: null}\n"


@pytest.fixture(scope="module")
def platform(tmp_path_factory):
    root = tmp_path_factory.mktemp("counties") / "home"
    assert exit_code(["init", str(root)]) == 0
    homes.write(root, "config/roles/reporter.yaml", REPORTER)
    homes.write(root, "config/reports/brief.yaml", BRIEF)
    homes.write(root, "config/reports/listed.yaml", "like: daily\nforms: [csv]\n")
    with homes.opened(Home(root)) as platform:
        load(platform, [{**row, "weighed_at": f"{PERIOD}{row['weighed_at'][10:]}"} for row in seeded()])
        platform.store.statistics.fill()
        for report in ("listed", "brief"):
            for region in (None, LEIYANG, CHANGNING):
                made(platform, report, region)
        yield platform


def made(platform, report, region):
    arguments = {"report": report, "period": PERIOD, **({"region": region} if region else {})}
    return homes.operate(platform, "command", name="report", arguments=arguments)


def person(platform, *roles, region=None):
    account = Account("tester", "测试", (*roles, "reporter"), session_id=1, must_change=False, refs={"region": region})
    return Seeing(platform, account, platform.snapshot)


def fetched(platform, seeing, report="listed", **said):
    """Region of the version that was given, and the stations in its table."""
    asked = {"report": report, "period": PERIOD, "form": "csv", **said}
    file = platform.home.data / seeing.operate("reports.file", asked)["path"]
    dataset = json.loads(file.with_name("dataset.json").read_bytes())
    return dataset["region"], {row["station"][:11] for row in dataset["answers"]["by_station"]["rows"]}


def test_a_countys_version_has_its_own_stations_records_and_name_alone(platform):
    for region, title in ((LEIYANG, "耒阳市"), (CHANGNING, "常宁市")):
        file = Path(made(platform, "listed", region)["file"])
        text = file.read_text(encoding="utf-8-sig")
        rows = [line for line in csv.reader(text.splitlines()) if line]
        assert f"{title}" in text
        assert not any(other in text for other in ("耒阳", "常宁") if other not in title)
        dataset = json.loads(file.with_name("dataset.json").read_bytes())
        parts = (dataset["answers"]["by_station"]["rows"], dataset["answers"]["by_station"]["completeness"]["stations"])
        assert all(row["station"].startswith(f"DEMO-{region}") for part in parts for row in part)
        assert all(title[:2] in row["station"] for row in dataset["lists"]["heavy"]["rows"])
        assert len(rows) > 10


def test_the_counties_add_up_to_the_whole(platform):
    totals = {}
    for region in (None, LEIYANG, CHANGNING):
        dataset = Path(made(platform, "listed", region)["file"]).with_name("dataset.json")
        totals[region] = json.loads(dataset.read_bytes())["answers"]["total"]["totals"]["trucks"]
    assert totals[None] == totals[LEIYANG] + totals[CHANGNING] == len(seeded())


def test_a_county_makes_and_fetches_its_own_and_no_other(platform):
    seeing = person(platform, "county", region=LEIYANG)
    assert fetched(platform, seeing) == fetched(platform, seeing, region=LEIYANG) == (LEIYANG, {"DEMO-430481"})
    done = seeing.operate("report", {"report": "listed", "period": PERIOD})
    assert (done["region"], done["is_new"]) == (LEIYANG, False)
    for said in ({"region": CHANGNING}, {"region": "430400"}, {"region": "999999"}):
        for name in ("report", "reports.file"):
            with pytest.raises((NotAllowed, ZcError)):
                seeing.operate(name, {"report": "listed", "period": PERIOD, **said})


def test_the_archive_lists_and_exports_what_lies_in_a_persons_scope(platform):
    wanted = {"county": {LEIYANG}, "city": {None, LEIYANG, CHANGNING}}
    for role, regions in wanted.items():
        seeing = person(platform, role, region=LEIYANG)
        found = seeing.find("report_version", {"limit": ["50"]})["records"]
        assert {record["region"] for record in found} == regions
        assert {row["region"] for row in seeing.rows("report_version", {})} == regions
    whole = next(r for r in person(platform, "city").find("report_version", {})["records"] if r["region"] is None)
    with pytest.raises(NotFound):
        person(platform, "county", region=LEIYANG).one("report_version", whole["id"])


def test_whoever_sees_the_city_gets_the_whole_and_each_county(platform):
    seeing = person(platform, "city")
    assert fetched(platform, seeing) == (None, {"DEMO-430481", "DEMO-430482"})
    assert fetched(platform, seeing, region=CHANGNING) == (CHANGNING, {"DEMO-430482"})


def test_without_sight_of_the_records_there_is_nothing(platform):
    for roles, region in (((), None), ((), LEIYANG), (("county",), None), (("station",), LEIYANG)):
        seeing = person(platform, *roles, region=region)
        for name in ("report", "reports.file"):
            for said in ({}, {"region": LEIYANG}):
                with pytest.raises(NotAllowed):
                    seeing.operate(name, {"report": "listed", "period": PERIOD, **said})


def test_masked_plates_keep_back_a_list_of_them_and_not_the_figures(platform):
    seeing = person(platform, "viewer")
    with pytest.raises(NotAllowed, match="看不到"):
        fetched(platform, seeing)
    assert fetched(platform, seeing, "brief")[0] is None


def test_a_job_makes_a_countys(platform):
    job = {"title": "测试", "run": "report", "with": {"report": "brief", "region": LEIYANG}}
    platform.run_job("county_brief", job)
    [run] = platform.store.job_runs.last("county_brief")
    assert run.ok, run.note
    assert "耒阳市" in run.note
