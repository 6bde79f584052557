"""The watcher: notices that a file of the declarations changed, and outlives every failure of a reload."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger("zc.watch")


@dataclass
class Watcher:
    """Polls `digest` and calls `changed` once the files have been quiet for one step."""

    digest: Callable[[], str]
    changed: Callable[[], None]
    taken: str = ""  # the digest that is in force at the start
    step_s: float = 1.0
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start watching."""
        self._thread = threading.Thread(target=self._watch, name="zc-watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching; returns when the thread has ended."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self) -> None:
        seen = self.taken
        while not self._ended.wait(self.step_s):
            now = self._look(seen)
            if now != self.taken and now == seen:
                self.taken = now
                try:
                    self.changed()
                except Exception:
                    log.exception("reload raised; the watcher goes on")
            seen = now

    def _look(self, before: str) -> str:
        try:
            return self.digest()
        except OSError:
            log.exception("declarations cannot be read; the watcher goes on")
            return before
