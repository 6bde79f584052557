"""The blocks of the platform's own pages, by name, and what is announced of them in blocks.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.declare.phrase import with_chinese


@cache
def announced() -> Mapping[str, Mapping[str, Any]]:
    """{name: {label, help, options}} of each block, as a plugin announces its own in plugin.yaml."""
    here = Path(__file__).parent
    entries: dict[str, Any] = yaml.safe_load((here / "blocks.yaml").read_text("utf-8"))
    return with_chinese(entries, here / "zh" / "blocks.yaml")


def block_schemas() -> dict[str, dict[str, Any]]:
    """{name: Cerberus schema of its options} of each block."""
    return {name: dict(entry["options"]) for name, entry in announced().items()}
