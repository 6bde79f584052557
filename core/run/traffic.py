"""What came over each interface and from each partner since the start, and when each last succeeded."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from core.intake.post import Post
from core.run.shown import moment
from core.store.state import States

KEPT = "last_success"
RECENT = 200  # posts that error share and slowness are told from
ENOUGH = 5  # fewer say nothing
FAILING_SHARE = 0.5
SLOW_S = 1.0


@dataclass(frozen=True, slots=True)
class Answered:
    """An answered post as it is counted: how many of its records were stored, known and refused, and the seconds from
    its whole body to its whole answer."""

    post: Post
    accepted: int
    duplicates: int
    refused: int
    seconds: float

    @classmethod
    def of(cls, post: Post, seconds: float) -> Answered:
        """The figures of a post."""
        return cls(post, post.stored, post.duplicates, len(post.refusals), seconds)


@dataclass
class Counters:
    """Counted since the start, but for `last_success_ms`, which survives one; what is pulled again and known already is
    no success of the partner's. `recent` has, for each of the last posts, the seconds until its answer and whether
    nothing of it was taken."""

    posts: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    last_success_ms: int | None = None
    last_failure_ms: int | None = None
    last_outcome: str = ""
    recent: deque[tuple[float, bool]] = field(default_factory=lambda: deque(maxlen=RECENT))

    def add(self, answered: Answered) -> None:
        """Count one answered post."""
        self.posts += 1
        self.accepted += answered.accepted
        self.duplicates += answered.duplicates
        self.refused += answered.refused
        succeeded = bool(answered.accepted or answered.duplicates)
        if answered.accepted or (answered.duplicates and answered.post.provenance != "pulled"):
            self.last_success_ms = answered.post.received_at
        elif not succeeded:
            self.last_failure_ms, self.last_outcome = answered.post.received_at, answered.post.outcome
        self.recent.append((answered.seconds, not succeeded))

    def fail(self, at: int, outcome: str) -> None:
        """Count that nothing could even be fetched."""
        self.last_failure_ms, self.last_outcome = at, outcome
        self.recent.append((0.0, True))

    @property
    def error_share(self) -> float | None:
        """The part of the recent posts of which nothing was taken, 0 to 1; None before the first."""
        recent = list(self.recent)
        return round(sum(failed for _, failed in recent) / len(recent), 3) if recent else None

    @property
    def slow_s(self) -> float | None:
        """The seconds within which 19 of 20 recent posts were answered; None before the first."""
        recent = sorted(seconds for seconds, _ in list(self.recent))
        return round(recent[int(len(recent) * 0.95)], 3) if recent else None

    @property
    def state(self) -> str:
        """good, failing, slow, or nothing where too little came to say."""
        if len(self.recent) < ENOUGH:
            return ""
        if (self.error_share or 0) >= FAILING_SHARE:
            return "failing"
        return "slow" if (self.slow_s or 0) > SLOW_S else "good"

    def row(self, zone: ZoneInfo) -> dict[str, Any]:
        """The figures as plain data, moments in `zone`."""
        return {
            "state": self.state,
            "last_success": moment(self.last_success_ms, zone) if self.last_success_ms else None,
            "last_failure": moment(self.last_failure_ms, zone) if self.last_failure_ms else None,
            "last_outcome": self.last_outcome,
            "error_share": self.error_share,
            "slow_s": self.slow_s,
            "posts": self.posts,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "refused": self.refused,
        }


class Traffic:
    """The counters of one platform, and who else hears of each answered post. Thread-safe."""

    def __init__(self, states: States) -> None:
        self.interfaces: dict[str, Counters] = {}
        self.partners: dict[str, Counters] = {}
        self.listeners: list[Callable[[Answered], None]] = []
        self._lock = threading.Lock()
        self._states = states
        self._kept = states.get(KEPT, {})
        for place, name, at in _places(self._kept):
            getattr(self, place)[name] = Counters(last_success_ms=at)

    def count(self, answered: Answered) -> None:
        """Count one answered post: by its partner where that is known, and by its interface unless it is a trial of a
        sandbox partner."""
        post = answered.post
        with self._lock:
            if post.claimed:
                self.partners.setdefault(post.claimed, Counters()).add(answered)
            if post.partner is None or not post.partner.sandbox:
                self.interfaces.setdefault(post.interface.id, Counters()).add(answered)
        for heard in self.listeners:
            heard(answered)

    def failed(self, interface: str, partner: str, at: int, outcome: str) -> None:
        """Count that nothing could be fetched of a partner for an interface, at UTC milliseconds."""
        with self._lock:
            self.interfaces.setdefault(interface, Counters()).fail(at, outcome)
            self.partners.setdefault(partner, Counters()).fail(at, outcome)

    def save(self) -> None:
        """Keep the last successes where they changed."""
        said = {
            place: {
                name: counter.last_success_ms
                for name, counter in dict(getattr(self, place)).items()
                if counter.last_success_ms is not None
            }
            for place in ("interfaces", "partners")
        }
        if said != self._kept:
            self._states.put(KEPT, said)
            self._kept = said

    def rows(self, place: str, known: Mapping[str, Any], zone: ZoneInfo) -> list[dict[str, Any]]:
        """[{id, title, state, last_success, …}] of all that are `known`; `place` is interfaces or partners."""
        counters: Mapping[str, Counters] = getattr(self, place)
        none = Counters()
        return [
            {"id": name, "title": one.title, **counters.get(name, none).row(zone)}
            for name, one in sorted(known.items())
        ]


def _places(kept: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[str, str, int]]:
    for place in ("interfaces", "partners"):
        for name, at in kept.get(place, {}).items():
            yield place, name, at
