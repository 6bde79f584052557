"""What is left of a masked value. Whatever a mask cannot tell apart it hides whole."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

HIDDEN = "***"

KEPT: Mapping[str, tuple[int, int]] = MappingProxyType({"plate": (2, 2), "phone": (3, 4), "id": (3, 2)})
"""How many characters stay at the beginning and at the end, by the name of the mask."""


def masked(mask: str, value: Any) -> str:
    """The shown value with its middle hidden: 湘D**34. All of it where the middle would be less than half of the ends,
    and for what is no text or a mask that is not known."""
    first, last = KEPT.get(mask, (0, 0))
    if not isinstance(value, str) or not first or len(value) < first + last + 2:
        return HIDDEN
    return f"{value[:first]}{'*' * (len(value) - first - last)}{value[-last:]}"
