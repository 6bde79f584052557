"""What to do about a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable

from core.declare.wording import known, nearest


def instead(name: str, names: Iterable[str]) -> str:
    """The nearest of the names there are as a question, or all of them where none comes near."""
    there = list(names)
    near = nearest(name, there)
    return f"did you mean '{near}'?" if near else f"known: {known(there)}"
