"""The report as PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Image, PageBreak

from core import api

from . import fonts, grids
from .charts import Plot
from .drawings import Chart, left_out
from .figures import filled
from .flowables import Outlined, Signatures, Text, caption, note, room_for
from .keeping import Ended, Kept, stacked, tied
from .layout import Part, parts
from .pages import Cover, Room, Sheets, after_cover
from .style import SOFT
from .tables import Table

DEMO = "演示数据"
END = "本报告的文字、表格与图均出自同一份数据集（数据截止 {cut_off}，SHA-256 前 16 位 {digest}）。"
OWN = "第页共表图单位：（）　版数据截止口径其余见前表完整性同本期没有未绘制或各项为零只一，。； 0123456789,.%+-—…·"
"""Every character that this form puts in of itself."""

MM = 72 / 25.4
SHORT = 0.45
"""A table that takes no more of a page is kept on one, with its heading, title and notes."""

BELOW_TABLE = 10.0
"""Points between a table with its notes and what follows."""

ROOM_FOR_TEXT, ROOM_FOR_TABLE, ROOM_FOR_HEADING = 80.0, 150.0, 40.0
"""Points without which a paragraph, a long table or a chart's heading begins on the next page, with what follows it."""

NO_ROWS = "本期没有数据"


def write(dataset: Mapping[str, Any], sha256: str, path: Path, home: Path) -> None:
    """Write the PDF. ZcError where the font lacks a glyph, or an image cannot be read."""
    found, names, report = parts(dataset), dataset["names"], dataset["report"]
    watermark = filled(report["watermark"], dataset)
    if dataset["demo"]:
        watermark = f"{DEMO} {watermark}".strip()
    ending = END.format(cut_off=names["cut_off"], digest=sha256[:16])
    with fonts.cut(_characters(dataset, found, watermark + ending)):
        sheets = Sheets(path, dataset, (names["title"], names["period"]), watermark)
        story = [*_front(dataset), *_body(found, sheets.room, home, note(ending, before=10))]
        sheets.write(story, has_cover=bool(report.get("cover")))


def _characters(dataset: Mapping[str, Any], found: Sequence[Part], fixed: str) -> set[str]:
    """Every character that may stand on the pages: those of the parts, of the names, and of our own words."""
    return {letter for text in _texts([found, dataset["names"], _front_texts(dataset), fixed, OWN]) for letter in text}


def _texts(said: Any) -> Iterator[str]:
    if isinstance(said, str):
        yield said.replace("\n", "")
    elif is_dataclass(said) and not isinstance(said, type):
        for one in fields(said):
            yield from _texts(getattr(said, one.name))
    elif isinstance(said, Mapping):
        yield from _texts([*said.values()])
    elif isinstance(said, list | tuple):
        for one in said:
            yield from _texts(one)


def _front_texts(dataset: Mapping[str, Any]) -> list[str]:
    cover = dataset["report"].get("cover")
    if not cover:
        return [dataset["names"]["title"]]
    title, subtitle, *lines = (filled(text, dataset) for text in (cover["title"], cover["subtitle"], *cover["lines"]))
    return [title, f"{subtitle}（{dataset['names']['area']}）" if dataset["region"] else subtitle, *lines]


def _front(dataset: Mapping[str, Any]) -> Iterator[Flowable]:
    names = dataset["names"]
    if dataset["report"].get("cover"):
        title, subtitle, *lines = _front_texts(dataset)
        yield Cover(title, subtitle, [*lines, f"数据截止 {names['cut_off']}　第 {names['version']} 版"])
        yield from after_cover()
        return
    yield Text(names["title"], font=fonts.BOLD, size=18, leading=27, indent=0, align="centre", after=2)
    line = f"{names['period']}　数据截止 {names['cut_off']}　第 {names['version']} 版"
    yield Text(line, size=9, leading=15, indent=0, align="centre", colour=SOFT, after=10)


def _body(found: Sequence[Part], room: Room, home: Path, ending: Flowable) -> list[Flowable]:
    """All parts. The ending stands below the first signatures, which close the report before its annexes, else last."""
    story: list[Flowable] = []
    tables = plots = 0
    printed: set[str] = set()
    endings = [ending]
    for part in found:
        if part.new_page:
            story.append(PageBreak())
        head: list[Flowable] = [Outlined(part.heading, part.level, part.name)] if part.heading else []
        if part.paragraphs:
            head = _paragraphs(part, head, story)
        for table in part.tables:
            tables += 1
            story += _table(table, tables, room, head, _below(table, printed))
            head = []
        if part.plot is not None:
            plots += not part.plot.says_little
            story += _chart(part.plot, part.plot_title, plots, room, head)
            head = []
        if part.image:
            story.append(Kept([*head, *_image(part.image, home)]))
            head = []
        story += [*head, *map(note, part.notes)]
        if part.signatures:
            tied(story, [Signatures(part.signatures), *endings])
            endings = []
    tied(story, endings)
    return story


def _paragraphs(part: Part, head: list[Flowable], story: list[Flowable]) -> list[Flowable]:
    """Add the text of a part; what goes on to stand above its table is given back."""
    *before, last = map(Text, part.paragraphs)
    story += [room_for(ROOM_FOR_TEXT), *((*head, *before) if before else ())]
    last_head = [*([] if before else head), last]
    if part.tables:
        return last_head
    story += last_head
    return []


def _chart(plot: Plot, title: str, number: int, room: Room, head: Sequence[Flowable]) -> list[Flowable]:
    """A chart with its title; a line where it would show nothing, or one value alone."""
    if plot.says_little:
        return [*head, left_out(title, plot.is_empty)]
    chart = Chart(plot, f"图 {number}　{title}", room.width)
    return [room_for(chart.least + (ROOM_FOR_HEADING if head else 0)), *head, chart]


def _below(table: Table, printed: set[str]) -> list[str]:
    """The small print under a table. What stood under an earlier one is not said again."""
    lines = [*table.notes]
    fresh = [line for line in table.definition if line not in printed]
    if fresh:
        rest = "其余口径见前表。" if len(fresh) < len(table.definition) else ""
        lines.append(f"口径：{'；'.join(fresh)}。{rest}")
    elif table.definition:
        lines.append("口径见前表。")
    if table.completeness:
        lines.append(table.completeness if table.completeness not in printed else "数据完整性同前表。")
    printed.update(table.definition, [table.completeness])
    return lines


def _table(table: Table, number: int, room: Room, head: Sequence[Flowable], below: Sequence[str]) -> list[Flowable]:
    """Head, title, table and notes: a short one is kept on one page, a long one begins where there is some room."""
    grid = grids.Grid(table.headings, table.rows, table.numeric, table.totals, int(table.is_numbered), NO_ROWS)
    laid = grids.Laid(grid, room.width)
    above, notes = [*head, caption(f"表 {number}　{table.title}")], [*map(note, below)]
    for last in notes[-1:]:
        last.spaceAfter = BELOW_TABLE
    if laid.height(0, laid.rows) + stacked([*above, *notes], room.width) <= SHORT * room.height:
        return [Kept([*above, laid.drawn(0, laid.rows), *notes])]
    return [room_for(ROOM_FOR_TABLE), *above, Ended(laid, notes)]


def _image(said: Mapping[str, Any], home: Path) -> list[Flowable]:
    file = home / said["file"]
    try:
        width, height = ImageReader(str(file)).getSize()
    except OSError as error:
        raise api.ZcError(f"报告的图片 {said['file']} 读不出来", "请放回该文件，或更正报告中的 image。") from error
    wide = said["width_mm"] * MM
    return [Image(str(file), wide, wide * height / width), *([caption(said["caption"])] if said["caption"] else [])]
