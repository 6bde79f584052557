"""What stays together: a short table with its title and notes, the end of a long one with what stands below it, and
signatures with whatever they follow, so that they never stand on a page alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reportlab.platypus import Flowable, KeepTogether, LongTable, PageBreak

WHATEVER = 1e6
"""More points than any page has: what is measured in so many takes what it wants."""

ALONG = 60.0
"""Points of rows that go to the next page with what stands below their table, where only that has no room."""


class Kept(KeepTogether):
    """Flowables on one page; only what is higher than a page is broken."""

    def __init__(self, content: Sequence[Flowable]) -> None:
        super().__init__([*content])
        self.content = tuple(content)


class Ended(Flowable):
    """A long table with what stands below it, which never begins a page without some rows above it."""

    def __init__(self, table: LongTable, below: Sequence[Flowable]) -> None:
        super().__init__()
        self.table, self.content = table, tuple(below)

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # as Platypus calls it
        """More than there is, so that it is split."""
        return aW, WHATEVER

    def split(self, aW: float, aH: float) -> list[Flowable]:  # as Platypus calls it
        """The rows that fit, and the rest; all of it where it fits."""
        table, below = self.table, self.content
        _, height = table.wrapOn(self.canv, aW, WHATEVER)
        if stacked([table, *below], aW) <= aH:
            return [table, *below]
        fits = height <= aH
        match table.splitOn(self.canv, aW, height - ALONG if fits else aH):
            case [first, rest]:
                return [first, *([PageBreak()] if fits else []), Ended(rest, below)]
        return [table, *below] if fits else []


def stacked(content: Sequence[Flowable], width: float) -> float:
    """How many points they take below each other, the distances between them with them."""
    between = (max(one.getSpaceAfter(), other.getSpaceBefore()) for one, other in pairwise(content))
    return float(sum(one.wrap(width, WHATEVER)[1] for one in content) + sum(between))


def tied(story: list[Flowable], tail: Sequence[Flowable]) -> None:
    """Add a tail to a story, held by its last flowable."""
    match story[-1:]:
        case [Kept(content=content)]:
            story[-1] = Kept([*content, *tail])
        case [Ended(table=table, content=below)]:
            story[-1] = Ended(table, [*below, *tail])
        case [] | [PageBreak()]:
            story += tail
        case [last]:
            story[-1] = Kept([last, *tail])
