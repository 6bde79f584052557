"""Results of earlier reads, kept by what went into them, so that a reload works only on what changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

T = TypeVar("T")


class Cache:
    """Remembers for one read longer: what the last read did not ask for is forgotten. For one thread at a time."""

    def __init__(self) -> None:
        self._last: dict[Hashable, object] = {}
        self._now: dict[Hashable, object] = {}

    def remember(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value made earlier for `key`, else `make()`. The key must name everything that `make` reads."""
        if key not in self._now:
            self._now[key] = self._last[key] if key in self._last else make()
        return cast(T, self._now[key])

    def turn(self) -> None:
        """End a read."""
        self._last, self._now = self._now, {}
