"""The server as a whole: a stop that finishes what was accepted, TLS, errors without insides, demo sites."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import ssl
import sys
import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
import tornado.test

from core.declare.problem import ZcError
from core.http.handlers import PlatformHandler
from core.http.ingest import Intake
from core.run.home import Home
from core.run.live import Platform
from tests.core.http.serving import Served, run, until
from tests.core.run import homes

TORNADOS = Path(tornado.test.__file__).parent  # its own test certificate, for foo.example.com
SLOW = """import time
from pathlib import Path

from core import api

WAIT = Path(__file__).with_name("wait")


def derive(batch, facts):
    WAIT.with_name("begun").write_text("")
    while WAIT.exists():
        time.sleep(0.01)
    return [{"double_kg": 2 * one["kg"]} for one in batch]


@api.hook
def offer():
    return api.Offers(derivers={"double": derive})
"""


def slow(home: Home) -> Path:
    """A deriver that waits while its file is there; the file."""
    said = {"label": "测试", "uses": {"kg": "mass"}, "gives": {"double_kg": "mass"}}
    folder = homes.plugin(home.root, "county", SLOW, {"derivers": {"double": said}})
    entity = homes.CROSSING.replace("scope: gate", "scope: gate\nderive: [{use: double, kg: weight_kg}]")
    homes.write(
        home.root, "config/entities/crossing.yaml", f"{entity}  double_kg: {{type: mass, derived: true, label: 双倍}}\n"
    )
    return folder / "wait"


def test_a_stop_finishes_the_posts_that_were_read_and_takes_no_more(home: Home) -> None:
    wait = slow(home)
    codes = [f"N{number}" for number in range(8)]

    async def scenario(served: Served) -> None:
        headers = {"Authorization": f"Bearer {await served.token()}"}
        async with httpx.AsyncClient(base_url=served.url, timeout=30) as kept:
            assert (await kept.get("/-/health")).status_code == 200
            wait.write_text("")
            threading.Timer(0.4, wait.unlink).start()
            posts = [asyncio.ensure_future(served.post(homes.crossing(code), headers=headers)) for code in codes]
            await until(lambda: served.intake.under_way)
            os.kill(os.getpid(), signal.SIGTERM)
            replies = await asyncio.gather(*posts, return_exceptions=True)
        await served.task
        answered = [
            code
            for code, reply in zip(codes, replies, strict=True)
            if not isinstance(reply, Exception) and reply.status_code == 200
        ]
        assert answered, "the post that was read is answered"
        found = await served.operate("find", category="crossing")
        assert {record["code"] for record in found["records"]} == set(answered)
        with pytest.raises(httpx.TransportError):
            await served.client.get("/-/health")

    run(home, scenario)


def test_a_stop_comes_though_senders_do_not_cease(home: Home) -> None:
    async def send(served: Served, headers: dict[str, str], name: str, acknowledged: list[str]) -> None:
        async with httpx.AsyncClient(base_url=served.url, timeout=30, headers=headers) as client:
            for number in range(100_000):
                body = {"list": [homes.crossing(f"{name}-{number}")]}
                try:
                    reply = await client.post("/api/crossings", json=body)
                except httpx.TransportError:
                    return
                if reply.status_code == 200:
                    acknowledged.append(f"{name}-{number}")
                else:
                    assert (reply.status_code, reply.json()["code"]) == (503, "1110")
                    assert reply.headers["Connection"] == "close"
                    assert int(reply.headers["Retry-After"]) > 0

    async def scenario(served: Served) -> None:
        headers = {"Authorization": f"Bearer {await served.token(stations=['*'])}"}
        partner = '{"title": "测试对接方", "stations": ["*"], "rate_per_minute": 1000000}'
        homes.write(home.root, "config/partners/county.yaml", partner)
        assert (await served.operate("reload", who="test"))["activated"]
        acknowledged: list[str] = []
        senders = [asyncio.ensure_future(send(served, headers, f"S{number}", acknowledged)) for number in range(4)]
        await until(lambda: len(acknowledged) >= 50)
        os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.wait_for(served.task, 30)
        await asyncio.gather(*senders)
        found = await served.operate("find", category="crossing", limit=100_000)
        assert {record["code"] for record in found["records"]} >= set(acknowledged)

    run(home, scenario)


def test_tls_by_the_sites_own_pem_files(home: Home) -> None:
    for name in ("test.crt", "test.key"):
        shutil.copy(TORNADOS / name, home.root / "config" / name)
    homes.change_site(home.root, listen={"certificate": "config/test.crt", "key": "config/test.key"})

    async def scenario(served: Served) -> None:
        assert served.url.startswith("https://")
        trusting = ssl.create_default_context(cafile=str(TORNADOS / "test.crt"))
        trusting.check_hostname = False
        async with httpx.AsyncClient(base_url=served.url, verify=trusting) as client:
            assert (await client.get("/-/health")).status_code == 200
        plain = served.url.replace("https://", "http://")
        with pytest.raises(httpx.TransportError):
            await served.client.get(f"{plain}/-/health")

    run(home, scenario, gates=())


@pytest.mark.parametrize(
    ("certificate", "key"),
    [
        ("config/none.crt", "config/test.key"),
        ("config/test.key", "config/test.key"),
        ("config/test.crt", "config/test.crt"),
    ],
)
def test_tls_files_that_cannot_be_used_are_told_at_the_start(home: Home, certificate: str, key: str) -> None:
    for name in ("test.crt", "test.key"):
        shutil.copy(TORNADOS / name, home.root / "config" / name)
    homes.change_site(home.root, listen={"certificate": certificate, "key": key})

    async def scenario(served: Served) -> None:
        pytest.fail("it started")

    with pytest.raises(ZcError, match="TLS files"):
        run(home, scenario, gates=())


def test_a_port_that_is_taken_is_told(home: Home, tmp_path: Path) -> None:
    other = homes.make(tmp_path / "other")

    async def scenario(served: Served) -> None:
        done = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "core.cli", "run", "--home", str(other.root), "--port", served.url.split(":")[2],
            cwd=Path(__file__).parents[3], stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        _, said = await done.communicate()
        assert done.returncode == 1
        assert b"cannot be taken" in said
        assert b"--port" in said
        assert b"Traceback" not in said

    run(home, scenario, gates=())


def raising(platform: Platform, intake: Intake) -> list[Any]:
    """A page of the platform that raises with something that must not be seen."""

    class Page(PlatformHandler):
        def get(self) -> None:
            raise RuntimeError("appid and secret")

    return [("/page", Page, {"platform": platform, "intake": intake})]


def test_errors_never_show_what_is_inside(home: Home) -> None:
    async def scenario(served: Served) -> None:
        for path, status in (("/page", 500), ("/nowhere", 404), ("/-/health/../../etc/passwd", 404), ("/%00", 404)):
            reply = await served.client.get(path)
            assert reply.status_code == status
            assert set(reply.json()) == {"error"}
            assert int(reply.headers["X-Snapshot"]) == served.platform.snapshot.number
            for inside in ("secret", "Traceback", "RuntimeError", ".py", "Tornado"):
                assert inside not in reply.text + str(reply.headers)
        assert (await served.client.delete("/-/health")).status_code == 405

    run(home, scenario, raising, gates=())


def test_a_demo_site_says_so_on_every_reply(home: Home) -> None:
    paths = ("/-/health", "/nowhere", "/api/crossings", "/api/token")

    async def plain(served: Served) -> None:
        for path in paths:
            assert "X-Demo" not in (await served.client.post(path)).headers

    async def demo(served: Served) -> None:
        for path in paths:
            for reply in (await served.client.post(path), await served.client.get(path)):
                assert reply.headers["X-Demo"] == "true"
                assert int(reply.headers["X-Snapshot"]) >= 1

    run(home, plain, gates=())
    homes.change_site(home.root, demo=True)
    run(home, demo, gates=())


def test_a_new_snapshot_is_in_force_for_the_next_request(home: Home) -> None:
    async def scenario(served: Served) -> None:
        token = await served.token()
        before = await served.post(homes.crossing("A"), token=token)
        interface = homes.INTERFACE.replace("/api/crossings", "/api/moved")
        homes.write(home.root, "interfaces/crossings.yaml", interface)
        assert (await served.operate("reload", who="test"))["activated"]
        gone = await served.post(homes.crossing("B"), token=token)
        assert gone.status_code == 404
        moved = await served.client.post("/api/moved", json={"list": [homes.crossing("B")], "token": token})
        assert moved.json()["accepted"] == 1
        assert int(moved.headers["X-Snapshot"]) == int(gone.headers["X-Snapshot"]) > int(before.headers["X-Snapshot"])

    run(home, scenario)


def test_after_hears_of_what_was_stored_and_one_that_raises_is_counted(home: Home) -> None:
    python = """import json
from pathlib import Path

from core import api


@api.hook
def after(batch):
    Path(__file__).with_name("heard").write_text(json.dumps([batch.interface, batch.partner, batch.duplicates,
        batch.refused, [record["weight_kg"] for record in batch.records]]))
    raise RuntimeError("raised by the test plugin")
"""
    folder = homes.plugin(home.root, "county_after", python)

    async def scenario(served: Served) -> None:
        token = await served.token()
        reply = await served.post(homes.crossing("A"), homes.crossing("B", gate="NOWHERE"), token=token)
        assert (reply.json()["result"], reply.json()["accepted"]) == ("2", 1)
        await until(lambda: not served.intake.under_way)
        assert json.loads((folder / "heard").read_text()) == ["crossings", "county", 0, 1, [900]]
        faults = (await served.operate("status"))["faults"]
        assert [(row["plugin"], row["what"], row["count"]) for row in faults] == [("county_after", "after", 1)]
        assert (await served.post(homes.crossing("C"), token=token)).json()["accepted"] == 1

    run(home, scenario)
