"""What to do about a name that is not there."""

from __future__ import annotations

from collections.abc import Iterable

from core.declare.phrase import phrase
from core.declare.wording import known, nearest


def instead(name: str, names: Iterable[str]) -> str:
    """The nearest of the names there are as a question, or all of them where none comes near."""
    there = list(names)
    near = nearest(name, there)
    return phrase("did you mean '{near}'?", near=near) if near else phrase("known: {known}", known=known(there))
