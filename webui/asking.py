"""Threads in which the web interface asks the store, so that the loop that takes posts never waits for a page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from core.api import ZcError

THREADS = 6
MOST_WAITING = 100  # questions under way and waiting; more are turned away

T = TypeVar("T")


class TooBusy(ZcError):
    """More questions wait than can be answered soon."""

    def __init__(self) -> None:
        super().__init__("网页查询过多，平台暂时忙", "请稍候再试。")


class Asking:
    """A bounded pool of threads, apart from those that intake uses."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="zc-web")
        self._under_way = 0

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """What the function returns or raises; TooBusy where too many wait. Called on the loop."""
        if self._under_way >= MOST_WAITING:
            raise TooBusy
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, function, *arguments)
        finally:
            self._under_way -= 1

    def close(self) -> None:
        """Finish what was begun."""
        self._threads.shutdown(cancel_futures=True)
