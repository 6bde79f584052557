"""What a process of the pool does: make the files of a version from its frozen dataset."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from . import paper, sheets
from .dataset import digest, require_agreement


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
            paper.write(dataset, digest(content), file, home)
        elif form == "xlsx":
            sheets.write_xlsx(dataset, file)
        else:
            sheets.write_csv(dataset, file)
        made[form] = digest(file.read_bytes())
    return made
