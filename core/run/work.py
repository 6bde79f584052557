"""The one pool of processes: what would hold up the server's loop and its threads is worked out there."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

PROCESSES = 2


class Work:
    """Started at the first task. What goes in and out is pickled; a function is named by its module. Thread-safe."""

    def __init__(self, processes: int = PROCESSES) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None
        self._lock = threading.Lock()

    def submit(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Future[T]:
        """Run it in a process of the pool; the future has what it returns or raises. A pool whose process was killed is
        started anew."""
        with self._lock:
            if self._pool is None:
                self._pool = self._started()
            try:
                return self._pool.submit(function, *arguments, **named)
            except BrokenProcessPool:
                self._pool = self._started()
                return self._pool.submit(function, *arguments, **named)

    def run(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """`submit` and wait; once more where the process was killed meanwhile."""
        try:
            return self.submit(function, *arguments, **named).result()
        except BrokenProcessPool:
            return self.submit(function, *arguments, **named).result()

    def close(self) -> None:
        """End the processes after what they do now."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def _started(self) -> ProcessPoolExecutor:
        # spawned, since a fork of a process with threads may hold a lock that nobody lets go of
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._processes, mp_context=context, initializer=_live_with_parent)


def _live_with_parent() -> None:
    """An interrupt at the terminal goes to every process of the group, and the parent ends these. Where the parent is
    killed they would wait for tasks for ever, so each watches it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="zc-parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
