"""`zc job`: list, run, log."""

from __future__ import annotations

from pathlib import Path

from tests.core.cli.command import Zc
from tests.core.run import homes

PYTHON = """from core import api


def sweep(live, good):
    live.progress("sweeping")
    if not good:
        raise api.ZcError("no room", "Make room.")
    return "swept"


@api.hook
def offer():
    return api.Offers(commands={"sweep": sweep})
"""
WEEKLY = "weekly: {day: monday, at: '04:00'}"
ARGUMENTS = {"good": {"type": "boolean", "required": True}}


def test_jobs_are_listed_run_and_told(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home")
    said = {"commands": {"sweep": {"label": "清理", "job": True, "arguments": ARGUMENTS}}}
    homes.plugin(home.root, "county", PYTHON, said)
    for name, good, when in (("well", "true", "daily: '03:30'"), ("ill", "false", WEEKLY)):
        text = f"title: 测试任务\nrun: sweep\nwith: {{good: {good}}}\n{when}\n"
        homes.write(home.root, f"config/jobs/{name}.yaml", text)
    zc = Zc(home.root)
    listed = {row["id"]: row for row in zc.json("job", "list")}
    assert listed["ill"]["plan"] == {"weekly": {"day": "monday", "at": "04:00"}}
    assert "weekly monday 04:00" in zc("job", "list")
    ran = zc("job", "run", "well", "--who", "tester")
    assert "sweeping" in ran
    assert "good: swept" in ran
    assert "no room" in zc("job", "run", "ill", code=1)
    [run] = zc.json("job", "log", "ill")["runs"]
    assert (run["state"], run["by"], run["note"]) == ("failed", "operator", "no room. Make room.")
    assert "failed" in zc("job", "log", "ill")
