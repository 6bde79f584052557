"""A server that is killed during a run: the run is told as broken off, and caught up once where that is declared."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from pathlib import Path
from typing import Any

from core.cli.session import operate
from core.run.home import Home
from tests.core.cli.command import serving
from tests.core.run import homes

PYTHON = """import time
from core import api


def sweep(live, mark):
    live.progress("sweeping")
    file = live.home / "data" / mark
    is_first = not file.exists()
    file.write_text("swept", encoding="utf-8")
    if is_first:
        time.sleep(60)
    return "swept"


@api.hook
def offer():
    return api.Offers(commands={"sweep": sweep})
"""
ARGUMENTS = {"mark": {"type": "string", "required": True}}


def runs(home: Home, job: str) -> list[tuple[str, str]]:
    """[(state, who asked)] of the last runs, the newest first."""
    told: list[dict[str, Any]] = operate(home, "job.log", job=job)["runs"]
    return [(run["state"], run["by"]) for run in told]


def until(home: Home, job: str, wanted: list[tuple[str, str]]) -> None:
    """Wait until the runs of a job are these."""
    for _ in range(300):
        if runs(home, job) == wanted:
            return
        time.sleep(0.1)
    raise AssertionError(runs(home, job))


def begin(home: Home, job: str) -> threading.Thread:
    """Ask for a run, and wait for it in a thread of its own."""

    def ask() -> None:
        with contextlib.suppress(Exception):  # the server is killed meanwhile
            operate(home, "job.run", job=job, who="tester")

    thread = threading.Thread(target=ask)
    thread.start()
    until(home, job, [("running", "tester")])
    return thread


def test_a_run_that_a_kill_broke_off_is_caught_up_once_where_that_is_declared(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home")
    said = {"commands": {"sweep": {"label": "清理", "job": True, "arguments": ARGUMENTS}}}
    homes.plugin(home.root, "county", PYTHON, said)
    for name in ("catch_up", "skip"):
        text = f"title: 测试任务\nrun: sweep\nwith: {{mark: {name}}}\nevery: 20 days\nmissed: {name}\n"
        homes.write(home.root, f"config/jobs/{name}.yaml", text)
    with serving(home.root) as server:
        asking = [begin(home, name) for name in ("catch_up", "skip")]
        server.stop(signal.SIGKILL)
        for thread in asking:
            thread.join()
    for _ in range(2):
        with serving(home.root):
            until(home, "catch_up", [("good", "caught_up"), ("broken_off", "tester")])
            assert runs(home, "skip") == [("broken_off", "tester")]
            [broken] = operate(home, "job.log", job="skip")["runs"]
            assert broken["lines"][0].endswith(" sweeping")
