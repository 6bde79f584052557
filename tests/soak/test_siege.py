"""Under each attack, and under all at once, health answers, memory stays, and honest partners keep their rate and lose
nothing."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest

from core.http import admin
from core.run.home import Home
from tests.core.run.homes import change_site
from tests.e2e.conftest import ROOT
from tests.soak import bodies, contents
from tests.soak.attackers import KINDS
from tests.soak.conftest import Tell
from tests.soak.progress import Progress, kept
from tests.soak.sender import Sender
from tests.soak.site import Site, make_site

ALL = "all at once"
IDLE_S, ATTACK_S, SETTLE_S = 8.0, 20.0, 5.0
HONEST, CROWD = 4, 200
CROWD_DECLARED = "title: 测试对接方\nstations: ['*']\nrate_per_minute: 60\n"
LIMITS = {"host": "127.0.0.1", "port": 8600, "idle_s": 10, "body_s": 8, "unread_s": 5}
HEALTH_EVERY_S, HEALTH_WITHIN_S = 0.25, 1.0
HELD = frozenset({"slow_heads", "slow_bodies", "idle", "unread"})  # connections that the server must end
LEAST_RATE = 0.5
MOST_MORE_MIB = 256  # of memory at any moment; queue_mib, and what one body becomes when decoded


@dataclass
class Watch:
    """What is looked at all the time: health's answers and the server's memory, the largest of each."""

    answered_s: list[float] = field(default_factory=list)
    resident_mib: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def run(self, site: Site, ended: threading.Event) -> None:
        """Ask until `ended`, on a new connection each time."""
        process = psutil.Process(site.pid)
        while not ended.wait(HEALTH_EVERY_S):
            begun = time.monotonic()
            try:
                answer = httpx.get(f"{site.url}/-/health", timeout=30)
                if answer.status_code != 200:
                    self.faults.append(f"health: {answer.status_code} {answer.text}")
            except httpx.HTTPError as error:
                self.faults.append(f"health: {type(error).__name__}: {error}")
            self.answered_s.append(time.monotonic() - begun)
            self.resident_mib.append(process.memory_info().rss / (1 << 20))


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_a_site_under_siege(tmp_path: Path, tell: Tell):
    names = [*KINDS, ALL]
    progress = Progress.taken_up(kept("siege"), len(names))
    with make_site(tmp_path / "home", tmp_path / "server.log") as site:
        tokens = prepare(site, CROWD)
        senders = [Sender(f"h{number}", random.Random(number)) for number in range(HONEST)]
        for number in progress.missing:
            name = names[number - 1]
            kinds = list(KINDS) if name == ALL else [name]
            figures = one_attack(site, senders, tokens, kinds, (IDLE_S, ATTACK_S))
            tell(f"{number} of {len(names)} {name}: {json.dumps(figures)}")
            check(site, senders, figures)
            progress.add(**{"attack": name, **figures})
        site.stop()
    least = min(one["rate under attack"] / one["idle rate"] for one in progress.rounds)
    slowest = max(one["slowest health s"] for one in progress.rounds)
    tell(f"{len(names)} attacks: nothing lost, at least {least:.2f} of the idle rate, health within {slowest:.2f} s")


def test_a_small_siege(tmp_path: Path):
    with make_site(tmp_path / "home", tmp_path / "server.log") as site:
        tokens = prepare(site, 2)
        senders = [Sender(f"h{number}", random.Random(number)) for number in range(2)]
        figures = one_attack(site, senders, tokens, ["lengths", "garbage", "slow_heads"], (0.3, 2.0), settle_s=0.2)
        lost_nothing(site, senders, figures)
        assert figures["attacks"]["lengths"]["connections"] > 0
        site.stop()


def prepare(site: Site, crowd: int) -> list[str]:
    """Start the site with limits that an attack of seconds reaches; tokens of the honest partner and of a crowd."""
    change_site(site.home, listen=LIMITS)
    (site.home / "interfaces" / "siege.yaml").write_text(bodies.XML_INTERFACE)
    names = [f"crowd{number}" for number in range(crowd)]
    for name in names:
        (site.home / "config" / "partners" / f"{name}.yaml").write_text(CROWD_DECLARED)
    site.start()
    tokens = [site.token()]
    for name in names:
        said = {"name": name, "title": name, "stations": ["*"]}
        made = admin.operate(Home(site.home).socket, "partner.add", said, lambda _: None)
        bought = httpx.post(f"{site.url}/api/token", json={"appid": made["appid"], "secret": made["secret"]})
        tokens.append(bought.json()["token"])
    return tokens


def one_attack(
    site: Site, senders: list[Sender], tokens: list[str], kinds: list[str], seconds: tuple[float, float],
    settle_s: float = SETTLE_S,
) -> dict[str, object]:  # fmt: skip
    """Idle, attack, idle, while honest partners post and health is asked; what was seen."""
    idle_s, attack_s = seconds
    watch = Watch()
    with under_way(site, senders, tokens[0], watch):
        before = rate(senders, idle_s)
        with attacking(site, tokens, kinds, settle_s + attack_s) as attackers:
            time.sleep(settle_s)
            under_attack = rate(senders, attack_s)
            seen = {kind: json.loads(process.communicate(timeout=60)[0]) for kind, process in attackers.items()}
        time.sleep(settle_s)
        after = rate(senders, idle_s)
    return {
        "idle rate": round(statistics.mean([before, after])),
        "rate under attack": round(under_attack),
        "slowest health s": round(max(watch.answered_s), 3),
        "health asked": len(watch.answered_s),
        "memory MiB": [round(watch.resident_mib[0]), round(max(watch.resident_mib)), round(watch.resident_mib[-1])],
        "faults": watch.faults + [fault for sender in senders for fault in sender.faults],
        "attacks": seen,
    }


def rate(senders: list[Sender], seconds: float) -> float:
    """Records acknowledged a second, over some seconds."""
    begun, there = time.monotonic(), sum(sender.confirmed for sender in senders)
    time.sleep(seconds)
    return (sum(sender.confirmed for sender in senders) - there) / (time.monotonic() - begun)


@contextmanager
def under_way(site: Site, senders: list[Sender], token: str, watch: Watch) -> Iterator[None]:
    """Honest partners post meanwhile, on a new connection where the old one goes; health is asked."""
    ended = threading.Event()

    def post(sender: Sender) -> None:
        while not ended.is_set() and not sender.faults:
            sender.run(site.url, token, ended)

    threads = [threading.Thread(target=post, args=(sender,)) for sender in senders]
    threads.append(threading.Thread(target=watch.run, args=(site, ended)))
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()


@contextmanager
def attacking(
    site: Site, tokens: list[str], kinds: list[str], seconds: float
) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """Attackers of these kinds, all begun; they end by themselves."""
    port = int(site.url.rpartition(":")[2])
    running = {}
    try:
        for kind in kinds:
            said = {"kind": kind, "port": port, "seconds": seconds, "tokens": tokens}
            command = [sys.executable, "-m", "tests.soak.attackers", json.dumps(said)]
            running[kind] = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for process in running.values():
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
        yield running
    finally:
        for process in running.values():
            process.kill()
            process.wait()
            if process.stdout:
                process.stdout.close()


def check(site: Site, senders: list[Sender], figures: dict[str, object]) -> None:
    """Nothing was lost, and all went on as it must."""
    lost_nothing(site, senders, figures)
    assert figures["slowest health s"] <= HEALTH_WITHIN_S
    assert figures["rate under attack"] >= LEAST_RATE * figures["idle rate"]
    for kind in HELD & figures["attacks"].keys():
        assert figures["attacks"][kind]["cut by the server"] > 0
    before, most, _ = figures["memory MiB"]
    assert most <= before + MOST_MORE_MIB


def lost_nothing(site: Site, senders: list[Sender], figures: dict[str, object]) -> None:
    """Each acknowledged record is there once, no wrong one is, nothing raised, no attacker was answered by an error of
    the server's."""
    assert figures["faults"] == []
    there = contents.read(f"sqlite:///{site.home / 'data' / 'zc.sqlite'}")
    assert there.agree(there.refusals) == []
    acknowledged = {code for sender in senders for code in sender.acknowledged}
    unanswered = {code for sender in senders for code in sender.codes(sender.waiting)}
    assert acknowledged - there.codes == set(), "acknowledged and lost"
    honest = {code for code in there.codes if code.startswith("h")}
    assert honest - acknowledged - unanswered == set(), "stored and never sent"
    assert {code for code in there.codes if code.startswith("W")} == set(), "stored though its length was wrong"
    assert "Traceback" not in site.log.read_text(), site.log.read_text()[-5000:]
    for kind, seen in figures["attacks"].items():
        errors = {name for name in seen if name.startswith("status 5") and name != "status 503"}
        assert errors == set(), (kind, seen)
        assert seen.get("whole bodies sent", 0) == 0
