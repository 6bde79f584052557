"""Calling foreign code: each implementation is guarded, named, counted and shown; it stops nothing else."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pluggy

from core.run.offers import Batch, Facts, Live

log = logging.getLogger("zc.plugin")


@dataclass
class Faults:
    """Who raised, where and how often, for the pages and health; kept across snapshots. Thread-safe."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    last: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, plugin: str, what: str, error: BaseException) -> None:
        """Count one exception of a plugin's implementation of `what` (such as "deriver verdict")."""
        with self._lock:
            self.counts[plugin, what] += 1
            self.last[plugin, what] = f"{type(error).__name__}: {error}"
        log.error("plugin raised plugin=%s in=%r error=%s", plugin, what, type(error).__name__, exc_info=error)

    def rows(self) -> list[dict[str, Any]]:
        """[{plugin, what, count, last}], the most frequent first."""
        with self._lock:
            return [
                {"plugin": plugin, "what": what, "count": count, "last": self.last[plugin, what]}
                for (plugin, what), count in self.counts.most_common()
            ]


def call_after(manager: pluggy.PluginManager, batch: Batch, faults: Faults, live_of: Callable[[str], Live]) -> None:
    """Call every plugin's `after`, each with the platform as that plugin sees it; one that raises is noted and the
    rest go on."""
    for implementation in manager.hook.after.get_hookimpls():
        try:
            arguments = {"batch": batch, "live": live_of(implementation.plugin_name)}
            implementation.function(*(arguments[name] for name in implementation.argnames))
        except Exception as error:  # noqa: BLE001 - foreign code must not stop the others
            faults.note(implementation.plugin_name, "after", error)


def bound(
    function: Callable[..., Sequence[Any]], facts: Facts
) -> Callable[[Sequence[Mapping[str, Any]]], Sequence[Any]]:
    """A check or deriver with the facts of its snapshot."""
    return lambda batch: function(batch, facts)
