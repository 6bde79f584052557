"""Tables on paper: columns as wide as their content asks, cells broken into lines, heads repeated on each page."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Table

from .fonts import BOLD, REGULAR
from .lines import broken
from .style import ACCENT, BAND, FAINT, HEAD, INK, RULE, SOFT, TABLE, TABLE_LEADING

PADDING, ABOVE, BELOW = 5.0, 2.6, 3.8
ROUNDING = 1e-6
NARROWEST = 26.0
WIDEST_STRETCH = 3.4
"""A narrow table is widened by no more than this, so that its rows stay readable."""

UNIT = re.compile(r"(.+?)([（(][^（(]*)")
"""A heading with its unit: 货车数（辆）, 车货总重(kg)."""

LAST_ROWS = 2
"""So many rows at the end stay together, with the totals and with what stands below them."""


@dataclass(frozen=True)
class Grid:
    """A table as text. `numeric` says of each column whether it holds numbers, which stand at the right; `totals` is
    its last row, None where it has none; the first `fixed` columns, those of running numbers, are centred and never
    widened. `empty` is what stands in place of rows where there are none."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    numeric: Sequence[bool]
    totals: Sequence[str] | None = None
    fixed: int = 0
    empty: str = ""


class Laid:
    """A grid with the widths of its columns, its cells broken into lines and the height of each row, from which the
    tables of its pages are drawn."""

    def __init__(self, grid: Grid, room: float) -> None:
        self.grid = grid
        body = [list(row) for row in grid.rows] + ([list(grid.totals)] if grid.totals is not None else [])
        self.widths = _widths(grid, body, room)
        self.head = self._cells(grid.headings, BOLD)
        self.cells = [self._cells(row, REGULAR) for row in body] or [[grid.empty, *[""] * (len(self.head) - 1)]]
        self.tops = [0.0, *accumulate(map(_height, self.cells))]
        self.last = LAST_ROWS + (grid.totals is not None)

    def _cells(self, texts: Sequence[str], font: str) -> list[str]:
        return [_broken(text, width, font) for text, width in zip(texts, self.widths, strict=True)]

    @property
    def rows(self) -> int:
        """How many there are, the totals among them."""
        return len(self.cells)

    def height(self, start: int, stop: int) -> float:
        """Of the head and the rows from `start` up to before `stop`, in points."""
        return _height(self.head) + self.tops[stop] - self.tops[start]

    def fitting(self, start: int, height: float) -> int:
        """Before which row a page of such a height ends that begins with the head and the row `start`."""
        return bisect_right(self.tops, self.tops[start] + height - _height(self.head) + ROUNDING) - 1

    def drawn(self, start: int, stop: int) -> Table:
        """The head and those rows as a flowable."""
        cells = [self.head, *self.cells[start:stop]]
        return Table(
            cells, colWidths=self.widths, rowHeights=[*map(_height, cells)], spaceBefore=2, spaceAfter=4,
            style=_style(self.grid, start, stop == self.rows),
        )  # fmt: skip


def _height(cells: Sequence[str]) -> float:
    """Of a row, as high as its highest cell."""
    return max(text.count("\n") + 1 for text in cells) * TABLE_LEADING + ABOVE + BELOW


def _style(grid: Grid, start: int, is_end: bool) -> list[tuple[object, ...]]:
    """Of the rows that begin with `start`; only the end of the table has its closing line and its totals."""
    last = -1
    commands: list[tuple[object, ...]] = [
        ("FONT", (0, 0), (-1, 0), BOLD, TABLE, TABLE_LEADING),
        ("FONT", (0, 1), (-1, last), REGULAR, TABLE, TABLE_LEADING),
        ("TEXTCOLOR", (0, 0), (-1, last), INK),
        ("BACKGROUND", (0, 0), (-1, 0), HEAD),
        ("ROWBACKGROUNDS", (0, 1), (-1, last), (BAND, None) if start % 2 else (None, BAND)),
        ("LINEABOVE", (0, 0), (-1, 0), 1.0, ACCENT),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, ACCENT),
        ("LINEBELOW", (0, 1), (-1, last), 0.35, FAINT),
        ("VALIGN", (0, 0), (-1, last), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, last), PADDING),
        ("RIGHTPADDING", (0, 0), (-1, last), PADDING),
        ("TOPPADDING", (0, 0), (-1, last), ABOVE),
        ("BOTTOMPADDING", (0, 0), (-1, last), BELOW),
    ]
    for column, is_numeric in enumerate(grid.numeric):
        side = "CENTRE" if column < grid.fixed else "RIGHT" if is_numeric else "LEFT"
        commands.append(("ALIGN", (column, 0), (column, last), side))
    if not grid.rows:
        commands += [
            ("SPAN", (0, 1), (-1, 1)),
            ("ALIGN", (0, 1), (-1, 1), "CENTRE"),
            ("TEXTCOLOR", (0, 1), (-1, 1), SOFT),
        ]
    if is_end:
        commands.append(("LINEBELOW", (0, last), (-1, last), 0.8, ACCENT))
    if is_end and grid.totals is not None:
        commands.append(("FONT", (0, last), (-1, last), BOLD, TABLE, TABLE_LEADING))
        commands.append(("BACKGROUND", (0, last), (-1, last), HEAD))
        commands.append(("LINEABOVE", (0, last), (-1, last), 0.6, RULE))
    return commands


def _widths(grid: Grid, body: Sequence[Sequence[str]], room: float) -> list[float]:
    """What each column asks for; where that is too much headings are broken before their units, then the widest columns
    give way first; where it is little all of them are widened alike, those without rows to the whole room."""
    font = BOLD if grid.totals is not None else REGULAR
    cells = [max((_width(font, row[at]) for row in body), default=0.0) for at in range(len(grid.headings))]
    wanted: list[float] = []
    for heading_width in (partial(_width, BOLD), _heading_width):
        headings = map(heading_width, grid.headings)
        wanted = [
            max(pair) + 2 * PADDING + 1 for pair in zip(headings, (max(one, NARROWEST) for one in cells), strict=True)
        ]
        total = sum(wanted)
        if total <= room:
            first = sum(wanted[: grid.fixed])
            stretch = (room - first) / (total - first)
            stretch = min(stretch, WIDEST_STRETCH) if body else stretch
            return [width if at < grid.fixed else width * stretch for at, width in enumerate(wanted)]
    return _narrowed(wanted, room)


def _narrowed(wanted: Sequence[float], room: float) -> list[float]:
    """A width that none exceeds, such that all fit into the room."""
    low, high = 0.0, max(wanted)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(min(width, middle) for width in wanted) <= room else (low, middle)
    return [min(width, low) for width in wanted]


def _heading_width(heading: str) -> float:
    """A heading may be broken before its unit, so it asks for the wider of its parts."""
    return max(_width(BOLD, part) for part in _with_unit(heading))


def _with_unit(heading: str) -> Sequence[str]:
    """Its name and its unit, the heading alone where it has none."""
    found = UNIT.fullmatch(heading)
    return found.groups() if found else (heading,)


def _broken(text: str, width: float, font: str) -> str:
    room = width - 2 * PADDING
    if _width(font, text) <= room:
        return text
    name, *unit = _with_unit(text) if font == BOLD else (text,)
    if unit and _width(font, name) <= room:
        return "\n".join((name, *broken(*unit, room, partial(_width, font))))
    return "\n".join(broken(text, room, partial(_width, font)))


def _width(font: str, text: str) -> float:
    return max(float(stringWidth(line, font, TABLE)) for line in text.split("\n"))
