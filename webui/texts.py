"""The texts of the interface that are no declaration's: webui/labels/zh.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

LABELS = Path(__file__).with_name("labels") / "zh.yaml"


@cache
def labels() -> dict[str, Any]:
    """All of them, read once; not to be changed."""
    said: dict[str, Any] = yaml.safe_load(LABELS.read_text(encoding="utf-8"))
    return said
