"""Files of records to load: CSV with a heading line, or JSON."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec

from core.declare.phrase import phrase
from core.declare.problem import ZcError


def rows_of(name: str, data: bytes) -> list[dict[str, Any]]:
    """The rows of a CSV file with a heading line (UTF-8, or GB18030 as Excel writes it) or of a JSON list.
    ZcError where the file is neither."""
    if name.endswith(".json"):
        try:
            return msgspec.json.decode(data, type=list[dict[str, Any]])
        except msgspec.DecodeError as error:
            raise ZcError(
                phrase("{name} is no JSON list of objects", name=name), phrase("Write [{{…}}, {{…}}] in UTF-8.")
            ) from error
    try:
        return _csv_rows(name, _text(data))
    except UnicodeDecodeError as error:
        raise ZcError(
            phrase("{name} is neither UTF-8 nor GB18030", name=name), phrase("Save it again as CSV UTF-8.")
        ) from error
    except csv.Error as error:
        raise ZcError(
            phrase("{name} is no CSV: {error}", name=name, error=error),
            phrase("Save it again as CSV UTF-8, fields apart by commas."),
        ) from error


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def _csv_rows(name: str, text: str) -> list[dict[str, Any]]:
    """Each row by the heading line; csv.Error. A cell too many or too few would put values under the wrong names, or
    empty what the record has."""
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows = []
    for row in reader:
        if row.pop(None, None) or None in row.values():
            wanted = len(reader.fieldnames or ())
            raise ZcError(
                phrase(
                    "{name}, line {line_num}: not {wanted} cells, as the heading line has",
                    name=name,
                    line_num=reader.line_num,
                    wanted=wanted,
                ),
                phrase("Mend that line, then load again; nothing was changed."),
            )
        rows.append({key: value for key, value in row.items() if key})
    return rows
