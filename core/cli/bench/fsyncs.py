"""How often a server waits for its disk: strace counts the calls from outside, the same way for every server."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
from collections.abc import Callable
from typing import IO, cast

CALLS = re.compile(r"(\d+)(?:\s+\d+)?\s+f(?:data)?sync$", re.MULTILINE)


def missing() -> str:
    """Why nothing can be counted here; empty where it can."""
    return "" if shutil.which("strace") else "strace is not installed: fsyncs are not counted"


def count(pid: int, work: Callable[[], None]) -> int:
    """The calls of fsync and fdatasync in the process while `work` runs."""
    command = ["strace", "-f", "-c", "-U", "calls,errors,name", "-e", "trace=fsync,fdatasync", "-p", str(pid)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as tracer:  # noqa: S603 - our own arguments
        told = cast(IO[str], tracer.stderr)
        attached = told.readline()
        try:
            work()
        finally:
            tracer.send_signal(signal.SIGINT)
        said = attached + told.read()
    return sum(int(number) for number in CALLS.findall(said))
