"""Services: started with the server, adopted across snapshots, stopped in the end; and the server's own chores."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from core.run.chores import Chores
from core.run.guard import call_after
from core.run.home import Home
from core.run.live import Platform
from core.run.offers import Batch
from core.run.watch import Watcher
from tests.core.run import homes

PUMP = """from pathlib import Path

from core import api

SAID = Path(__file__).with_name("said")


class Pump:
    def say(self, word):
        with SAID.open("a") as file:
            file.write(f"{word}\\n")

    def start(self, live):
        self.say(f"start {live.settings['level']} {live.zone}")

    def stop(self):
        self.say("stop")


@api.hook
def offer():
    return api.Offers(services={"pump": Pump()})
"""
LEVEL = {"level": {"type": "integer", "default": 1}}


def said(folder: Path) -> list[str]:
    """What the service said since it was last asked."""
    file = folder / "said"
    words = file.read_text().splitlines() if file.exists() else []
    file.write_text("")
    return words


def test_unchanged_services_run_on(home: Home, platform: Platform) -> None:
    folder = homes.plugin(home.root, "county", PUMP, {"services": {"pump": {"label": "泵"}}}, settings=LEVEL)
    platform.start()
    assert platform.reload(who="test").activated
    assert said(folder) == ["start 1 Asia/Shanghai"]

    homes.write(home.root, "config/categories/gate.yaml", "title: 闸口表\nentity: gate\n")
    assert platform.reload(who="test").activated
    assert said(folder) == []

    homes.write(home.root, "plugins/county/plugin.py", f"{PUMP}\n")
    homes.write(home.root, "config/categories/gate.yaml", "title: 闸口\nentity: gate\n")
    assert platform.reload(who="test").activated
    assert said(folder) == [], "changed Python runs after a restart only"

    homes.change_site(home.root, plugins={"county": {"level": 2}})
    assert platform.reload(who="test").activated
    assert said(folder) == ["stop", "start 2 Asia/Shanghai"]

    homes.write(home.root, "config/categories/gate.yaml", "title: 闸口\nentity: gat\n")
    homes.change_site(home.root, plugins={})
    assert not platform.reload(who="test").activated
    assert said(folder) == [], "a reload that fails stops nothing"

    homes.write(home.root, "config/categories/gate.yaml", "title: 闸口\nentity: gate\n")
    assert platform.reload(who="test").activated
    assert said(folder) == ["stop"]


def test_services_stop_with_the_platform(home: Home) -> None:
    folder = homes.plugin(home.root, "county", PUMP, {"services": {"pump": {"label": "泵"}}}, settings=LEVEL)
    with homes.opened(home) as platform:
        assert said(folder) == [], "without a server there are no services"
        platform.start()
    assert said(folder) == ["start 1 Asia/Shanghai", "stop"]


NOTES = """from core import api


class Notes:
    def __init__(self):
        self.lines = []

    def start(self, live):
        self.running = True

    def stop(self):
        self.running = False


@api.hook
def offer():
    return api.Offers(services={"notes": Notes()}, commands={"notes": lambda live: live.service("notes").lines})


@api.hook
def after(batch, live):
    notes = live.service("notes")
    if notes is not None:
        notes.lines.append([live.settings["level"], notes.running, batch.interface])
"""


def test_after_reaches_the_settings_and_the_running_service_of_its_plugin(home: Home, platform: Platform) -> None:
    said = {"services": {"notes": {"label": "记事"}}, "commands": {"notes": {"label": "记下的"}}}
    homes.plugin(home.root, "county", NOTES, said, settings=LEVEL)
    assert platform.reload(who="test").activated

    def heard() -> None:
        batch = Batch("crossings", "county", "crossing", (), 0, 0)
        call_after(platform.snapshot.hooks, batch, platform.faults, platform.live_of)

    heard()
    platform.start()
    heard()
    homes.write(home.root, "config/categories/gate.yaml", "title: 闸口表\nentity: gate\n")
    assert platform.reload(who="test").activated
    heard()
    assert homes.operate(platform, "command", name="notes", arguments={}) == [[1, True, "crossings"]] * 2
    assert platform.faults.rows() == []


def test_the_watcher_takes_new_changed_and_deleted_files(
    home: Home, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Watcher, "step_s", 0.02)
    taken = threading.Event()
    reload = platform.reload

    def heard(who: str) -> object:
        done = reload(who=who)
        taken.set()
        return done

    monkeypatch.setattr(platform, "reload", heard)
    monkeypatch.setattr("core.run.live.Watcher", lambda *args, **named: Watcher(*args, **named, step_s=0.02))
    platform.start()

    def after(change: object) -> None:
        assert taken.wait(30)
        taken.clear()

    file = home.root / "config" / "categories" / "heavy.yaml"
    after(homes.write(home.root, "config/categories/heavy.yaml", "title: 重车\nentity: crossing\n"))
    assert platform.snapshot.categories["heavy"].title == "重车"
    after(file.write_text("title: 很重的车\nentity: crossing\n", encoding="utf-8"))
    assert platform.snapshot.categories["heavy"].title == "很重的车"
    before = platform.snapshot
    after(file.write_text("title: 很重的车\nentity: crossin\n", encoding="utf-8"))
    assert platform.snapshot is before
    assert [problem.code for problem in platform.problems] == ["ZC300"]
    after(file.unlink())
    assert "heavy" not in platform.snapshot.categories
    assert platform.problems == []


def test_the_watcher_outlives_what_it_calls() -> None:
    digest, called = ["a"], threading.Semaphore(0)

    def changed() -> None:
        called.release()
        raise RuntimeError("raised by the test")

    watcher = Watcher(lambda: digest[0], changed, taken="a", step_s=0.01)
    watcher.start()
    for text in ("b", "c"):
        digest[0] = text
        assert called.acquire(timeout=30)
    watcher.stop()
    assert not called.acquire(blocking=False)


def test_the_watcher_waits_until_files_are_quiet() -> None:
    looks = iter("abcdddd")
    seen, called = [], threading.Event()

    def digest() -> str:
        seen.append(next(looks, "d"))
        return seen[-1]

    watcher = Watcher(digest, called.set, taken="a", step_s=0.01)
    watcher.start()
    assert called.wait(30)
    watcher.stop()
    assert "".join(seen).startswith("abcdd")


def test_chores_go_on_where_one_raises_and_end_at_once() -> None:
    done = threading.Semaphore(0)

    def raises() -> None:
        raise RuntimeError("raised by the test")

    chores = Chores((raises, done.release))
    chores.start()
    for _ in range(3):
        assert done.acquire(timeout=30)
        chores.wake()
    chores.stop()
