"""The sheets of a report: cover, head and foot of each page, watermark, 第 x 页 共 y 页."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, NextPageTemplate, PageBreak, PageTemplate

from .fonts import BOLD, REGULAR
from .lines import broken
from .style import ACCENT, INK, MARGIN_BOTTOM, MARGIN_TOP, MARGIN_X, RULE, SMALL, SOFT, WATERMARK

COVER_TITLE, COVER_SUBTITLE, COVER_LINE = 27.0, 16.0, 11.5
SMALLEST_TITLE = 19.0


class Room(NamedTuple):
    """What a page has for its body, in points."""

    width: float
    height: float


class Counted(Canvas):
    """A canvas that writes the foot of a page once it is known how many there are. `unnumbered` pages at the front,
    the cover, have none and are not counted."""

    unnumbered = 0
    foot = ""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # as ReportLab calls it
        """Keep the page; it is written at the end."""
        self._kept.append(dict(vars(self)))
        self._startPage()

    def save(self) -> None:
        """Write all pages, each with its foot."""
        for state in self._kept:
            vars(self).update(state)
            if self._pageNumber > self.unnumbered:
                self._foot(self._pageNumber - self.unnumbered, len(self._kept) - self.unnumbered)
            super().showPage()
        super().save()

    def _foot(self, number: int, of: int) -> None:
        width = self._pagesize[0]
        self.setFont(REGULAR, SMALL)
        self.setFillColor(SOFT)
        self.drawString(MARGIN_X, 32, self.foot)
        self.drawRightString(width - MARGIN_X, 32, f"第 {number} 页 共 {of} 页")


class Sheets(BaseDocTemplate):
    """The document: a cover where one is declared, then pages with a head and a foot."""

    def __init__(self, path: Path, dataset: Mapping[str, Any], head: tuple[str, str], watermark: str) -> None:
        report = dataset["report"]
        size = landscape(A4) if report["paper"] == "landscape" else A4
        super().__init__(
            str(path), pagesize=size, title=f"{report['title']} {dataset['names']['period']}",
            author=dataset["names"]["site"], subject=report["title"], creator="zc", invariant=1,
            initialFontName=REGULAR,
        )  # fmt: skip
        self.head, self.watermark = head, watermark
        self.room = Room(size[0] - 2 * MARGIN_X, size[1] - MARGIN_TOP - MARGIN_BOTTOM)
        frame = partial(
            Frame, MARGIN_X, MARGIN_BOTTOM, *self.room, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0
        )
        self.addPageTemplates(
            [
                *([PageTemplate("cover", frame(id="cover"), onPage=self._marked)] if report.get("cover") else []),
                PageTemplate("page", frame(id="page"), onPage=self._headed),
            ]
        )

    def write(self, story: Sequence[Flowable], has_cover: bool) -> None:
        """Lay out and write the file."""
        foot, unnumbered = self.head[0], int(has_cover)
        made = type("CountedPages", (Counted,), {"unnumbered": unnumbered, "foot": foot})
        self.build(list(story), canvasmaker=made)

    def _headed(self, canvas: Canvas, _document: BaseDocTemplate) -> None:
        self._marked(canvas, _document)
        width, height = self.pagesize
        canvas.saveState()
        canvas.setFont(REGULAR, SMALL)
        canvas.setFillColor(SOFT)
        canvas.drawString(MARGIN_X, height - 42, self.head[0])
        canvas.drawRightString(width - MARGIN_X, height - 42, self.head[1])
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN_X, height - 48, width - MARGIN_X, height - 48)
        canvas.line(MARGIN_X, 44, width - MARGIN_X, 44)
        canvas.restoreState()

    def _marked(self, canvas: Canvas, _document: BaseDocTemplate) -> None:
        """The watermark, twice across the page and below whatever is printed on it."""
        if not self.watermark:
            return
        width, height = self.pagesize
        size = min(64.0, 0.72 * width / max(1, len(self.watermark)))
        for share in (0.3, 0.7):
            canvas.saveState()
            canvas.translate(width / 2, height * share)
            canvas.rotate(32)
            canvas.setFont(BOLD, size)
            canvas.setFillColor(WATERMARK)
            canvas.drawCentredString(0, 0, self.watermark)
            canvas.restoreState()


class Cover(Flowable):
    """The front page: title and period in its upper half, who issues it at its foot."""

    def __init__(self, title: str, subtitle: str, lines: Sequence[str]) -> None:
        super().__init__()
        self.title, self.subtitle, self.lines = title, subtitle, lines

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # as Platypus calls it
        """All of the page."""
        self.width, self.height = aW, aH - 1
        return aW, self.height

    def draw(self) -> None:
        """Draw it."""
        canvas, middle = self.canv, self.width / 2
        y = self.height * 0.74
        canvas.setFillColor(ACCENT)
        canvas.rect(middle - 28, y + 46, 56, 3.2, stroke=0, fill=1)
        canvas.setFillColor(INK)
        size = self._title_size()
        canvas.setFont(BOLD, size)
        for line in broken(self.title, self.width, partial(_width, BOLD, size)):
            canvas.drawCentredString(middle, y, line)
            y -= size * 1.5
        canvas.setFont(REGULAR, COVER_SUBTITLE)
        canvas.setFillColor(SOFT)
        canvas.drawCentredString(middle, y - 10, self.subtitle)
        canvas.setFont(REGULAR, COVER_LINE)
        canvas.setFillColor(INK)
        foot = 40 + 22 * (len(self.lines) - 1)
        for number, line in enumerate(self.lines):
            canvas.drawCentredString(middle, foot - 22 * number, line)

    def _title_size(self) -> float:
        """The largest at which each line of the title fits, down to SMALLEST_TITLE."""
        widest = max(_width(BOLD, COVER_TITLE, line) for line in self.title.split("\n"))
        return max(SMALLEST_TITLE, min(COVER_TITLE, COVER_TITLE * self.width * 0.98 / widest))


def after_cover() -> list[Flowable]:
    """What ends the cover."""
    return [NextPageTemplate("page"), PageBreak()]


def _width(font: str, size: float, text: str) -> float:
    return float(stringWidth(text, font, size))
