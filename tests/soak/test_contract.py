"""A running server under schemathesis and garbage: whatever is posted is answered as its OpenAPI document promises."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from tests.core.cli.command import ROOT
from tests.partners.systems import declare
from tests.soak.attack import Attacker, promised
from tests.soak.conftest import Tell
from tests.soak.meanwhile import meanwhile
from tests.soak.memory import watched
from tests.soak.progress import minutes
from tests.soak.seeds import samples
from tests.soak.site import DECLARED, PARTNER, Site, make_site

SIGNER = "signer"
KEPT = "refusals_mib: 1\n"  # else the database grows, and with it what SQLite holds of it in memory, to 64 MiB
SIGNS = f"{DECLARED}{KEPT}auth: {{type: signature, algorithm: hmac-sha256}}\n"
TOKENS = "tokens: {attempts: 100, lock_s: 1}\n"  # wrong ones are sent all the time
CHECKS = (
    "no_fault_of_the_server,status_code_conformance,content_type_conformance,"
    "response_headers_conformance,response_schema_conformance"
)
ATTACKERS = 2
LITTLE = 60


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A running site in which every system of tests/partners is declared."""
    with make_site(tmp_path / "home", tmp_path / "server.log") as made:
        for name in ("preview.yaml", "preview.trial.yaml"):  # tests/partners has its own, with a shorter reply
            (made.home / "interfaces" / name).unlink()
        declare(made.home)
        with (made.home / "config" / "site.yaml").open("a") as file:
            file.write(TOKENS)
        for name, text in ((PARTNER, DECLARED + KEPT), (SIGNER, SIGNS)):
            (made.home / "config" / "partners" / f"{name}.yaml").write_text(text)
        made.start()
        yield made


def sender(site: Site) -> dict[str, str]:
    """The url, and what two partners say who they are with: a token, and the appid and key of one who signs."""
    signer: Any = site.zc.json("partner", "add", SIGNER, "--stations", "*", "--auth", "hmac")
    return {"url": site.url, "token": site.token(), "appid": signer["appid"], "secret": signer["secret"]}


def attacker(site: dict[str, str]) -> Attacker:
    """One who sends garbage to all that is served there."""
    promises = promised(httpx.get(f"{site['url']}/-/openapi.json").json())
    posts = [*((sample.path, sample.body) for sample in samples()), ("/api/token", b'{"appid": "a", "secret": "b"}')]
    assert {path for path, _ in posts} == set(promises)
    return Attacker(site, posts, promises, random.Random())


def well(site: Site) -> None:
    """The server is healthy, its log has no exception, and it stops as it should."""
    assert httpx.get(f"{site.url}/-/health").status_code == 200
    site.stop()
    log = site.log.read_text()
    assert "Traceback" not in log, log[-8000:]
    assert "ERROR" not in log, log[-8000:]


def test_garbage_is_answered_as_promised(site: Site) -> None:
    attacking = attacker(sender(site))
    for _ in range(LITTLE):
        attacking.post()
    assert attacking.faults == []
    assert attacking.statuses[200] > 0
    assert attacking.statuses[400] > 0
    well(site)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_schemathesis_and_garbage(site: Site, tmp_path: Path, tell: Tell) -> None:
    said = sender(site)
    attackers = [attacker(said) for _ in range(ATTACKERS)]
    with watched(site.pid) as memory, attacking(attackers):
        done = schemathesis(said, tmp_path / "crashes")
    tell(re.sub(r"(?s).*(?==+ (FAILURES|SUMMARY))", "", done.stdout)[-4000:])
    statuses = sum((each.statuses for each in attackers), Counter[int]())
    tell(f"garbage: {statuses.total():,} requests, {dict(sorted(statuses.items()))}; {memory}")
    assert [fault for each in attackers for fault in each.faults] == []
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    well(site)
    assert not memory.grew, str(memory)


@contextmanager
def attacking(attackers: list[Attacker]) -> Iterator[None]:
    """All of them attack meanwhile."""
    ended = Event()
    with meanwhile(ended, [partial(each.run, ended) for each in attackers]):
        yield


def schemathesis(said: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """One run of schemathesis, with all the phases that it has, repeated until the minutes are over."""
    folder.mkdir()
    hooks = {"SCHEMATHESIS_HOOKS": "tests.soak.schemathesis_hooks", "ZC_SOAK_SITE": json.dumps(said)}
    environment = {**os.environ, **hooks, "PYTHONPATH": str(ROOT)}
    command = [
        Path(sys.executable).with_name("schemathesis"), "run", f"{said['url']}/-/openapi.json", "--checks", CHECKS,
        "--max-time", str(round(minutes() * 60)), "--request-timeout", "10", "--continue-on-failure", "--no-shrink",
        "--generation-database", "none", "--suppress-health-check", "all",
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
