"""Reloads: what fails leaves the very same snapshot in force; what is good is numbered, told in words, in force."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from core.run.home import Home
from core.run.live import Platform
from tests.core.run import homes

BROKEN = {
    "read": ("config/categories/gate.yaml", "title: 闸口\n\tentity: gate\n", "ZC1"),
    "shape": ("config/categories/gate.yaml", "title: 闸口\nentity: gate\ncolour: red\n", "ZC2"),
    "link": ("config/categories/gate.yaml", "title: 闸口\nentity: gat\n", "ZC3"),
    "needs": ("config/site.yaml", "title: 测试站点\ntokens: {reply: plain}\nplugins: {nowhere: {}}\n", "ZC301"),
    "zone": ("config/site.yaml", "title: 测试站点\ntokens: {reply: plain}\nzone: Asia/Hengyang\n", "ZC364"),
    "proxies": (
        "config/site.yaml", "title: 测试\ntokens: {reply: plain}\nlisten: {trusted_proxies: [10.0.0.0/99]}\n", "ZC361"),
    "networks": ("config/partners/county.yaml", "title: 测试\nstations: [G1]\nnetworks: [10.0.0.1/8]\n", "ZC361"),
    "compile": ("interfaces/crossings.yaml", f"{homes.INTERFACE}  length: {{from: len}}\n", "ZC335"),
    "same path": ("interfaces/again.yaml", homes.INTERFACE, "ZC360"),
    "job": ("config/jobs/sweep.yaml", "title: 测试任务\nrun: sweep\ndaily: '03:00'\n", "ZC362"),
    "trial": ("interfaces/crossings.trial.yaml", homes.TRIAL.replace("weight_kg: 900", "weight_kg: 901"), "ZC601"),
    "migration": ("config/entities/gate.yaml", homes.GATE.replace("text, max: 40", "integer"), "ZC502"),
}  # fmt: skip


@pytest.mark.parametrize("step", BROKEN)
def test_what_fails_leaves_the_very_same_snapshot_and_the_text(step: str, home: Home, platform: Platform) -> None:
    name, text, code = BROKEN[step]
    file = home.root / name
    good = file.read_text(encoding="utf-8") if file.exists() else None
    before = platform.snapshot
    homes.write(home.root, name, text)
    for _ in range(2):
        done = platform.reload(who="test")
        assert (done.activated, done.number, done.changes) == (False, before.number, [])
        assert any(problem.code.startswith(code) for problem in done.problems), done.problems
        assert platform.problems == done.problems
        assert platform.snapshot is before
    assert file.read_text(encoding="utf-8") == text
    assert len(homes.post(platform, homes.crossing()).accepted) == 1
    file.unlink() if good is None else file.write_text(good, encoding="utf-8")
    mended = platform.reload(who="test")
    assert (mended.activated, mended.number, platform.problems) == (True, before.number, [])
    assert platform.snapshot is before, "nothing changed after all"


def test_every_problem_is_told_at_once(home: Home, platform: Platform) -> None:
    for step in ("read", "networks", "compile"):
        homes.write(home.root, *BROKEN[step][:2])
    homes.write(home.root, "config/categories/crossing.yaml", "title: 通行记录\nentity: crossin\n")
    codes = {problem.code for problem in platform.reload(who="test").problems}
    assert {"ZC104", "ZC300"} <= codes


def test_a_change_is_in_force_numbered_and_told_in_words(home: Home, platform: Platform) -> None:
    before = platform.snapshot
    homes.write(home.root, "config/categories/gate.yaml", "title: 闸口表\nentity: gate\ncolumns: [code]\n")
    homes.write(home.root, "config/partners/county.yaml", "title: 测试对接方\nstations: [G1]\n")
    (home.root / "config" / "categories" / "crossing.yaml").unlink()
    done = platform.reload(who="test", note="测试")
    assert (done.activated, done.number) == (True, before.number + 1)
    assert done.changes == [
        "removed category crossing (通行记录)",
        "category gate: 名称: 闸口 → 闸口表",
        "category gate: 列: [] → [code]",
        "new partner county (测试对接方)",
    ]
    assert platform.snapshot.number == done.number
    assert platform.snapshot.categories["gate"].title == "闸口表"
    assert "county" in platform.snapshot.partners
    event = platform.store.events.of("snapshot", done.number)[0]
    assert (event.verb, event.who, event.why) == ("activated", "test", "测试")


def test_a_field_added_with_like_or_in_place_is_stored_and_found(home: Home, platform: Platform) -> None:
    homes.write(home.root, "config/entities/crossing.yaml", f"{homes.CROSSING}  lane: {{type: integer, label: 车道}}\n")
    homes.write(home.root, "interfaces/crossings.yaml", f"{homes.INTERFACE}  lane: {{from: lane}}\n")
    county = "like: crossings\ntitle: 县级接口\npath: /api/county\nfields:\n  lane: {from: cdh}\n"
    homes.write(home.root, "interfaces/county.yaml", county)
    done = platform.reload(who="test")
    assert done.activated, done.problems
    assert platform.snapshot.interfaces["county"].path == "/api/county"
    assert len(homes.post(platform, homes.crossing(lane=3)).accepted) == 1
    assert homes.found(platform)[0]["lane"] == 3


def test_a_red_trial_is_passed_over_only_when_asked_and_then_it_is_written_down(home: Home, platform: Platform) -> None:
    homes.write(home.root, *BROKEN["trial"][:2])
    assert not platform.reload(who="test").activated
    done = platform.reload(who="county officer", note="急用", skip_trials=True)
    assert done.activated
    event = platform.store.events.of("snapshot", done.number)[0]
    assert (event.who, event.why) == ("county officer", "急用 (trials skipped)")


def test_numbers_survive_restarts_and_unchanged_declarations_keep_theirs(home: Home) -> None:
    with homes.opened(home) as platform:
        first = platform.snapshot
        assert platform.reload(who="test").number == first.number
        assert platform.snapshot is first
    with homes.opened(home) as platform:
        assert platform.snapshot.number == first.number
        homes.write(home.root, "config/categories/gate.yaml", "title: 闸口表\nentity: gate\n")
        assert platform.reload(who="test").number == first.number + 1
    with homes.opened(home) as platform:
        assert platform.snapshot.number == first.number + 1
        homes.write(home.root, "config/categories/gate.yaml", homes.FILES["config/categories/gate.yaml"])
        assert platform.reload(who="test").number == first.number + 2, "a number is never given twice"


def test_reloads_queue_up_one_by_one(home: Home, platform: Platform) -> None:
    python = """import time
from pathlib import Path

from core import api

BUSY = Path(__file__).with_name("busy")


@api.hook
def offer():
    with BUSY.open("x"):
        time.sleep(0.05)
    BUSY.unlink()
    return api.Offers()
"""
    homes.plugin(home.root, "county", python)
    done: list[bool] = []
    reloads = [threading.Thread(target=lambda: done.append(platform.reload(who="test").activated)) for _ in range(4)]
    for reload in reloads:
        reload.start()
    for reload in reloads:
        reload.join()
    assert done == [True] * 4, "two builds at once would meet in the plugin's file"


def test_changed_python_is_told_and_not_reloaded(home: Home, platform: Platform) -> None:
    python = "from core import api\n\n\ndef sweep(live):\n    return {said}\n\n\n@api.hook\ndef offer():\n"
    python += "    return api.Offers(commands={{'sweep': sweep}})\n"
    said = {"commands": {"sweep": {"label": "清理"}}}
    homes.plugin(home.root, "county", python.format(said=1), said)
    assert platform.reload(who="test").activated
    homes.plugin(home.root, "county", python.format(said=2), said)
    homes.write(home.root, "config/categories/gate.yaml", "title: 闸口表\nentity: gate\n")
    done = platform.reload(who="test")
    assert done.activated
    assert [(problem.code, problem.level) for problem in platform.problems] == [("ZC405", "warning")]
    assert homes.operate(platform, "command", name="sweep", arguments={}) == 1


def test_what_a_reload_says_has_the_warnings_of_the_store_too(home: Home, platform: Platform) -> None:
    entity = homes.GATE.replace("  title: {type: text, max: 40, label: 名称}\n", "").replace("show: title\n", "")
    homes.write(home.root, "config/entities/gate.yaml", entity)
    done = platform.reload(who="test")
    assert done.activated
    assert [problem.code for problem in done.problems] == ["ZC501"]
    assert platform.problems == done.problems


def test_a_copy_that_cannot_be_kept_does_not_undo_the_activation(home: Home, platform: Platform) -> None:
    blocked = home.data / "last_good.new"
    blocked.write_text("in the way")
    homes.write(home.root, "config/categories/gate.yaml", "title: 闸口表\nentity: gate\n")
    done = platform.reload(who="test")
    assert done.activated
    assert platform.snapshot.categories["gate"].title == "闸口表"
    assert Path(blocked).exists()
