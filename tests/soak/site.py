"""A site as the soaks need it: a home with demo rows, a partner that may post often, a server that may be killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx

from tests.core.cli.command import ROOT, Zc, exit_code

PARTNER = "soak"
DECLARED = "title: 测试对接方\nstations: ['*']\nrate_per_minute: 1000000\n"
DEMO_ROWS = ROOT / "plugins" / "stations" / "demo"


@dataclass
class Site:
    """One home and its server, which does not outlive a `with` over the site."""

    home: Path
    log: Path
    secret: dict[str, str]
    url: str = ""
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def zc(self) -> Zc:
        """The zc command on the home."""
        return Zc(self.home)

    @property
    def pid(self) -> int:
        """The running server's process id."""
        assert self.process is not None
        return self.process.pid

    def launch(self) -> None:
        """Begin `zc run`, always the same command, without waiting for it."""
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "core.cli", "run", "--home", str(self.home), "--port", "0"],
                cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
            )  # fmt: skip

    def start(self) -> None:
        """Begin `zc run` and wait until it says where it listens."""
        self.launch()
        assert self.process is not None
        said = []
        for line in self.process.stdout or ():
            said.append(line)
            found = re.search(r"health: (https?://[^/]+)/-/health", line)
            if found:
                self.url = found.group(1)
                return
        self.kill()
        raise AssertionError(f"the server ended: {''.join(said)}\n{self.log.read_text()[-5000:]}")

    def stop(self) -> None:
        """Stop as an operator does; the server must end well."""
        assert self._end(signal.SIGTERM) == 0, self.log.read_text()[-5000:]

    def kill(self) -> None:
        """kill -9."""
        self._end(signal.SIGKILL)

    def token(self) -> str:
        """Buy a token."""
        return str(self.buy().json()["token"])

    def buy(self) -> httpx.Response:
        """Ask for a token; whatever is answered."""
        said = {name: self.secret[name] for name in ("appid", "secret")}
        return httpx.post(f"{self.url}/api/token", json=said, timeout=30)

    def find(self, start: str) -> list[dict[str, Any]]:
        """Every weighing whose record number starts so, as `zc find` tells them."""
        return self.zc.json("find", "weighing", "--where", f"code: {{starts: {start}}}", "--limit", "100000")

    def _end(self, how: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        with suppress(ProcessLookupError):
            process.send_signal(how)
        code = process.wait(timeout=60)
        if process.stdout:
            process.stdout.close()
        return code


def make_site(home: Path, log: Path, store: str | None = None) -> Site:
    """Make a home on the store (the shipped SQLite file where none is named), with demo rows and the partner."""
    make_home(home, store)
    (home / "config" / "partners" / f"{PARTNER}.yaml").write_text(DECLARED)
    zc = Zc(home)
    for entity in ("region", "station"):
        zc("load", entity, str(DEMO_ROWS / f"{entity}.csv"))
    return Site(home, log, dict(zc.json("partner", "add", PARTNER, "--stations", "*")))


def make_home(home: Path, store: str | None) -> None:
    """Make a home on the store, without rows; the store is not opened."""
    assert exit_code(["init", str(home), "--no-rows"]) == 0
    if store is not None:
        file = home / "config" / "site.yaml"
        file.write_text(re.sub(r"(?m)^store: .*$", f"store: {store}", file.read_text()))


def refusal(home: Path) -> str:
    """What `zc run` says on a home that it must refuse."""
    command = [sys.executable, "-m", "core.cli", "run", "--home", str(home), "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr
