"""The zc command on one home: in this process, which saves its start, and a server in a process of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from core.cli import main

ROOT = Path(__file__).parents[3]


@dataclass
class Zc:
    """The zc command on one home; `said` is what the last one printed on standard error."""

    home: Path
    said: str = ""

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """Run a command on the home; its standard output. Fails where the exit code is another."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            ended = exit_code([*arguments, "--home", str(self.home)])
        self.said = err.getvalue()
        assert ended == code, f"{arguments} → {ended}\n{out.getvalue()}\n{self.said}"
        return out.getvalue()

    def json(self, *arguments: str, code: int = 0) -> Any:
        """Run a command with --json and parse what it prints."""
        return json.loads(self(*arguments, "--json", code=code))


def exit_code(arguments: list[str]) -> int:
    """Run a command in this process; the code it ends with."""
    try:
        main(arguments)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


@dataclass
class Server:
    """A server in a process of its own; `announced` is what it printed until it listened."""

    process: subprocess.Popen[str]
    url: str
    zc: Zc
    announced: str

    def token(self, name: str = "county", stations: str = "*") -> str:
        """A token of a partner made for the test."""
        made = self.zc.json("partner", "add", name, "--stations", stations)
        said = {"appid": made["appid"], "secret": made["secret"]}
        return str(httpx.post(f"{self.url}/api/token", json=said).json()["token"])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End the server; its exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=30)


def start(home: Path, *arguments: str) -> Server:
    """`zc run` on the home, once it says where it listens."""
    command = [sys.executable, "-m", "core.cli", "run", "--home", str(home), "--port", "0", *arguments]
    with (home / "server.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    url, announced = _announced(process, home)
    return Server(process, url, Zc(home), announced)


@contextlib.contextmanager
def serving(home: Path, *arguments: str) -> Iterator[Server]:
    """`zc run` on the home until the context ends, unless it ended before."""
    server = start(home, *arguments)
    with server.process as process:
        try:
            yield server
        finally:
            if process.poll() is None:
                assert server.stop() == 0


def _announced(process: subprocess.Popen[str], home: Path) -> tuple[str, str]:
    """The address that the server prints once it listens, and all it printed until then."""
    lines = []
    for line in process.stdout or ():
        lines.append(line)
        found = re.search(r"health: (https?://[^/]+)/-/health", line)
        if found:
            return found.group(1), "".join(lines)
    raise AssertionError(f"the server ended: {''.join(lines)}\n{(home / 'server.log').read_text()}")
