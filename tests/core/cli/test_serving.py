"""init and run: the home they make and serve, on good files and on bad ones."""

import stat
import subprocess
import sys
from pathlib import Path

import httpx

from tests.core.cli.command import ROOT, Zc, exit_code, serving
from tests.core.run import homes

BAD = ("config/categories/gate.yaml", "title: 闸口\nentity: gat\n")


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`zc run` that is expected to end by itself."""
    command = [sys.executable, "-m", "core.cli", "run", "--home", str(home), "--port", "0", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_init_makes_a_home_with_demo_rows_marked_as_such(tmp_path: Path) -> None:
    home = tmp_path / "site"
    assert exit_code(["init", str(home)]) == 0
    zc = Zc(home)
    assert "0 warnings" in zc("check")
    stations = zc.json("find", "station")
    assert stations
    assert all(station["demo"] for station in stations)
    assert stat.S_IMODE((home / "data").stat().st_mode) == 0o700
    before = sorted(path.name for path in home.iterdir())
    assert exit_code(["init", str(home)]) == 1
    assert sorted(path.name for path in home.iterdir()) == before


def test_init_without_rows_and_for_a_demo(tmp_path: Path) -> None:
    home = tmp_path / "site"
    assert exit_code(["init", str(home), "--no-rows", "--demo"]) == 0
    assert Zc(home).json("find", "station") == []
    assert "demo: true" in Zc(home)("show", "site")


def test_strict_refuses_bad_files_and_says_why(zc: Zc) -> None:
    homes.write(zc.home, *BAD)
    ended = run(zc.home, "--strict")
    assert ended.returncode == 1
    assert "config/categories/gate.yaml:2:9: error[ZC300]" in ended.stdout
    assert "Traceback" not in ended.stderr


def test_the_last_good_set_is_served_with_a_banner(zc: Zc) -> None:
    homes.write(zc.home, *BAD)
    with serving(zc.home) as server:
        assert "last good declarations are in force" in (zc.home / "server.log").read_text()
        health = httpx.get(f"{server.url}/-/health")
        assert (health.status_code, health.json()["last_good"]) == (503, True)
        homes.write(zc.home, BAD[0], homes.FILES[BAD[0]])
        zc("reload")
        assert httpx.get(f"{server.url}/-/health").json()["well"]


def test_a_home_that_was_never_good_does_not_start(tmp_path: Path) -> None:
    home = homes.make(tmp_path / "home", files={**homes.FILES, BAD[0]: BAD[1]})
    ended = run(home.root)
    assert ended.returncode == 1
    assert "ZC300" in ended.stdout


def test_a_home_is_served_once(zc: Zc) -> None:
    with serving(zc.home):
        ended = run(zc.home)
        assert ended.returncode == 1
        assert "another zc process" in ended.stderr


def test_commands_go_through_the_running_server(zc: Zc) -> None:
    with serving(zc.home) as server:
        assert zc.json("status")["url"] == server.url
        assert {record["code"] for record in zc.json("find", "gate")} == {"G1", "G2"}
    assert zc.json("status")["url"] is None
