"""Lines of cells: a heading line with names, declared names, or numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from core.intake.decode.layout import Content
from core.intake.post import Stop


def decode(content: Content) -> list[Any]:
    """A list with a mapping {column: text} for each line. A line with more cells than there are names stays a list
    of its cells, which is no record and is refused by itself.
    """
    rows = _rows(content.text(), content.layout.csv.delimiter, content.most_fields)
    names = content.layout.csv.columns
    if content.layout.csv.heading:
        names = _names(next(rows, []))
    data: list[Any] = []
    for row in rows:
        if len(data) == content.limits["records"]:
            raise Stop("records_many", bound=content.limits["records"])
        data.append(_record(row, names))
    return data


def _record(row: list[str], names: tuple[str, ...]) -> Any:
    if not names:
        return {str(number): cell for number, cell in enumerate(row, start=1)}
    if any(row[len(names) :]):
        return row
    return dict(zip(names, row, strict=False))


def _names(heading: list[str]) -> tuple[str, ...]:
    names = tuple(cell.strip() for cell in heading)
    named = [name for name in names if name]
    if not named or len(set(named)) < len(named):
        raise Stop("body_malformed", detail="标题行有缺漏或重名")
    return names


def _rows(text: str, delimiter: str, most: int) -> Iterator[list[str]]:
    """The rows that are not blank; Stop for quotes that do not match and for more than `most` cells."""
    lines = _Counted(text, delimiter, most)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if any(row):
                yield row
    except csv.Error as error:
        raise Stop("body_malformed", detail=f"第 {reader.line_num} 行不是 CSV") from error


class _Counted:
    """The text's lines, as the reader asks for them; Stop before it makes more cells than allowed."""

    def __init__(self, text: str, delimiter: str, most: int) -> None:
        self._lines, self._delimiter, self._most, self._cells = StringIO(text, newline=""), delimiter, most, 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._cells += line.count(self._delimiter) + 1
            if self._cells > self._most:
                raise Stop("body_many", bound=self._most)
            yield line
