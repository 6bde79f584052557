"""Calling foreign code: each implementation is guarded, named, counted and shown; it stops nothing else."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pluggy

from core.run.offers import Batch

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


def call_after(manager: pluggy.PluginManager, batch: Batch, faults: Faults) -> None:
    """Call every plugin's `after`; one that raises is noted and the rest go on."""
    arguments = {"batch": batch}
    for implementation in manager.hook.after.get_hookimpls():
        try:
            implementation.function(*(arguments[name] for name in implementation.argnames))
        except Exception as error:  # noqa: BLE001 - foreign code must not stop the others
            faults.note(implementation.plugin_name, "after", error)


def guarded(plugin: str, what: str, function: Callable[..., Any], faults: Faults) -> Callable[..., Any]:
    """`function`, with whatever it raises noted under the plugin's name before it goes on upwards."""

    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except Exception as error:
            faults.note(plugin, what, error)
            raise

    return call


def batch_function(
    plugin: str, what: str, function: Callable[..., Sequence[Any]], facts: Any, faults: Faults
) -> Callable[[Sequence[Mapping[str, Any]]], Sequence[Any]]:
    """A check or deriver bound to the facts of its snapshot; it must answer for each record of the batch."""
    call = guarded(plugin, what, function, faults)

    def run(batch: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        results: Sequence[Any] = call(batch, facts)
        if len(results) != len(batch):
            error = ValueError(f"{len(batch)} records went in and {len(results)} results came out")
            faults.note(plugin, what, error)
            raise error
        return results

    return run
