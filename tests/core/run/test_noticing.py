"""What raises notices, and who is told: refused reloads, plugins, partners, checks, jobs, exports."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.declare.problem import ZcError
from core.run import noticing
from core.run.noticing import HOUR_MS
from core.run.traffic import ENOUGH, Counters
from core.run.words import words
from core.store.database import now_ms
from tests.core.run.homes import write
from tests.core.run.seen import STATIONS, role

PARTNER = 'title: 测试对接方\nstations: [S1, S3]\ninterfaces: ["*"]\n'
INTERFACE = """title: 测试接口
entity: weighing
path: /api/weighings
reply: plain
fields:
  code: {from: code, required: true}
  station: {from: station, required: true}
  weighed_at: {from: at, pattern: "yyyy-MM-dd HH:mm:ss", required: true}
"""


def operator(there, *operations, **refs):
    """Somebody whose role has these operations and nothing else."""
    one = role("operator", rights={"weighing": ["see"]})
    return there.as_(type(one)(**{**vars(one), "operations": frozenset(operations)}), **refs)


def told(seeing, **asked):
    """[(kind, stands)] of the person's notices, the newest first."""
    found = seeing.notices({name: [value] for name, value in asked.items()})
    return [(one["kind"], one["stands"]) for one in found["notices"]]


@pytest.fixture
def posting(there):
    """The world with a partner of two stations that posts over an interface."""
    root = there.platform.home.root
    write(root, "config/partners/county.yaml", PARTNER)
    write(root, "interfaces/weighings.yaml", INTERFACE)
    done = there.platform.reload(who="test")
    assert done.activated, done.problems
    return there


def test_a_refused_reload_is_told_until_it_is_mended(there):
    seeing, other = operator(there, "declaration.list"), operator(there, "status")
    write(there.platform.home.root, "config/categories/bad.yaml", "title: 坏\nentity: nowhere\n")
    for _ in range(2):
        assert not there.platform.reload(who="test").activated
    found = seeing.notices({})["notices"]
    assert [(one["title"], one["level"], one["number"]) for one in found] == [("声明有错误，没有生效", "error", 1)]
    assert (told(other), found[0]["text"][:1]) == ([], "1")
    (there.platform.home.root / "config/categories/bad.yaml").unlink()
    assert there.platform.reload(who="test").activated
    assert told(seeing) == [("declarations", False)]


def test_a_plugin_that_raises_often_is_one_notice_and_one_that_stopped_is_well(there, monkeypatch):
    seeing, platform = operator(there, "status"), there.platform
    for _ in range(50):
        platform.faults.note("tester", "deriver verdict", ValueError("湘D12345"))
    platform.noticing.look()
    platform.noticing.look()
    [notice] = seeing.notices({})["notices"]
    assert (notice["title"], notice["number"]) == ("插件 tester 出错", 1)
    assert "50 次" in notice["text"]
    assert "湘D12345" not in str(notice), "what a plugin raises may hold anything"
    platform.faults.note("tester", "deriver verdict", ValueError())
    platform.noticing.look()
    assert seeing.notices({})["notices"][0]["number"] == 2
    later = now_ms() + 2 * HOUR_MS
    monkeypatch.setattr("core.run.noticing.now_ms", lambda: later)
    platform.noticing.look()
    assert told(seeing) == [("plugin", False)]


def test_a_partner_that_fails_or_is_silent_is_told_to_those_of_its_stations(posting):
    platform = posting.platform
    counters = platform.traffic.partners["county"] = Counters()
    for _ in range(ENOUGH):
        counters.fail(now_ms(), "body_malformed")
    platform.noticing.look()
    everybody = operator(posting, "interface.list")
    scoped = {code: posting.as_(role("guard", scope="station"), station=code) for code in (*STATIONS, None)}
    assert {code for code, one in scoped.items() if told(one)} == {"S1", "S3"}
    county = posting.as_(role("county", scope="region"), region="R12")
    assert (told(county), told(everybody)) == ([], [("partner_failing", True)])
    platform.traffic.partners["county"] = Counters(last_success_ms=now_ms() - 25 * HOUR_MS)
    platform.noticing.look()
    assert told(everybody) == [("partner_silent", True), ("partner_failing", False)]
    assert everybody.notices({})["notices"][0]["text"] == "超过 24 小时没有入库。"
    platform.traffic.partners["county"] = Counters(last_success_ms=now_ms())
    platform.noticing.look()
    assert told(everybody) == [("partner_silent", False), ("partner_failing", False)]


def test_checks_pulls_jobs_and_exports_are_told(there):
    noticing, seeing = there.platform.noticing, operator(there, "status", "job.list", "interface.list")
    noticing.checked({"backup.freshness": "no backup was ever made", "store": "", "declarations": "2 problems"})
    noticing.job_ended("nightly", "夜间任务", ok=False)
    noticing.exported("tester", "KEY", "检测.csv", None)
    noticing.exported("tester", "KEY2", "检测.csv", "导出中断")
    noticing.exported("another", "KEY3", "别人的.csv", None)
    there.platform.store.writer.flush()
    assert sorted(told(seeing)) == [("export", True), ("export_failed", True), ("health", True), ("job", True)]
    by_kind = {one["kind"]: one for one in seeing.notices({})["notices"]}
    assert by_kind["export"]["file"] == "/api/v1/exports/KEY/file"
    assert (by_kind["export_failed"]["text"], by_kind["export_failed"]["file"]) == ("导出中断", None)
    assert by_kind["health"]["text"] == "no backup was ever made"
    noticing.checked({"backup.freshness": ""})
    noticing.job_ended("nightly", "夜间任务", ok=True)
    there.platform.store.writer.flush()
    standing = {kind for kind, stands in told(seeing) if stands}
    assert standing == {"export", "export_failed"}


def test_reading_paging_and_wrong_questions(there):
    seeing = operator(there)
    for number in range(3):
        there.platform.noticing.exported("tester", f"K{number}", f"{number}.csv", None if number else "坏")
    there.platform.store.writer.flush()
    first = seeing.notices({"limit": ["2"]})
    assert ([one["title"] for one in first["notices"]], first["unread"]) == (["导出完成：2.csv", "导出完成：1.csv"], 3)
    rest = seeing.notices({"limit": ["2"], "after": [first["after"]]})
    assert ([one["title"] for one in rest["notices"]], rest["after"]) == (["导出失败：0.csv"], None)
    assert told(seeing, level="error") == [("export_failed", True)]
    seeing.read_notices([rest["notices"][0]["id"]], rest["until"])
    assert (told(seeing, level="error", unread="true"), seeing.notices({})["unread"]) == ([], 2)
    seeing.read_notices(None, rest["until"] + 10**9)
    assert seeing.notices({"unread": ["true"]})["notices"] == []
    for wrong in ({"level": ["fatal"]}, {"after": ["x"]}, {"after": ["1-²"]}, {"limit": ["0"]}):
        with pytest.raises(ZcError):
            seeing.notices(wrong)


def test_every_kind_of_notice_has_words():
    source = Path(noticing.__file__).read_text("utf-8")
    kinds = {*re.findall(r'Notice\(\s*f?"[^"]+", "(\w+)"', source), *re.findall(r'kind, level = \("(\w+)"', source)}
    kinds |= {"export", "declarations", "last_good", "partner_failing", "partner_silent"}
    assert len(kinds) == 10
    assert {name for kind in kinds for name in (f"notice_{kind}", f"notice_{kind}_text")} <= set(words())
