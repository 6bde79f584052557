"""The blocks of the platform's own pages, by name, and what is announced of them in blocks.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def announced() -> Mapping[str, Mapping[str, Any]]:
    """{name: {label, help, options}} of each block, as a plugin announces its own in plugin.yaml."""
    entries: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("blocks.yaml").read_text("utf-8"))
    return entries


def block_schemas() -> dict[str, dict[str, Any]]:
    """{name: Cerberus schema of its options} of each block."""
    return {name: dict(entry["options"]) for name, entry in announced().items()}
