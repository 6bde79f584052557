"""Health: what is well, what is not, what raises and what hangs."""

from __future__ import annotations

import asyncio
import threading

from core.run.home import Home
from tests.core.http.serving import Served, run
from tests.core.run import homes

CHECKS = """import threading
from pathlib import Path

from core import api

SAID = Path(__file__).with_name("said")


def told(facts):
    return SAID.read_text() if SAID.exists() else None


def raises(facts):
    if SAID.exists():
        raise RuntimeError("raised by the test plugin")


def hangs(facts):
    while SAID.exists():
        threading.Event().wait(0.05)


@api.hook
def offer():
    return api.Offers(health={"told": told, "raises": raises, "hangs": hangs})
"""


def test_a_site_that_is_well_says_so(home: Home) -> None:
    async def scenario(served: Served) -> None:
        reply = await served.client.get("/-/health")
        said = reply.json()
        assert reply.status_code == 200
        assert said["well"]
        assert said["checks"] == {"store": "", "keys": "", "declarations": ""}
        assert int(reply.headers["X-Snapshot"]) == said["snapshot"]

    run(home, scenario)


def test_each_check_is_told_apart_raising_and_hanging_ones_too(home: Home) -> None:
    label = {"label": "测试"}
    folder = homes.plugin(home.root, "county", CHECKS, {"health": {"told": label, "raises": label, "hangs": label}})

    async def scenario(served: Served) -> None:
        assert (await served.client.get("/-/health")).status_code == 200
        (folder / "said").write_text("测试设备离线")
        try:
            replies = await asyncio.gather(*(served.client.get("/-/health") for _ in range(5)))
            for reply in replies:
                assert reply.status_code == 503
                checks = reply.json()["checks"]
                assert checks["county.told"] == "测试设备离线"
                assert checks["county.raises"] == "the check itself failed: RuntimeError"
                assert checks["county.hangs"] == "no answer within 2 s"
                assert checks["store"] == ""
                assert "raised by the test plugin" not in reply.text, "what happened inside stays in the log"
            hanging = [thread for thread in threading.enumerate() if "hangs" in thread.name]
            assert len(hanging) <= 1, "who asks again does not make it hang twice"
        finally:
            (folder / "said").unlink()
        fault = (await served.operate("status"))["faults"][0]
        assert (fault["plugin"], fault["what"], fault["last"]) == (
            "county", "health raises", "RuntimeError: raised by the test plugin",
        )  # fmt: skip
        shown = (await served.client.get("/-/health")).json()["faults"]
        assert shown == [{"plugin": "county", "what": "health raises", "count": fault["count"]}]

    run(home, scenario)


def test_bad_declarations_on_disk_are_told_and_those_in_force_stay(home: Home) -> None:
    async def scenario(served: Served) -> None:
        token = await served.token()
        homes.write(home.root, "config/categories/gate.yaml", "title: 闸口\n")
        assert not (await served.operate("reload", who="test"))["activated"]
        reply = await served.client.get("/-/health")
        assert reply.status_code == 503
        assert "1 problems" in reply.json()["checks"]["declarations"]
        assert (await served.post(homes.crossing(), token=token)).json()["accepted"] == 1

    run(home, scenario)
