"""The process pool: what it runs, what a killed process costs, and that none outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import psutil
import pytest

from core.run.work import Work

CHECKOUT = Path(__file__).parents[3]
PARENT = """
import os
import time
from core.run.work import Work

if __name__ == "__main__":
    work = Work(2)
    for nap in [work.submit(time.sleep, 0.2) for _ in range(2)]:
        nap.result()
    print(*{work.run(os.getpid) for _ in range(20)}, flush=True)
    os.kill(os.getpid(), 9)
"""


def test_a_task_runs_in_another_process_and_its_error_comes_back() -> None:
    work = Work(1)
    try:
        assert work.run(os.getpid) != os.getpid()
        with pytest.raises(ValueError, match="literal"):
            work.run(int, "many")
    finally:
        work.close()


def test_a_killed_process_is_replaced() -> None:
    work = Work(1)
    try:
        os.kill(work.run(os.getpid), signal.SIGKILL)
        assert work.run(abs, -3) == 3
    finally:
        work.close()


def test_what_is_submitted_after_a_kill_runs_in_another_process() -> None:
    work = Work(1)
    try:
        killed = work.run(os.getpid)
        nap = work.submit(time.sleep, 60)
        os.kill(killed, signal.SIGKILL)
        with pytest.raises(BrokenProcessPool):
            nap.result()
        assert work.submit(os.getpid).result() != killed
    finally:
        work.close()


def test_no_process_outlives_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    done = subprocess.run([sys.executable, str(script)], env=environment, capture_output=True, timeout=60)
    children, waited = [int(pid) for pid in done.stdout.split()], 0.0
    while any(map(runs, children)) and waited < 30:
        time.sleep(0.1)
        waited += 0.1
    assert children
    assert waited < 30, "a process waits for tasks of a parent that is gone"


def runs(pid: int) -> bool:
    """Whether there is such a process, and it is more than a line in the table."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
