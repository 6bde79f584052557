"""The time windows that pages offer by name."""

from __future__ import annotations

from core.run.words import said

PRESETS = ("today", "yesterday", "this_week", "this_period", "this_month", "this_quarter", "this_year")


def time_presets() -> list[dict[str, str]]:
    """[{value, label}] of the usual time windows."""
    return [{"value": name, "label": said(name)} for name in PRESETS]
