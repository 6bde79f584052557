"""What the server does by itself, whatever jobs are declared: derive again, forget old refusals, fill statistics."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger("zc.chores")

STEP_S = 60.0


@dataclass
class Chores:
    """Runs each of `work` every minute, and at once when woken; one that raises is logged and the rest go on.

    `ended` is set when it is to stop; long work looks at it now and then.
    """

    work: tuple[Callable[[], object], ...]
    _wake: threading.Event = field(default_factory=threading.Event)
    ended: bool = False
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start the thread; the first round is now."""
        self._thread = threading.Thread(target=self._live, name="zc-chores", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Begin a round now."""
        self._wake.set()

    def stop(self) -> None:
        """End after the round under way."""
        self.ended = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def _live(self) -> None:
        while not self.ended:
            for chore in self.work:
                try:
                    chore()
                except Exception:
                    log.exception("chore failed")
            self._wake.wait(STEP_S)
            self._wake.clear()
