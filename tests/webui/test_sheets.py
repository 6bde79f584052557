"""CSV and XLSX: nothing that a spreadsheet runs, and no sheet beyond its limit."""

import csv
import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st

from webui.sheets import CELL_CHARACTERS, DANGEROUS, CsvSheet, XlsxSheet, harmless, plain

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FORMULAS = ['=HYPERLINK("http://a.test","b")', "+1", "-1+1", "@SUM(A1)", "＝1", "=cmd|' /C calc'!A0"]


def csv_rows(path: Path) -> list[list[str]]:
    """The rows of a CSV file with its mark."""
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets(path: Path) -> list[list[list[str | float | None]]]:
    """The cells of each sheet, in order."""
    with zipfile.ZipFile(path) as book:
        names = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        names.sort(key=lambda name: int(re.sub(r"\D", "", name)))
        trees = [ElementTree.fromstring(book.read(name)) for name in names]
    return [[[_value(cell) for cell in row] for row in tree.iter(f"{MAIN}row")] for tree in trees]


def _value(cell: ElementTree.Element) -> str | float | None:
    assert cell.find(f"{MAIN}f") is None, "a formula"
    if cell.get("t") == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(f"{MAIN}t"))
    number = cell.find(f"{MAIN}v")
    return None if number is None else float(number.text or "")


def test_csv_has_a_mark_and_what_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    sheet = CsvSheet(tmp_path / "a.csv", ["单号", "=危险"])
    for text in (*FORMULAS, "\t=1", "\r=1"):
        sheet.write([text, -5])
    sheet.write([None, True, ["甲", "乙"], 1.5])
    sheet.close()
    rows = csv_rows(tmp_path / "a.csv")
    assert rows[0] == ["单号", "'=危险"]
    assert [row[0] for row in rows[1:-1]] == [f"'{text}" for text in (*FORMULAS, "\t=1", "\r=1")]
    assert {row[1] for row in rows[1:-1]} == {"-5"}
    assert rows[-1] == ["", "是", "甲、乙", "1.5"]


@given(st.text())
def test_no_text_cell_begins_like_a_formula(text: str) -> None:
    cell = str(harmless(text))
    assert not cell.startswith(DANGEROUS)
    assert cell in (text, f"'{text}")


def test_xlsx_keeps_text_as_text_and_numbers_as_numbers(tmp_path: Path) -> None:
    sheet = XlsxSheet(tmp_path / "a.xlsx", ["单号", "重量(kg)"])
    for text in FORMULAS:
        sheet.write([text, -5])
    sheet.write(["http://a.test", 1.5])
    sheet.write(["字" * (CELL_CHARACTERS + 5), None])
    sheet.close()
    (rows,) = sheets(tmp_path / "a.xlsx")
    assert rows[0] == ["单号", "重量(kg)"]
    assert rows[1:-2] == [[text, -5.0] for text in FORMULAS]
    assert rows[-2] == ["http://a.test", 1.5]
    assert len(str(rows[-1][0])) == CELL_CHARACTERS


def test_a_full_sheet_is_followed_by_another_with_the_heading(tmp_path: Path) -> None:
    sheet = XlsxSheet(tmp_path / "a.xlsx", ["数"], sheet_rows=4)
    for number in range(7):
        sheet.write([number])
    sheet.close()
    assert sheets(tmp_path / "a.xlsx") == [
        [["数"], [0.0], [1.0], [2.0]],
        [["数"], [3.0], [4.0], [5.0]],
        [["数"], [6.0]],
    ]


def test_cells_are_plain() -> None:
    assert [plain(value) for value in (True, False, None, 3, "a", ["x", False])] == ["是", "否", None, 3, "a", "x、否"]
