"""The report as XLSX and as CSV: the same tables, numbers as numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from .dataset import MOMENT
from .layout import Part, parts
from .tables import Table, Value

WIDEST, NARROWEST = 46, 8
TEXT_COLUMNS = 8
"""Columns over which a line of text is laid on the sheet of texts."""

CHARACTERS = 100
A4 = 9
MOMENTS = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")
MOMENT_FORMAT = "yyyy-mm-dd hh:mm:ss"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings of a text that a spreadsheet would take for a formula."""


def write_xlsx(dataset: Mapping[str, Any], path: Path) -> None:
    """A sheet with the texts, then one for each table, its head frozen."""
    found = parts(dataset)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        names = dataset["names"]
        cut_off = datetime.strptime(names["cut_off"], MOMENT).replace(tzinfo=UTC)  # the site's time, whatever its zone
        book.set_properties(
            {"title": f"{names['title']} {names['period']}", "author": names["site"], "created": cut_off}
        )
        formats = _Formats(book)
        _texts(book.add_worksheet("正文"), found, dataset, formats)
        tables = [table for part in found for table in part.tables]
        for number, table in enumerate(tables, start=1):
            _sheet(book.add_worksheet(_sheet_name(number, table.title)), table, formats)


class _Formats:
    """Cell formats of one book, made when first asked for."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def of(self, **said: Any) -> Any:
        """The format that says this."""
        key = tuple(sorted(said.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format({"font_name": "微软雅黑", "font_size": 10, **said})
        return self._made[key]


def _texts(sheet: Any, found: Sequence[Part], dataset: Mapping[str, Any], formats: _Formats) -> None:
    names = dataset["names"]
    sheet.set_column(0, TEXT_COLUMNS - 1, CHARACTERS / TEXT_COLUMNS)
    sheet.hide_gridlines(2)
    title = formats.of(bold=True, font_size=16, align="center", valign="vcenter")
    sheet.merge_range(0, 0, 0, TEXT_COLUMNS - 1, f"{names['title']}　{names['period']}", title)
    sheet.set_row(0, 30)
    line = f"{names['site']}　数据截止 {names['cut_off']}　第 {names['version']} 版"
    sheet.merge_range(1, 0, 1, TEXT_COLUMNS - 1, line, formats.of(align="center", font_color="#5F6B7A"))
    row = 3
    for part in found:
        if part.heading:
            sheet.write_string(row, 0, part.heading, formats.of(bold=True, font_size=12))
            row += 1
        for text in (*part.paragraphs, *part.notes):
            sheet.merge_range(row, 0, row, TEXT_COLUMNS - 1, text, formats.of(text_wrap=True, valign="top"))
            sheet.set_row(row, 16 * (1 + _width(text) // CHARACTERS))
            row += 1
        for table in part.tables:
            sheet.write_string(row, 0, f"见工作表：{table.title}", formats.of(font_color="#5F6B7A"))
            row += 1


def _sheet(sheet: Any, table: Table, formats: _Formats) -> None:
    _for_print(sheet)
    sheet.write_string(0, 0, table.title, formats.of(bold=True, font_size=12))
    head = formats.of(bold=True, bg_color="#EEF3F9", border=1, border_color="#C9D1DB", text_wrap=True, valign="vcenter")
    for column, heading in enumerate(table.headings):
        sheet.write_string(1, column, heading, head)
    rows = [*table.values, *([table.total_values] if table.total_values else [])]
    for index, values in enumerate(rows):
        is_total = table.total_values is not None and index == len(rows) - 1
        for column, value in enumerate(values):
            _cell(sheet, index + 2, column, value, _format(table, column, value, is_total, formats))
    for column in range(len(table.headings)):
        texts = [table.headings[column], *(row[column] for row in table.rows)]
        sheet.set_column(column, column, max(NARROWEST, min(WIDEST, max(map(_width, texts)) + 2)))
    sheet.freeze_panes(2, 0)
    for number, line in enumerate(_below(table)):
        sheet.write_string(len(rows) + 3 + number, 0, line, formats.of(font_color="#5F6B7A", font_size=9))


def _for_print(sheet: Any) -> None:
    """A4, as wide as the page, the head on each."""
    sheet.set_paper(A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.set_footer("&L&A&R第 &P 页 共 &N 页")


def _format(table: Table, column: int, value: Value, is_total: bool, formats: _Formats) -> Any:
    decimals = f".{'0' * table.decimals[column]}" if table.decimals[column] else ""
    said = {"num_format": f"0{decimals}%" if table.percent[column] else f"#,##0{decimals}"}
    strong = {"bold": True, "bg_color": "#EEF3F9"} if is_total else {}
    if _is_moment(value):
        said = {"num_format": MOMENT_FORMAT, "align": "left"}
    elif not table.numeric[column]:
        said = {"align": "left"}
    return formats.of(**said, **strong, border=1, border_color="#C9D1DB")


def _cell(sheet: Any, row: int, column: int, value: Value, format_: Any) -> None:
    if value is None:
        sheet.write_blank(row, column, None, format_)
    elif _is_moment(value):
        sheet.write_datetime(row, column, datetime.strptime(str(value), MOMENT), format_)  # noqa: DTZ007 - as shown
    elif isinstance(value, str):
        sheet.write_string(row, column, value, format_)
    else:
        sheet.write_number(row, column, value, format_)


def _is_moment(value: Value) -> bool:
    return isinstance(value, str) and MOMENTS.fullmatch(value) is not None


def _sheet_name(number: int, title: str) -> str:
    """At most 31 characters, none of those that a sheet's name may not have."""
    return f"表{number} {''.join(letter for letter in title if letter not in '[]:*?/')}"[:31].strip("'\\ ")


def write_csv(dataset: Mapping[str, Any], path: Path) -> None:
    """All tables one below the other, each with its title above and an empty line behind; UTF-8 with a mark, as
    spreadsheets want it. Shares are parts of one, as in the API."""
    names = dataset["names"]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([names["title"], names["period"], f"数据截止 {names['cut_off']}", f"第 {names['version']} 版"])
        for table in (table for part in parts(dataset) for table in part.tables):
            writer.writerow([])
            writer.writerow([_safe(table.title)])
            writer.writerow(map(_safe, table.headings))
            writer.writerows(map(_safe, row) for row in table.values)
            if table.total_values is not None:
                writer.writerow(map(_safe, table.total_values))
            writer.writerows([_safe(line)] for line in _below(table))


def _below(table: Table) -> list[str]:
    """All that stands under a table, each line in full."""
    return [line for line in (*table.notes, *table.definition, table.completeness) if line]


def _safe(value: Value) -> Value:
    """A text that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _width(text: str) -> int:
    """In characters of the Latin script: a Chinese one takes two."""
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)
