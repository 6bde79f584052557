"""The admin door: who may open it, what goes through it, that it goes with the server."""

from __future__ import annotations

import asyncio
import os
import socket
import stat
from pathlib import Path

import pytest

from core.cli.session import operate
from core.declare.problem import ZcError
from core.http import admin
from core.run.home import Home
from tests.core.http.serving import Served, run
from tests.core.run import homes

TALKS = """from core import api


def talk(live, fails):
    for number in range(3):
        live.progress(f"第 {number} 步 100%")
    if fails:
        raise api.ZcError("the test said so", "Say otherwise.")
    return {"said": 3}


@api.hook
def offer():
    return api.Offers(commands={"talk": talk})
"""


def test_the_door_is_its_owners_alone_and_goes_with_the_server(home: Home) -> None:
    async def scenario(served: Served) -> None:
        mode = home.socket.stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o600
        assert await asyncio.to_thread(admin.answering, home.socket)
        status = await asyncio.to_thread(operate, home, "status")
        assert (status["url"], status["snapshot"]) == (served.url, served.platform.snapshot.number)

    run(home, scenario, gates=())
    assert not home.socket.exists()
    assert not admin.answering(home.socket)
    assert operate(home, "status")["url"] is None, "without a server the command opens the home itself"


def test_progress_comes_line_by_line_then_the_result_or_the_error(home: Home) -> None:
    said = {"label": "测试", "arguments": {"fails": {"type": "boolean", "default": False}}}
    homes.plugin(home.root, "county", TALKS, {"commands": {"talk": said}})

    async def scenario(served: Served) -> None:
        heard: list[str] = []
        done = await asyncio.to_thread(operate, home, "command", heard.append, name="talk", arguments={})
        assert done == {"said": 3}
        assert heard == ["第 0 步 100%", "第 1 步 100%", "第 2 步 100%"]
        with pytest.raises(ZcError) as failed:
            await asyncio.to_thread(operate, home, "command", heard.append, name="talk", arguments={"fails": True})
        assert (failed.value.reason, failed.value.instruction) == ("the test said so", "Say otherwise.")

    run(home, scenario, gates=())


def test_what_is_unknown_or_fails_inside_is_an_error_for_people(home: Home) -> None:
    async def scenario(served: Served) -> None:
        with pytest.raises(ZcError, match="no operation nonsense"):
            await asyncio.to_thread(operate, home, "nonsense")
        with pytest.raises(ZcError, match="find failed inside"):
            await asyncio.to_thread(operate, home, "find", category="crossing", limit="many")
        assert await asyncio.to_thread(operate, home, "find", category="crossing")

    run(home, scenario, gates=())


def test_a_door_left_by_a_server_that_was_killed_is_opened_anew(home: Home) -> None:
    home.data.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(home.socket))
    assert not admin.answering(home.socket)

    async def scenario(served: Served) -> None:
        assert (await asyncio.to_thread(operate, home, "status"))["url"] == served.url

    run(home, scenario, gates=())


def test_a_home_with_a_long_path_has_its_door_elsewhere_and_private(tmp_path: Path) -> None:
    home = homes.make(tmp_path / ("long" * 20) / "home")
    assert len(os.fsencode(home.socket)) < 107

    async def scenario(served: Served) -> None:
        assert stat.S_IMODE(home.socket.stat().st_mode) == 0o600
        assert stat.S_IMODE(home.socket.parent.stat().st_mode) == 0o700

    run(home, scenario, gates=())
    assert not home.socket.exists()
    home.socket.parent.rmdir()


def test_only_one_process_opens_a_home(home: Home) -> None:
    with home.lock(), pytest.raises(ZcError, match="another zc process"), home.lock():
        pass
