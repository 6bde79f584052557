"""Rates, lock-outs and efforts, in memory: how often a partner posts, how often a secret was wrong, what was spent or
read in vain."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

FIRST_S, SLOWEST_S = 0.1, 2.0  # how long an answer to a wrong secret is held back
QUICK_BYTES = 16 << 10  # of a plain body that costs no more than any post
ONE_S, ONE_SHARE = 0.5, 0.05  # work in vain for one sender at once, and the share of the time after that
ALL_S, ALL_SHARE = 1.0, 0.05  # the same for all senders of whom nothing was ever taken
WASTED_BYTES_S = 32 << 20  # of all bodies together that are thrown away; a 100 Mbit line brings 12
AHEAD_S = 0.02  # so much may come before there is a wait
REMEMBERED = 10_000  # addresses and appids kept; the longest unused goes first


@dataclass
class Bucket:
    """A token bucket: what is left of it, and when that was."""

    level: float
    at: float


@dataclass
class Rates:
    """Requests a minute, per partner or address; the share `at_once` of a minute's may come at once."""

    clock: Callable[[], float] = time.monotonic
    at_once: float = 1.0
    buckets: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)

    def take(self, sender: str, per_minute: int) -> int:
        """Take one request; 0 where it is allowed, else the whole seconds to wait."""
        now, most = self.clock(), max(1.0, per_minute * self.at_once)
        bucket = self.buckets.setdefault(sender, Bucket(most, now))
        _remember(self.buckets, sender)
        bucket.level = min(most, bucket.level + (now - bucket.at) * per_minute / 60)
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
            _remember(self.seen, name)
            worst = max(worst, count)
        return min(SLOWEST_S, FIRST_S * 2.0**worst)

    def forget(self, names: Iterable[str]) -> None:
        """A success: what was counted under the names is gone."""
        for name in names:
            self.seen.pop(name, None)

    def _of(self, name: str) -> tuple[int, float]:
        return self.seen.get(name, (0, 0.0))


@dataclass
class Efforts:
    """Seconds spent on bodies that were refused as a whole, by sender (a partner, or else an address) and in all. What
    is spent fills up again as time goes by, so that bodies made to be dear take a small share of the server."""

    clock: Callable[[], float] = time.monotonic
    left: OrderedDict[str, Bucket] = field(default_factory=OrderedDict)
    left_for_all: Bucket = field(default_factory=lambda: Bucket(ALL_S, 0.0))
    known: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def wait_s(self, sender: str) -> int:
        """Whole seconds until a dear body of the sender's is looked at again; 0 where it is now."""
        bucket = self.left.get(sender)
        if bucket is not None and (level := self._filled(bucket, ONE_S, ONE_SHARE)) <= 0:
            return math.ceil(-level / ONE_SHARE) + 1
        if sender not in self.known and (level := self._filled(self.left_for_all, ALL_S, ALL_SHARE)) <= 0:
            return math.ceil(-level / ALL_SHARE) + 1
        return 0

    def spent(self, sender: str, seconds: float) -> None:
        """So much was spent on a body of the sender's in vain."""
        bucket = self.left.setdefault(sender, Bucket(ONE_S, self.clock()))
        bucket.level = self._filled(bucket, ONE_S, ONE_SHARE) - seconds
        self.left_for_all.level = self._filled(self.left_for_all, ALL_S, ALL_SHARE) - seconds
        _remember(self.left, sender)

    def taken(self, sender: str) -> None:
        """A post of the sender's was taken."""
        self.known[sender] = None
        _remember(self.known, sender)

    def _filled(self, bucket: Bucket, most: float, share: float) -> float:
        now = self.clock()
        bucket.level = min(most, bucket.level + (now - bucket.at) * share)
        bucket.at = now
        return bucket.level


@dataclass
class Waste:
    """Bodies that are thrown away. They are read on, since who still sends does not hear an answer, but all of them
    together no faster than is cheap."""

    clock: Callable[[], float] = time.monotonic
    until: float = 0.0

    def wait_s(self, size: int) -> float:
        """So many bytes were thrown away: how long to wait before more are read."""
        now = self.clock()
        self.until = max(self.until, now) + size / WASTED_BYTES_S
        return self.until - now if self.until - now > AHEAD_S else 0


def _remember(names: OrderedDict[str, Any], name: str) -> None:
    names.move_to_end(name)
    while len(names) > REMEMBERED:
        names.popitem(last=False)
