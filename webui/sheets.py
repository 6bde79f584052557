"""Rows as CSV and XLSX files, written as they come and in bounded memory."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

SHEET_ROWS = 1_048_576  # of a sheet, heading included: Excel's limit
CELL_CHARACTERS = 32_767  # Excel's limit
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
YES, NO, BETWEEN = "是", "否", "、"


class Sheet(Protocol):
    """A file that takes rows in order."""

    def write(self, row: Sequence[Any]) -> None:
        """Add a row."""

    def close(self) -> None:
        """Finish the file."""


def plain(value: Any) -> Any:
    """A cell: number, text or None."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, list | tuple):
        return BETWEEN.join(str(plain(one)) for one in value)
    return value if value is None or isinstance(value, int | float) else str(value)


def harmless(value: Any) -> Any:
    """A cell of a CSV file. Programs that open one take text that begins with a sign for a formula and run it; an
    apostrophe before it keeps it text. Numbers are left as they are."""
    cell = plain(value)
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell


class CsvSheet:
    """CSV in UTF-8 with a byte order mark, by which Excel knows the encoding."""

    def __init__(self, path: Path, heading: Sequence[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self.write(heading)

    def write(self, row: Sequence[Any]) -> None:
        """Add a row."""
        self._writer.writerow([harmless(value) for value in row])

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


class XlsxSheet:
    """A workbook; a full sheet is followed by another with the same heading. Text is never a formula in it."""

    def __init__(self, path: Path, heading: Sequence[str], sheet_rows: int = SHEET_ROWS) -> None:
        options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False}
        self._book = xlsxwriter.Workbook(str(path), {**options, "strings_to_urls": False, "strings_to_numbers": False})
        self._book.use_zip64()
        self._bold = self._book.add_format({"bold": True})
        self._heading = list(heading)
        self._sheet_rows = sheet_rows
        self._sheet, self._row = self._added(), 1

    def _added(self) -> Worksheet:
        sheet = self._book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for column, text in enumerate(self._heading):
            sheet.write_string(0, column, _cut(text), self._bold)
        return sheet

    def write(self, row: Sequence[Any]) -> None:
        """Add a row, on a new sheet where this one is full."""
        if self._row >= self._sheet_rows:
            self._sheet, self._row = self._added(), 1
        for column, value in enumerate(row):
            cell = plain(value)
            if isinstance(cell, str):
                self._sheet.write_string(self._row, column, _cut(cell))
            elif cell is not None:
                self._sheet.write_number(self._row, column, cell)
        self._row += 1

    def close(self) -> None:
        """Finish the file."""
        self._book.close()


def _cut(text: str) -> str:
    return text if len(text) <= CELL_CHARACTERS else f"{text[: CELL_CHARACTERS - 1]}…"


SHEETS = {"csv": CsvSheet, "xlsx": XlsxSheet}
