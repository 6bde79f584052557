"""The report as PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.platypus import Flowable, Image, KeepTogether, PageBreak, Spacer

from core import api

from . import fonts, grids
from .drawings import Chart, left_out
from .figures import filled
from .flowables import Outlined, Signatures, Text, caption, note, room_for
from .layout import Part, parts
from .pages import Cover, Sheets, after_cover
from .style import SOFT
from .tables import Table

DEMO = "演示数据"
END = "本报告的文字、表格与图均出自同一份数据集（数据截止 {cut_off}，SHA-256 前 16 位 {digest}）。"
OWN = "第页共表图单位：（）　版数据截止口径其余见前表完整性同本期没有未绘制或各项为零，。； 0123456789,.%+-—…·"
"""Every character that this form puts in of itself."""

MM = 72 / 25.4
SHORT_ROWS = 12
"""A table of so few rows is kept on one page with its title and notes."""

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
        story = [*_front(dataset), *_body(found, sheets.room, home), Spacer(1, 10), note(ending)]
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


def _body(found: Sequence[Part], room: float, home: Path) -> Iterator[Flowable]:
    tables = plots = 0
    printed: set[str] = set()
    for part in found:
        if part.new_page:
            yield PageBreak()
        head: list[Flowable] = [Outlined(part.heading, part.level, part.name)] if part.heading else []
        if part.paragraphs:
            *before, last = map(Text, part.paragraphs)
            yield from (room_for(ROOM_FOR_TEXT), *((*head, *before) if before else ()))
            head = [*([] if before else head), last]
            if not part.tables:
                yield from head
                head = []
        for table in part.tables:
            tables += 1
            yield from _table(table, tables, room, [*head], _below(table, printed))
            head = []
        if part.plot is not None and not part.plot.is_empty:
            plots += 1
            chart = Chart(part.plot, f"图 {plots}　{part.plot_title}", room)
            yield from (room_for(chart.least + (ROOM_FOR_HEADING if head else 0)), *head, chart)
            head = []
        elif part.plot is not None:
            yield from (*head, left_out(part.plot_title))
            head = []
        if part.image:
            yield KeepTogether([*head, *_image(part.image, home)])
            head = []
        yield from (*head, *map(note, part.notes))
        if part.signatures:
            yield Signatures(part.signatures)


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


def _table(
    table: Table, number: int, room: float, head: Sequence[Flowable], below: Sequence[str]
) -> Iterator[Flowable]:
    """Head, title, table and notes: a short one is kept on one page, a long one begins where there is some room."""
    grid = grids.Grid(table.headings, table.rows, table.numeric, table.totals, int(table.is_numbered), NO_ROWS)
    made = [
        *head,
        caption(f"表 {number}　{table.title}"),
        grids.drawn(grid, room),
        *map(note, below),
        Spacer(1, 8),
    ]
    if len(table.rows) <= SHORT_ROWS:
        yield KeepTogether(made)
    else:
        yield from (room_for(ROOM_FOR_TABLE), *made)


def _image(said: Mapping[str, Any], home: Path) -> list[Flowable]:
    file = home / said["file"]
    try:
        width, height = ImageReader(str(file)).getSize()
    except OSError as error:
        raise api.ZcError(f"报告的图片 {said['file']} 读不出来", "请放回该文件，或更正报告中的 image。") from error
    wide = said["width_mm"] * MM
    return [Image(str(file), wide, wide * height / width), *([caption(said["caption"])] if said["caption"] else [])]
