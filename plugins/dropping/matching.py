"""The command that looks again for the records of photos and clips that came before them."""

from __future__ import annotations

from typing import Any

from core import api

from .phrase import phrase
from .register import ORPHANS, link

AT_ONCE = 1000


def match(live: api.Live, days: int = 7) -> dict[str, Any]:
    """Look for the records of what came within the last days: {text, found, orphans}."""
    orphans = live.search(ORPHANS, {"received_at": {"within": f"{days} days"}}, limit=AT_ONCE)
    found = link(live, orphans)
    left = len(orphans) - found
    text = phrase("{found} found their records, {left} still have none", found=found, left=left)
    return {"text": text, "found": found, "orphans": left}
