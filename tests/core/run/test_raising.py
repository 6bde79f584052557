"""A plugin that raises: at build it is a problem and nothing is swapped; at work it is named, counted, and alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.declare.problem import ZcError
from core.run.guard import call_after
from core.run.home import Home
from core.run.live import Platform
from core.run.offers import Batch
from tests.core.run import homes

OFFER = """from pathlib import Path

from core import api

BROKEN = Path(__file__).with_name("broken")


def work(*_arguments, **_named):
    if BROKEN.exists():
        raise RuntimeError("raised by the test plugin")


"""
COMPILER = "def compile_(declarations, links):\n    {}\n\n\n"


def offers(**named: str) -> str:
    """The text of an offer() with these offers, each kind with one name and what implements it."""
    pairs = [(kind, *text.split(" ", 1)) for kind, text in named.items()]
    inside = ", ".join(f"{kind}={{{name!r}: {implementation}}}" for kind, name, implementation in pairs)
    return f"@api.hook\ndef offer():\n    return api.Offers({inside})\n"


NUMBER = """class Number(api.FieldType):
    column = "integer"

    def reader(self, field, reading):
        {at_build}

        def read(value):
            {at_work}
            return int(value)

        return read


"""
KIND = """folder: seals
title: 封条
help: A kind of a test.
schema:
  title: {type: string, required: true, meta: {label: 名称, example: 甲}}
"""
FAILING_AT_BUILD = {
    "import": ("raise RuntimeError('raised by the test plugin')\n", {}, "ZC401"),
    "import that ends the process": ("raise SystemExit(3)\n", {}, "ZC401"),
    "no Python": ("def offer(:\n", {}, "ZC401"),
    "a hook that takes what is not there": (
        "from core import api\n\n@api.hook\ndef after(lot):\n    pass\n", {}, "ZC401"),
    "offer() raises": ("from core import api\n\n@api.hook\ndef offer():\n    return 1 / 0\n", {}, "ZC402"),
    "offer() returns something else": (
        "from core import api\n\n@api.hook\ndef offer():\n    return {}\n", {}, "ZC402"),
    "offers that are no mapping": (
        "from core import api\n\n@api.hook\ndef offer():\n    return api.Offers(commands=None)\n", {}, "ZC402"),
    "announced and not offered": (
        f"{OFFER}{offers()}", {"commands": {"sweep": {"label": "清理"}}}, "ZC403"),
    "offered and not announced": (f"{OFFER}{offers(commands='sweep work')}", {}, "ZC404"),
    "a compiler raises": (
        f"{OFFER}{COMPILER.format('return 1 / 0')}{offers(compilers='seal compile_')}",
        {"kinds": ["seal"]}, "ZC406"),
    "a compiler returns one thing": (
        f"{OFFER}{COMPILER.format('return None')}{offers(compilers='seal compile_')}",
        {"kinds": ["seal"]}, "ZC406"),
    "a compiler returns no problems": (
        f"{OFFER}{COMPILER.format('return {}, None')}{offers(compilers='seal compile_')}",
        {"kinds": ["seal"]}, "ZC406"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAILING_AT_BUILD)
def test_what_fails_at_build_is_a_problem_and_nothing_is_swapped(fault: str, home: Home, platform: Platform) -> None:
    python, said, code = FAILING_AT_BUILD[fault]
    before = platform.snapshot
    homes.plugin(home.root, "county", python, said)
    if "kinds" in said:
        homes.write(home.root, "plugins/county/kinds/seal.yaml", KIND)
    done = platform.reload(who="test")
    assert not done.activated
    assert platform.snapshot is before
    assert [problem.code for problem in platform.problems] == [code], platform.problems
    assert "county" in str(platform.problems[0])
    assert homes.post(platform, homes.crossing()).status == 200
    homes.change_site(home.root, plugins={})
    assert platform.reload(who="test").activated
    assert platform.problems == []


def test_a_field_type_that_cannot_be_compiled_is_a_problem(home: Home, platform: Platform) -> None:
    before = platform.snapshot
    number = NUMBER.format(at_build="raise RuntimeError('raised by the test plugin')", at_work="pass")
    homes.plugin(
        home.root, "county", f"{OFFER}{number}{offers(field_types='count Number()')}",
        {"field_types": {"count": {"label": "个数"}}},
    )  # fmt: skip
    entity = homes.CROSSING + "  seals: {type: count, label: 封条数}\n"
    homes.write(home.root, "config/entities/crossing.yaml", entity)
    homes.write(home.root, "interfaces/crossings.yaml", homes.INTERFACE + "  seals: {from: seals}\n")
    done = platform.reload(who="test")
    assert not done.activated
    assert platform.snapshot is before
    assert "raised by the test plugin" in "".join(str(problem) for problem in done.problems)


@pytest.fixture
def working(home: Home) -> Iterator[Platform]:
    """A platform with a plugin that raises in everything it offers while its file `broken` is there."""
    number = NUMBER.format(at_build="pass", at_work="work()")
    derive = "def derive(batch, facts):\n    work()\n    return [{'double_kg': 2 * one['kg']} for one in batch]\n\n\n"
    service = "class Pump:\n    start = stop = staticmethod(work)\n\n\n"
    after = "\n\n@api.hook\ndef after(batch):\n    work()\n"
    offered = offers(
        field_types="count Number()", checks="light lambda batch, facts: work() or [None for _ in batch]",
        derivers="double derive", services="pump Pump()", commands="sweep work",
    )  # fmt: skip
    label = {"label": "测试"}
    said = {
        "field_types": {"count": label}, "checks": {"light": {**label, "uses": {"kg": "mass"}}},
        "derivers": {"double": {**label, "uses": {"kg": "mass"}, "gives": {"double_kg": "mass"}}},
        "services": {"pump": label}, "commands": {"sweep": {**label, "job": True}},
    }  # fmt: skip
    homes.plugin(home.root, "county", f"{OFFER}{number}{derive}{service}{offered}{after}", said)
    entity = homes.CROSSING.replace("scope: gate", "scope: gate\nderive: [{use: double, kg: weight_kg}]")
    entity += "  double_kg: {type: mass, derived: true, label: 双倍}\n  seals: {type: count, label: 封条数}\n"
    homes.write(home.root, "config/entities/crossing.yaml", entity)
    check = "checks: [{use: light, with: {kg: weight_kg}, message: 太重}]\n"
    interface = f"{homes.INTERFACE}  seals: {{from: seals}}\n{check}"
    homes.write(home.root, "interfaces/crossings.yaml", interface)
    homes.write(home.root, "config/jobs/sweep.yaml", "title: 测试任务\nrun: sweep\ndaily: '03:00'\n")
    with homes.opened(home) as platform:
        homes.load_gates(platform, "G1")
        yield platform


def broken(platform: Platform) -> Path:
    """The file that makes the plugin raise, written."""
    file = platform.home.root / "plugins" / "county" / "broken"
    file.write_text("")
    return file


def faults(platform: Platform) -> dict[tuple[str, str], int]:
    """{(plugin, what): count} as `zc` and the pages see it."""
    return {(row["plugin"], row["what"]): row["count"] for row in homes.operate(platform, "status")["faults"]}


def test_a_check_that_raises_refuses_nothing(working: Platform) -> None:
    broken(working)
    post = homes.post(working, homes.crossing())
    assert len(post.accepted) == 1
    assert faults(working)["county", "check light"] == 1


def test_a_field_type_that_raises_refuses_its_own_row_only(working: Platform) -> None:
    broken(working)
    post = homes.post(working, homes.crossing("N1", seals=2), homes.crossing("N2"))
    assert [row.values["code"] for row in post.accepted] == ["N2"]
    assert [(refused.index, refused.reasons[0].outcome) for refused in post.refused] == [(0, "wrong_type")]
    assert [what for plugin, what in faults(working) if plugin == "county" and "field type" in what]


def test_a_deriver_that_raises_leaves_the_record_pending_and_it_is_derived_later(
    working: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = broken(working)
    post = homes.post(working, homes.crossing("N1", kg=450), homes.crossing("N2", kg=300))
    assert len(post.accepted) == 2
    assert {(one["double_kg"], one["pending"]) for one in homes.found(working)} == {(None, "double")}
    assert faults(working)["county", "deriver double"] == 1

    assert homes.operate(working, "rederive") == {"judged": 0, "waiting": 1}
    assert faults(working)["county", "deriver double"] == 2

    file.unlink()
    soon_ms = homes.now_ms() + 3_600_000
    monkeypatch.setattr("core.store.outbox.now_ms", lambda: soon_ms)
    assert homes.operate(working, "rederive") == {"judged": 2, "waiting": 0}
    judged = {one["code"]: (one["double_kg"], one["pending"]) for one in homes.found(working)}
    assert judged == {"N1": (900, None), "N2": (600, None)}
    assert homes.operate(working, "rederive") == {"judged": 0, "waiting": 0}


def test_a_service_that_does_not_start_or_stop_is_counted_and_stops_nothing(home: Home, working: Platform) -> None:
    file = broken(working)
    good = f"{OFFER}class Lamp:\n    def start(self, live):\n        (live.home / 'lit').write_text('')\n\n"
    good += "    def stop(self):\n        (BROKEN.parents[2] / 'lit').unlink()\n\n\n" + offers(services="lamp Lamp()")
    homes.plugin(home.root, "lamps", good, {"services": {"lamp": {"label": "灯"}}})
    assert working.reload(who="test").activated
    working.start()
    assert (home.root / "lit").exists()
    assert faults(working)["county", "service pump"] == 1
    file.unlink()
    homes.write(home.root, "config/categories/gate.yaml", "title: 闸口表\nentity: gate\n")
    assert working.reload(who="test").activated, "the next reload starts what did not start"
    assert ("county", "pump") in working.services.running
    broken(working)
    working.services.stop()
    assert not (home.root / "lit").exists()
    assert faults(working)["county", "service pump"] == 2


def test_a_command_that_raises_is_counted_and_its_job_is_kept_as_failed(working: Platform) -> None:
    broken(working)
    with pytest.raises(ZcError, match="sweep"):
        homes.operate(working, "command", name="sweep", arguments={})
    working.run_job("sweep", working.snapshot.jobs["sweep"])
    assert faults(working)["county", "command sweep"] == 2
    run = working.store.job_runs.last("sweep")[0]
    assert (run.ok, run.ended_at is not None) == (False, True)


def test_after_that_raises_does_not_stop_the_after_of_others(home: Home, working: Platform) -> None:
    heard = "from pathlib import Path\n\nfrom core import api\n\n\n@api.hook\ndef after(batch):\n"
    heard += "    Path(__file__).with_name('heard').write_text(batch.interface)\n"
    for name in ("abacus", "zither"):
        homes.plugin(home.root, name, heard)
    assert working.reload(who="test").activated
    broken(working)
    batch = Batch("crossings", "county", "crossing", (), 0, 0)
    call_after(working.snapshot.hooks, batch, working.faults, working.live_of)
    assert faults(working) == {("county", "after"): 1}
    assert {file.parent.name for file in home.root.glob("plugins/*/heard")} == {"abacus", "zither"}
