"""Charts as vectors, by ReportLab's graphics."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.charts.linecharts import HorizontalLineChart
from reportlab.graphics.charts.piecharts import Pie
from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.graphics.widgets.markers import makeMarker
from reportlab.lib.colors import Color, white
from reportlab.pdfbase.pdfmetrics import stringWidth

from .fonts import REGULAR
from .style import FAINT, INK, PALETTE, RULE, SOFT

LABEL = 7.5
AREA, PER_BAR, LEGEND, UNIT = 124.0, 13.5, 20.0, 14.0
PIE, PIE_LINE = 150.0, 15.0
YIELDING = 0.28
"""The part of its height by which a chart may be lower."""

LONGEST_LABEL = 110.0
LEANING = 40
"""Degrees by which labels lean that have no room beside each other."""

LABELLED = 14
"""Up to so many bars carry their value."""

STEPS = (1, 2, 2.5, 5, 10)
TICKS = 5


@dataclass(frozen=True)
class Plot:
    """What a chart shows: a value for each category in each series, None where there is none; `shown` writes a value
    as text, `tick` one of the axis, `colours` has one for each series (for a pie: for each category) or is empty."""

    shape: str
    categories: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    shown: Callable[[float], str]
    tick: Callable[[float], str]
    unit: str = ""
    colours: Sequence[Color] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it would show nothing."""
        return not any(value for _, values in self.series for value in values)

    @property
    def says_little(self) -> bool:
        """Whether it would show nothing, or a single value: the table says as much."""
        return self.is_empty or (len(self.categories) == 1 and len(self.series) == 1)

    def colour(self, index: int) -> Color:
        """Of the series, or of the slice of a pie."""
        return self.colours[index] if index < len(self.colours) else PALETTE[index % len(PALETTE)]


def drawn(plot: Plot, width: float, less: float = 0.0) -> Drawing:
    """The chart, `width` points wide and `less` points lower than it would be."""
    if plot.shape == "pie":
        return _pie(plot, width, PIE - less)
    height = _height(plot, width) - less
    legend = LEGEND if len(plot.series) > 1 else 0.0
    unit = UNIT if plot.unit or legend else 4.0
    drawing = Drawing(width, height + legend + unit, initialFontName=REGULAR)
    make = {"bar": _lying, "line": _line}.get(plot.shape, _standing)
    drawing.add(make(plot, width, height))
    if plot.unit:
        drawing.add(String(2, height + 4, f"单位：{plot.unit}", fontName=REGULAR, fontSize=LABEL, fillColor=SOFT))
    if legend:
        _legend(drawing, [name for name, _ in plot.series], plot, height + 16)
    return drawing


def yielding(plot: Plot) -> float:
    """By how many points it may be lower: bars and slices keep room for their labels."""
    if plot.shape == "pie":
        return min(PIE * YIELDING, max(0.0, PIE - PIE_LINE * len(plot.categories) - 24))
    return YIELDING * (_bars_height(plot) if plot.shape == "bar" else AREA)


def _bars_height(plot: Plot) -> float:
    return PER_BAR * len(plot.categories) * max(1, len(plot.series))


def _height(plot: Plot, width: float) -> float:
    """Of bars as many as there are; else of the area and whatever the labels below it take."""
    if plot.shape == "bar":
        return max(70.0, _bars_height(plot) + 34)
    return AREA + _below(plot, width - 60)[0] + 6


def _below(plot: Plot, room: float) -> tuple[float, bool]:
    """How much the labels below a chart take, and whether they lean."""
    widest = max(_width(name) for name in plot.categories)
    if widest + 2 <= room / len(plot.categories):
        return 18.0, False
    return min(widest, LONGEST_LABEL) * math.sin(math.radians(LEANING)) + 12, True


def _standing(plot: Plot, width: float, height: float) -> VerticalBarChart:
    chart = VerticalBarChart()
    _frame(chart, plot, width, height)
    _bars(chart, plot)
    if plot.shape == "stack":
        chart.categoryAxis.style = "stacked"
    elif len(plot.categories) * len(plot.series) <= LABELLED:
        _label_bars(chart, plot, "s")
    return chart


def _lying(plot: Plot, width: float, height: float) -> HorizontalBarChart:
    chart = HorizontalBarChart()
    _bars(chart, plot)
    labels = max(_width(name) for name in plot.categories)
    chart.x, chart.y = min(labels, LONGEST_LABEL) + 8, 18
    chart.width, chart.height = width - chart.x - 48, height - 20
    axis = chart.categoryAxis
    axis.reverseDirection = 1
    axis.categoryNames = [_shortened(name, LONGEST_LABEL) for name in plot.categories]
    axis.labels.dx, axis.labels.boxAnchor = -4, "e"
    _axes(chart, plot)
    _label_bars(chart, plot, "w")
    return chart


def _line(plot: Plot, width: float, height: float) -> HorizontalLineChart:
    chart = HorizontalLineChart()
    _frame(chart, plot, width, height)
    chart.data = [tuple(values) for _, values in plot.series]
    chart.joinedLines = 1
    for index in range(len(plot.series)):
        chart.lines[index].strokeColor = plot.colour(index)
        chart.lines[index].strokeWidth = 1.5
        chart.lines[index].symbol = makeMarker("FilledCircle", size=3, fillColor=plot.colour(index), strokeColor=white)
    if len(plot.series) == 1 and len(plot.categories) <= LABELLED:
        chart.lineLabelFormat = plot.shown
        chart.lineLabels.fontName, chart.lineLabels.fontSize, chart.lineLabels.fillColor = REGULAR, LABEL, INK
        chart.lineLabels.dy = 7
    return chart


def _pie(plot: Plot, width: float, height: float) -> Drawing:
    """A ring of slices with a legend that says name, value and share: nothing is written onto narrow slices."""
    drawing = Drawing(width, height, initialFontName=REGULAR)
    values = [value or 0 for value in plot.series[0][1]]
    total = sum(values) or 1
    pie = Pie()
    size = height - 24
    pie.x, pie.y, pie.width, pie.height = width * 0.18, 12, size, size
    pie.data = [max(value, 0) for value in values]
    pie.startAngle, pie.direction = 90, "clockwise"
    pie.innerRadiusFraction = 0.52
    pie.slices.strokeColor, pie.slices.strokeWidth = white, 0.8
    pie.labels = [""] * len(values)
    for index in range(len(values)):
        pie.slices[index].fillColor = plot.colour(index)
    drawing.add(pie)
    top, left = height / 2 + len(values) * PIE_LINE / 2, width * 0.18 + size + 34
    for index, (name, value) in enumerate(zip(plot.categories, values, strict=True)):
        y = top - PIE_LINE * index - 12
        drawing.add(Rect(left, y, 8, 8, fillColor=plot.colour(index), strokeColor=None))
        text = f"{name}　{plot.shown(value)}{plot.unit}（{value / total:.1%}）"
        drawing.add(String(left + 13, y + 0.8, text, fontName=REGULAR, fontSize=8.5, fillColor=INK))
    return drawing


def _frame(chart: Any, plot: Plot, width: float, height: float) -> None:
    """Place a chart whose categories stand below it; their labels lean where there is no room for them."""
    _scale(chart.valueAxis, plot)
    chart.x = max(_width(plot.tick(value)) for value in (0, chart.valueAxis.valueMax, chart.valueAxis.valueStep)) + 12
    chart.width = width - chart.x - 8
    axis, every = chart.categoryAxis, 1
    chart.y, leans = _below(plot, chart.width)
    if leans:
        first = min(_width(plot.categories[0]), LONGEST_LABEL) * math.cos(math.radians(LEANING))
        chart.x = max(chart.x, first - chart.width / len(plot.categories) / 2 + 4)
        chart.width = width - chart.x - 8
        every = max(1, math.ceil(11 * len(plot.categories) / chart.width))
        axis.labels.angle, axis.labels.boxAnchor, axis.labels.dy = LEANING, "ne", -2
    else:
        axis.labels.boxAnchor, axis.labels.dy = "n", -4
    chart.height = height - chart.y - 6
    names = [_shortened(name, LONGEST_LABEL) for name in plot.categories]
    axis.categoryNames = [name if index % every == 0 else "" for index, name in enumerate(names)]
    _axes(chart, plot)


def _axes(chart: Any, plot: Plot) -> None:
    _scale(chart.valueAxis, plot)
    for axis in (chart.categoryAxis, chart.valueAxis):
        axis.labels.fontName, axis.labels.fontSize, axis.labels.fillColor = REGULAR, LABEL, SOFT
        axis.strokeColor, axis.strokeWidth = RULE, 0.6
    chart.categoryAxis.visibleTicks = 0
    value = chart.valueAxis
    value.visibleGrid, value.gridStrokeColor, value.gridStrokeWidth = 1, FAINT, 0.5
    value.visibleAxis, value.visibleTicks = 0, 0
    value.labelTextFormat = plot.tick


def _scale(axis: Any, plot: Plot) -> None:
    """From 0 (or below, where there are such values) to a round number above all of them."""
    columns = [[value or 0 for value in values] for _, values in plot.series]
    highs = [sum(group) for group in zip(*columns, strict=True)] if plot.shape == "stack" else [max(c) for c in columns]
    low, high = min(0, *(min(column) for column in columns)), max(highs) or 1
    size = (high - low) / TICKS
    power = 10 ** math.floor(math.log10(size))
    step = next(one * power for one in STEPS if one * power >= size * 0.999)
    axis.valueMin, axis.valueStep = math.floor(low / step) * step, step
    axis.valueMax = math.ceil(high / step - 1e-9) * step


def _bars(chart: Any, plot: Plot) -> None:
    chart.data = [tuple(values) for _, values in plot.series]
    chart.groupSpacing, chart.barSpacing, chart.barWidth = 6, 0.5, 10
    for index in range(len(plot.series)):
        chart.bars[index].fillColor = plot.colour(index)
        chart.bars[index].strokeColor = None


def _label_bars(chart: Any, plot: Plot, anchor: str) -> None:
    chart.barLabelFormat = plot.shown
    labels = chart.barLabels
    labels.fontName, labels.fontSize, labels.fillColor = REGULAR, LABEL, INK
    labels.boxAnchor = anchor
    labels.nudge = 2


def _legend(drawing: Drawing, names: Sequence[str], plot: Plot, y: float) -> None:
    """Names of the series beside their colours, in one line that begins at the right edge."""
    left = drawing.width - sum(_width(name) + 24 for name in names)
    for index, name in enumerate(names):
        drawing.add(Rect(left, y, 8, 8, fillColor=plot.colour(index), strokeColor=None))
        drawing.add(String(left + 11, y + 1, name, fontName=REGULAR, fontSize=LABEL, fillColor=INK))
        left += _width(name) + 24


def _shortened(text: str, room: float) -> str:
    if _width(text) <= room:
        return text
    return next(f"{text[:end]}…" for end in range(len(text) - 1, -1, -1) if _width(f"{text[:end]}…") <= room)


def _width(text: str) -> float:
    return float(stringWidth(text, REGULAR, LABEL))
