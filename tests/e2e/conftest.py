"""A home and a running server, as an operator has them: the zc command in processes of its own."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
START_S = 60


@dataclass
class Zc:
    """The zc command on one home."""

    home: Path

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """Run a command on the home; its standard output. Fails where the exit code is another."""
        done = subprocess.run(
            [sys.executable, "-m", "core.cli", *arguments, "--home", str(self.home)],
            cwd=ROOT, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == code, f"{arguments} → {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *arguments: str, code: int = 0) -> object:
        """Run a command with --json and parse what it prints."""
        return json.loads(self(*arguments, "--json", code=code))


@dataclass
class Server:
    """A running server."""

    process: subprocess.Popen[str]
    url: str
    zc: Zc

    def token(self, name: str = "county", stations: str = "*") -> str:
        """A token of a partner made for the test."""
        made = self.zc.json("partner", "add", name, "--stations", stations)
        said = {"appid": made["appid"], "secret": made["secret"]}
        return httpx.post(f"{self.url}/api/token", json=said).json()["token"]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the server; its exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=30)


def start(home: Path, *arguments: str) -> Server:
    """Start `zc run` on the home and wait until it says where it listens."""
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "core.cli", "run", "--home", str(home), "--port", "0", *arguments],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        found = re.search(r"health: (https?://[^/]+)/-/health", line)
        if found:
            return Server(process, found.group(1), Zc(home))
    raise AssertionError(f"the server ended: {''.join(lines)}\n{(home / 'server.log').read_text()}")


@pytest.fixture
def zc(tmp_path: Path) -> Zc:
    """The zc command on a fresh home with the demo rows."""
    made = Zc(tmp_path / "home")
    done = subprocess.run(
        [sys.executable, "-m", "core.cli", "init", str(made.home)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture
def server(zc: Zc) -> Iterator[Server]:
    """A server on that home, ended afterwards."""
    running = start(zc.home)
    yield running
    if running.process.poll() is None:
        assert running.stop() == 0
    if running.process.stdout:
        running.process.stdout.close()
