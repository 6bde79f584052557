"""What stays together: a short table with its title and notes, the end of a long one with what stands below it, and
signatures with whatever they follow, so that they never stand on a page alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reportlab.platypus import Flowable, KeepTogether, PageBreak

from .grids import Laid

WHATEVER = 1e6
"""More points than any page has: what is measured in so many takes what it wants."""


class Kept(KeepTogether):
    """Flowables on one page; only what is higher than a page is broken."""

    def __init__(self, content: Sequence[Flowable]) -> None:
        super().__init__([*content])
        self.content = tuple(content)


class Ended(Flowable):
    """The rows of a long table from `start`, with what stands below it, which never begins a page without some rows
    above it. Each page has a table of its own, so that a list of 20,000 rows takes no longer a row than a short one."""

    def __init__(self, laid: Laid, below: Sequence[Flowable], start: int = 0) -> None:
        super().__init__()
        self.laid, self.content, self.start = laid, tuple(below), start

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # as Platypus calls it
        """More than there is, so that it is split."""
        return aW, WHATEVER

    def split(self, aW: float, aH: float) -> list[Flowable]:  # as Platypus calls it
        """The rows that fit, and the rest; all of it where it fits."""
        laid, start, rows = self.laid, self.start, self.laid.rows
        stop = laid.fitting(start, aH)
        if stop == rows:
            whole = [laid.drawn(start, rows), *self.content]
            if rows - start <= laid.last or stacked(whole, aW) <= aH:
                return whole
        if rows - stop < laid.last:
            stop = max(rows - laid.last, min(stop, start + 1))
        if stop <= start:
            return []
        return [laid.drawn(start, stop), PageBreak(), Ended(laid, self.content, stop)]


def stacked(content: Sequence[Flowable], width: float) -> float:
    """How many points they take below each other, the distances between them with them."""
    between = (max(one.getSpaceAfter(), other.getSpaceBefore()) for one, other in pairwise(content))
    return float(sum(one.wrap(width, WHATEVER)[1] for one in content) + sum(between))


def tied(story: list[Flowable], tail: Sequence[Flowable]) -> None:
    """Add a tail to a story, held by its last flowable."""
    match story[-1:]:
        case [Kept(content=content)]:
            story[-1] = Kept([*content, *tail])
        case [Ended(laid=laid, content=below)]:
            story[-1] = Ended(laid, [*below, *tail])
        case [] | [PageBreak()]:
            story += tail
        case [last]:
            story[-1] = Kept([last, *tail])
