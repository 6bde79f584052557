"""Whether weighings of today can be judged at all."""

from __future__ import annotations

from datetime import datetime

from core import api

from .table import Limits
from .verdict import classes


def in_force(facts: api.Facts) -> str | None:
    """What keeps today's weighings from being judged, in words; None when nothing does."""
    limits: Limits = facts.compiled["limit"]
    today = datetime.now(facts.zone).date()
    if not limits.on(today).exact:
        return f"今天({today})没有生效的限值，称重记录无法判定；请在 config/limits/ 补上"
    try:
        classes(facts)
    except api.ZcError as error:
        return f"超限程度字典不可用:{error}"
    return None
