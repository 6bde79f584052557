"""A chart on the page: as high as it would be, or as low as it must be to stand where there is room for it."""

from __future__ import annotations

from reportlab.graphics.renderPDF import draw
from reportlab.platypus import Flowable

from . import charts
from .flowables import Text, caption

AROUND = 6.0


class Chart(Flowable):
    """The plot with its title below. It gives way by what charts.yielding says rather than leave half a page empty."""

    def __init__(self, plot: charts.Plot, title: str, room: float) -> None:
        super().__init__()
        self.plot, self.title, self.room = plot, caption(title), room
        self.full = charts.drawn(plot, room).height + self._title_height() + 2 * AROUND
        self.least = self.full - charts.yielding(plot)

    def _title_height(self) -> float:
        return float(self.title.wrap(self.room, 0)[1])

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # as Platypus calls it
        """Its width, and the height that it takes where so much is left."""
        self.width = aW
        self.height = min(self.full, max(self.least, aH))
        return aW, self.height

    def draw(self) -> None:
        """Draw it."""
        draw(charts.drawn(self.plot, self.room, self.full - self.height), self.canv, 0, AROUND + self._title_height())
        self.title.drawOn(self.canv, 0, AROUND)


def left_out(title: str, is_empty: bool) -> Text:
    """What stands where a chart would show nothing, or one value alone."""
    text = f"{title}：{'本期没有数据或各项为零' if is_empty else '只有一项'}，未绘制。"
    return Text(text, size=9, leading=15, indent=0, align="centre", after=6, before=6)
