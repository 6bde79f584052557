"""A plugin that raises in all it offers, in a running server: posts are stored, the rest goes on, all is told."""

import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from core.cli.session import operate
from core.run.home import Home
from tests.core.cli.command import Server, Zc, exit_code, serving
from tests.core.run import homes

STATION = "DEMO-430481-01"
PYTHON = """from pathlib import Path

from core import api

BROKEN = Path(__file__).with_name("broken")


def work(*_arguments, **_named):
    if BROKEN.exists():
        raise RuntimeError("raised by the test plugin")


def hold(batch, facts):
    work()
    return [None for _ in batch]


def halve(batch, facts):
    work()
    return [{"half_kg": one["gross"] // 2} for one in batch]


class Pump:
    start = stop = staticmethod(work)


@api.hook
def offer():
    return api.Offers(
        checks={"holds": hold}, derivers={"half": halve}, services={"pump": Pump()}, commands={"sweep": work},
        health={"pressure": work},
    )


@api.hook
def after(batch):
    work()
"""
LABEL = {"label": "测试"}
OFFERS = {
    "checks": {"holds": {**LABEL, "uses": {"gross": "mass"}}},
    "derivers": {"half": {**LABEL, "uses": {"gross": "mass"}, "gives": {"half_kg": "mass"}}},
    "services": {"pump": LABEL}, "commands": {"sweep": LABEL}, "health": {"pressure": LABEL},
}  # fmt: skip
ENTITY = """like: weighing
derive:
  - {use: verdict, axles: axles, gross: gross_kg, at: weighed_at}
  - {use: half, gross: gross_kg}
fields:
  half_kg: {type: mass, derived: true, label: 一半}
"""


@pytest.fixture
def zc(tmp_path: Path) -> Zc:
    """The zc command on a home as it is shipped, with the plugin and everything it offers in use."""
    assert exit_code(["init", str(tmp_path / "home")]) == 0
    home = tmp_path / "home"
    homes.plugin(home, "county", PYTHON, OFFERS)
    homes.write(home, "config/entities/weighing.yaml", ENTITY)
    interface = (home / "interfaces" / "preview.yaml").read_text(encoding="utf-8")
    check = "  - {use: holds, with: {gross: gross_kg}, message: 测试}\n"
    homes.write(home, "interfaces/preview.yaml", f"{interface}{check}")
    return Zc(home)


@pytest.fixture
def broken(zc: Zc) -> Iterator[Path]:
    """The file that makes the plugin raise, there from the start."""
    file = homes.write(zc.home, "plugins/county/broken", "")
    yield file
    file.unlink(missing_ok=True)


def post(server: Server, token: str, *codes: str) -> dict[str, object]:
    """Post weighings; the reply."""
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    records = [
        {"previewdate": f"{now:%Y-%m-%d %H:%M:%S}", "previewcode": code, "previewstationcode": STATION, "axisnum": 6,
         "totalweight": 52400} for code in codes
    ]  # fmt: skip
    reply = httpx.post(f"{server.url}/api/preview", json={"token": token, "bodys": records})
    assert reply.status_code == 200
    return reply.json()


def faults(zc: Zc) -> dict[str, int]:
    """{what: count} of the plugin's faults, as the running server tells them."""
    rows = operate(Home(zc.home), "status")["faults"]
    assert {row["plugin"] for row in rows} <= {"county"}
    return {row["what"]: row["count"] for row in rows}


def test_what_raises_is_named_counted_and_alone_and_pending_verdicts_are_derived_later(zc: Zc, broken: Path) -> None:
    with serving(zc.home) as server:
        token = server.token()
        assert post(server, token, "A", "B")["accepted"] == 2
        records = {record["code"]: record for record in zc.json("find", "weighing")}
        for record in records.values():
            assert (record["overload_kg"], record["half_kg"], record["pending"]) == (3400, None, "half")
        assert zc.json("refusals") == []

        zc("sweep", code=1)
        assert "sweep of plugin county" in zc.said
        health = httpx.get(f"{server.url}/-/health")
        assert health.status_code == 503
        assert health.json()["checks"]["county.pressure"] == "the check itself failed: RuntimeError"
        assert health.json()["checks"]["limits.limits_in_force"] == ""
        named = faults(zc)
        assert set(named) == {
            "check holds", "deriver half", "service pump", "command sweep", "health pressure", "after",
        }  # fmt: skip
        assert {(row["plugin"], row["what"]) for row in health.json()["faults"]} == {("county", what) for what in named}
        assert post(server, token, "C")["accepted"] == 1
        assert faults(zc)["check holds"] == named["check holds"] + 1

    broken.unlink()
    with serving(zc.home) as server:
        assert httpx.get(f"{server.url}/-/health").json()["checks"]["county.pressure"] == ""
        while any(record["pending"] for record in zc.json("find", "weighing")):
            time.sleep(0.2)
        derived = {record["code"]: record["half_kg"] for record in zc.json("find", "weighing")}
        assert derived == {"A": 26200, "B": 26200, "C": 26200}
        assert post(server, token, "D")["accepted"] == 1
        assert faults(zc) == {}


def test_an_offer_that_raises_at_a_reload_leaves_the_server_as_it_was(zc: Zc) -> None:
    with serving(zc.home) as server:
        token = server.token()
        homes.plugin(zc.home, "town", "from core import api\n\n\n@api.hook\ndef offer():\n    return 1 / 0\n")
        said = zc("reload", code=1)
        assert "ZC402" in said
        assert "town" in said
        assert "plugin.py:6" in said
        assert post(server, token, "A")["accepted"] == 1
        assert "declarations" in httpx.get(f"{server.url}/-/health").text
