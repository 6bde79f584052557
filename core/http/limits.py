"""Rates and lock-outs, in memory: how often a partner posts and how often a secret was wrong."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

FIRST_S, SLOWEST_S = 0.1, 2.0  # how long an answer to a wrong secret is held back
REMEMBERED = 10_000  # addresses and appids kept; the longest unused goes first


@dataclass
class Bucket:
    """A token bucket: `capacity` requests at once, refilled over a minute."""

    level: float
    at: float


@dataclass
class Rates:
    """Requests a minute, per partner or address."""

    clock: Callable[[], float] = time.monotonic
    buckets: dict[str, Bucket] = field(default_factory=dict)

    def take(self, partner: str, per_minute: int) -> int:
        """Take one request; 0 where it is allowed, else the whole seconds to wait."""
        now = self.clock()
        bucket = self.buckets.get(partner)
        if bucket is None:
            bucket = self.buckets[partner] = Bucket(per_minute, now)
            if len(self.buckets) > REMEMBERED:
                del self.buckets[next(iter(self.buckets))]
        bucket.level = min(per_minute, bucket.level + (now - bucket.at) * per_minute / 60)
        bucket.at = now
        if bucket.level >= 1:
            bucket.level -= 1
            return 0
        return max(1, math.ceil((1 - bucket.level) * 60 / per_minute))


@dataclass
class Failures:
    """Wrong secrets by appid and by address: each one slows the next answer, too many lock for a while."""

    clock: Callable[[], float] = time.monotonic
    seen: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)

    def locked_s(self, name: str, attempts: int, lock_s: int) -> int:
        """Seconds for which `name` is still locked after `attempts` failures; 0 when it is not."""
        count, at = self._of(name)
        wait_s = at + lock_s - self.clock()
        return int(wait_s) + 1 if count >= attempts and wait_s > 0 else 0

    def note(self, names: Iterable[str], lock_s: int) -> float:
        """Count a failure under each name; the seconds by which to hold back the answer."""
        now = self.clock()
        worst = 0
        for name in names:
            count, at = self._of(name)
            count = 1 if now - at > lock_s else count + 1
            self.seen[name] = (count, now)
            self.seen.move_to_end(name)
            worst = max(worst, count)
        while len(self.seen) > REMEMBERED:
            self.seen.popitem(last=False)
        return min(SLOWEST_S, FIRST_S * 2.0**worst)

    def forget(self, names: Iterable[str]) -> None:
        """A success: what was counted under the names is gone."""
        for name in names:
            self.seen.pop(name, None)

    def _of(self, name: str) -> tuple[int, float]:
        return self.seen.get(name, (0, 0.0))
