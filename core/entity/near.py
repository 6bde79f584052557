"""What to do about a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def instead(name: str, names: Iterable[str]) -> str:
    """ "did you mean 'x'?", or the names there are where none comes near."""
    known = sorted(names)
    close = get_close_matches(name, known, n=1)
    return f"did you mean '{close[0]}'?" if close else f"choose one of: {', '.join(known)}"
