"""What was refused when an interface was last pulled: it is fetched again with each look back, and kept once."""

from __future__ import annotations

from core.intake.passing import refused_now
from core.intake.post import Post
from core.store.state import States

PLACE = "pull_refused/"
MOST = 2000  # of older ones a copy may be kept again


class RefusedBefore:
    """The digests of one interface's refused records. What one pull no longer meets is forgotten after it."""

    def __init__(self, states: States, interface: str) -> None:
        self._states = states
        self._place = f"{PLACE}{interface}"
        self._kept: list[str] = states.get(self._place, [])
        self._met: dict[str, None] = {}

    @property
    def known(self) -> frozenset[str]:
        """What is passed over now."""
        return frozenset(self._kept).union(self._met)

    def note(self, post: Post) -> None:
        """Take what was refused of a body; durable on return."""
        self._met.update(dict.fromkeys(refused_now(post)))
        if not self._met.keys() <= set(self._kept):
            self._put([*self._kept, *self._met])

    def forget(self) -> None:
        """The pull ended well: what it did not meet will not come again."""
        if self._kept and set(self._kept) != self._met.keys():
            self._put([*self._met])

    def _put(self, digests: list[str]) -> None:
        self._kept = list(dict.fromkeys(digests))[-MOST:]
        self._states.put(self._place, self._kept)
