"""What pages are made of beside tables and charts: text in justified lines, headings, captions, signatures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import CondPageBreak, Flowable

from .fonts import BOLD, REGULAR
from .lines import broken
from .style import ACCENT, BODY, HEADING, INK, LEADING, RULE, SMALL, SMALL_LEADING, SOFT

FEWEST = 2
"""Lines of a paragraph that stay together at the foot or the head of a page."""

JUSTIFIED_FROM = 0.94
"""A line that fills less of its width is left as it is, rather than spread."""


class Text(Flowable):
    """A paragraph: lines broken as Chinese is, spread to the full width, the first one indented by two characters."""

    def __init__(
        self, text: str, *, font: str = REGULAR, size: float = BODY, leading: float = LEADING, indent: float = 2.0,
        colour: Any = INK, align: str = "justify", after: float = 4.0, before: float = 0.0,
        lines: Sequence[str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.text, self.font, self.size, self.leading, self.colour = text, font, size, leading, colour
        self.align, self.indent, self.lines = align, indent * size, lines
        self.spaceAfter, self.spaceBefore = after, before
        self.measure = partial(_width, font, size)

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # as Platypus calls it
        """Its width and height within the room there is."""
        self.width = aW
        self.shown = list(self.lines) if self.lines is not None else broken(self.text, aW, self.measure, self.indent)
        self.height = len(self.shown) * self.leading
        return aW, self.height

    def split(self, aW: float, aH: float) -> list[Flowable]:  # as Platypus calls it
        """In two where it does not fit, FEWEST lines on either side."""
        self.wrap(aW, aH)
        fits = min(int(aH // self.leading), len(self.shown) - FEWEST)
        if fits < FEWEST:
            return []
        first, rest = self._part(self.shown[:fits], self.indent), self._part(self.shown[fits:], 0.0)
        first.is_cut = True
        return [first, rest]

    def _part(self, lines: Sequence[str], indent: float) -> Text:
        part = Text(
            self.text, font=self.font, size=self.size, leading=self.leading, colour=self.colour,
            align=self.align, after=self.spaceAfter, lines=lines,
        )  # fmt: skip
        part.indent = indent
        return part

    is_cut = False  # whether its last line goes on behind it

    def draw(self) -> None:
        """Draw the lines."""
        self.canv.setFillColor(self.colour)
        for number, line in enumerate(self.shown):
            y = self.height - number * self.leading - (self.leading + self.size) / 2 + self.size * 0.12
            indent = self.indent if number == 0 else 0.0
            is_last = number == len(self.shown) - 1 and not self.is_cut
            self._line(line, indent, y, is_last)

    def _line(self, line: str, indent: float, y: float, is_last: bool) -> None:
        width = self.measure(line)
        left = {"centre": (self.width - width) / 2, "right": self.width - width}.get(self.align, indent)
        room = self.width - indent
        written = self.canv.beginText(left, y)
        written.setFont(self.font, self.size)
        if self.align == "justify" and not is_last and len(line) > 1 and width > room * JUSTIFIED_FROM:
            written.setCharSpace((room - width) / (len(line) - 1))
        written.textOut(line)
        written.setCharSpace(0)
        self.canv.drawText(written)


class Outlined(Text):
    """A heading, entered in the outline by which a reader finds its way."""

    def __init__(self, text: str, level: int, key: str) -> None:
        size = HEADING[level]
        super().__init__(
            text, font=BOLD, size=size, leading=size * 1.5, indent=0, align="left",
            colour=ACCENT if level == 1 else INK, after=6, before=12 if level == 1 else 6,
        )  # fmt: skip
        self.level, self.key = level, key

    def draw(self) -> None:
        """Draw it and note where it is."""
        self.canv.bookmarkHorizontal(self.key, 0, self.height + self.leading)
        self.canv.addOutlineEntry(self.text, self.key, self.level - 1, closed=False)
        super().draw()


def caption(text: str) -> Text:
    """The title of a table or of a chart."""
    return Text(text, font=BOLD, size=9, leading=15, indent=0, align="centre", after=3, before=6)


def note(text: str, before: float = 0.0) -> Text:
    """Small print below a table."""
    return Text(
        text, size=SMALL, leading=SMALL_LEADING, indent=0, colour=SOFT, align="left", after=0, before=before
    )  # fmt: skip


class Signatures(Flowable):
    """A line for each who signs, side by side, kept together."""

    spaceBefore = 26.0
    height = 24.0

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__()
        self.labels = labels

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # as Platypus calls it
        """Its width and height."""
        self.width = aW
        return aW, self.height

    def draw(self) -> None:
        """Draw labels and lines."""
        share = self.width / len(self.labels)
        self.canv.setFont(REGULAR, BODY)
        self.canv.setFillColor(INK)
        self.canv.setStrokeColor(RULE)
        for index, label in enumerate(self.labels):
            text, left = f"{label}：", index * share
            self.canv.drawString(left, 8, text)
            self.canv.line(left + _width(REGULAR, BODY, text) + 2, 5, left + share - 16, 5)


def room_for(points: float) -> CondPageBreak:
    """A new page where less than so much of this one is left."""
    return CondPageBreak(points)


def _width(font: str, size: float, text: str) -> float:
    return float(stringWidth(text, font, size))
