"""What people in front of the web interface are told, by id; the words are in words.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from core.declare.problem import ZcError


@cache
def words() -> dict[str, str]:
    """All of them, as format strings."""
    found: dict[str, str] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text(encoding="utf-8"))
    return found


def said(id_: str, **values: object) -> str:
    """The words of that id with their values. KeyError for an unknown id."""
    return words()[id_].format(**values)


class NotAllowed(ZcError):
    """No role of the person allows it."""


class NotFound(ZcError):
    """There is nothing of that name or number, or nothing that this person sees."""


class Conflict(ZcError):
    """What is asked for and what is there exclude each other, such as a second record of the same key."""


class Outdated(Conflict):
    """Somebody else amended the record meanwhile; `changes` are those events as `told.happened` tells them."""

    def __init__(self, reason: str, changes: list[dict[str, Any]]) -> None:
        super().__init__(reason)
        self.changes = changes


class RecordRefused(ZcError):
    """Values that the fields do not take; `problems` is [{field, text}]."""

    def __init__(self, problems: list[dict[str, str]]) -> None:
        super().__init__("; ".join(problem["text"] for problem in problems))
        self.problems = problems


class LoginRefused(ZcError):
    """A login that does not get in. `retry_after_s` is 0 where waiting does not help."""

    def __init__(self, reason: str, retry_after_s: int = 0) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s
