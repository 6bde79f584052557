"""Who fetches a report must see plain what is listed in it."""

from collections.abc import Sequence

import pytest

from core.api import Account, NotAllowed, Seeing
from tests.core.run import homes
from tests.plugins.reports.making import FILES, SITE, crossings, made

DAY = "2026-10-21"
MASKED = homes.CROSSING.rstrip() + "\n  driver: {type: text, max: 40, label: 驾驶员, mask: id}\n"
ROLE = 'title: {title}\nrights: {{"*": [see]}}\noperations: [reports.file, report]\n{more}'
FILES = {
    **FILES,
    "config/entities/crossing.yaml": MASKED,
    "config/roles/all.yaml": ROLE.format(title="都看得见", more='unmask: {"*": ["*"]}\n'),
    "config/roles/veiled.yaml": ROLE.format(title="脱敏", more=""),
    "config/roles/none.yaml": 'title: 无操作\nrights: {"*": [see]}\nunmask: {"*": ["*"]}\n',
}


@pytest.fixture
def platform(tmp_path):
    with homes.opened(homes.make(tmp_path / "home", SITE, FILES)) as platform:
        homes.load_gates(platform, "G1")
        crossings(platform, "G1", range(3), DAY)
        yield platform


def seeing(platform, roles: Sequence[str]) -> Seeing:
    account = Account("tester", "测试", tuple(roles), session_id=1, must_change=False, refs={})
    return Seeing(platform, account, platform.snapshot)


def test_masked_fields_are_not_fetched_by_those_who_do_not_see_them(platform):
    asked = {"report": "daily", "period": DAY, "form": "csv"}
    done = seeing(platform, ["veiled"]).operate("report", {"report": "daily", "period": DAY})
    assert done["version"] == 1
    assert seeing(platform, ["veiled"]).operate("reports.file", asked)["name"].endswith(".csv")
    file = platform.home.root / "config" / "reports" / "daily.yaml"
    text = file.read_text(encoding="utf-8").replace("weight_kg], title: 通行明细", "driver], title: 通行明细")
    file.write_text(text, encoding="utf-8")
    assert homes.operate(platform, "reload", who="test")["activated"]
    assert made(platform, DAY)["version"] == 2
    assert seeing(platform, ["all"]).operate("reports.file", asked)["name"].endswith(".csv")
    with pytest.raises(NotAllowed, match="看不到的记录或字段"):
        seeing(platform, ["veiled"]).operate("reports.file", asked)
    with pytest.raises(NotAllowed):
        seeing(platform, ["none"]).operate("reports.file", asked)
    records = homes.operate(platform, "find", category="report_version")["records"]
    assert {record["version"]: record["made_by"] for record in records} == {1: "tester", 2: "operator"}
