"""The blocks of the platform's own pages, by name, and what is announced of them in blocks.yaml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.run.plugins import Loaded

NEEDS = {
    "log": "log", "sessions": "user.sessions", "see_as": "see_as", "declarations": "declaration.list",
    "interfaces": "interface.list", "refusals": "refusals", "workbench": "interface.try",
}  # fmt: skip
"""Blocks that ask an operation, and which."""


@cache
def announced() -> Mapping[str, Mapping[str, Any]]:
    """{name: {label, help, options}} of each block, as a plugin announces its own in plugin.yaml."""
    entries: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("blocks.yaml").read_text("utf-8"))
    return entries


def block_schemas() -> dict[str, dict[str, Any]]:
    """{name: Cerberus schema of its options} of each block."""
    return {name: dict(entry["options"]) for name, entry in announced().items()}


def needed(plugins: Iterable[Loaded], block: str) -> str | None:
    """The operation that a block asks, without which a person has nothing to see in it; None where it asks none."""
    offered = (one.manifest.offers.get("blocks", {}).get(block, {}) for one in plugins)
    return NEEDS.get(block) or next((said["needs"] for said in offered if said.get("needs")), None)
