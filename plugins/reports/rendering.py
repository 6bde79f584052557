"""What a process of the pool does: make the files of a version from its frozen dataset."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from .dataset import digest, require_agreement
from .sheets import write_csv, write_xlsx


def render(dataset_file: Path, forms: Sequence[str], home: Path) -> dict[str, str]:
    """{form: SHA-256} of report.<form> beside the dataset. The same dataset gives the same bytes. ZcError where the
    dataset disagrees with itself, the font lacks a glyph or an image cannot be read."""
    content = dataset_file.read_bytes()
    dataset = json.loads(content)
    require_agreement(dataset)
    made = {}
    for form in forms:
        file = dataset_file.with_name(f"report.{form}")
        if form == "pdf":
            from .paper import write  # with ReportLab, whose import takes longer than writing a CSV

            write(dataset, digest(content), file, home)
        else:
            {"xlsx": write_xlsx, "csv": write_csv}[form](dataset, file)
        made[form] = digest(file.read_bytes())
    return made
