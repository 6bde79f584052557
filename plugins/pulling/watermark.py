"""The highest value so far: how values are compared, and what lies a declared bit before one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core import api

from .phrase import phrase

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}


@dataclass(frozen=True)
class Scale:
    """How a watermark is read: a time in `pattern`, else a number, a moment or a text as it is. `look_back` is a span
    of time or a number."""

    pattern: str | None
    look_back: timedelta | int

    def order(self, value: Any, zone: ZoneInfo) -> Any:
        """What values are compared by; None for one that is no value of this scale."""
        if self.pattern is None or value is None:
            return value
        return api.read_time(str(value), self.pattern, zone)

    def before(self, value: Any, zone: ZoneInfo) -> Any:
        """The value so far before this one, of the same sort. PullFailed where the two do not go together."""
        if not self.look_back:
            return value
        if self.pattern is not None and isinstance(self.look_back, timedelta):
            ms = api.read_time(str(value), self.pattern, zone)
            if ms is None:
                raise api.PullFailed(
                    phrase("a watermark is no time written as {pattern}", pattern=self.pattern),
                    phrase("Mend the pattern."),
                )
            text = api.write_time(ms - self.look_back // timedelta(milliseconds=1), self.pattern, zone)
            return int(text) if isinstance(value, int) else text
        if isinstance(value, date | datetime) == isinstance(self.look_back, timedelta) and not isinstance(value, str):
            return value - self.look_back
        raise api.PullFailed(
            phrase("look_back does not go with the watermark's values"),
            phrase(
                "Write a span such as 10 minutes for times, with a pattern where they are text; a number for numbers."
            ),
        )


def scale_of(said: Mapping[str, Any]) -> Scale:
    """The scale of a declaration's pattern and look_back."""
    text = said.get("look_back", 0)
    if isinstance(text, int):
        return Scale(said.get("pattern"), text)
    number, unit = text.split()
    return Scale(said.get("pattern"), timedelta(seconds=int(number) * SECONDS[unit.rstrip("s")]))


def scale_problems(declaration: api.Declaration, said: Mapping[str, Any], *path: str) -> Iterator[api.Problem]:
    """What is wrong with pattern and look_back."""
    if "pattern" in said and (fault := api.time_pattern_fault(said["pattern"])) is not None:
        mend = phrase("write it as yyyyMMddHHmmss, or epoch_s, or epoch_ms")
        yield declaration.problem("ZC346", "pull", *path, "pattern", what=fault, mend=mend)
    look_back = said.get("look_back")
    if isinstance(look_back, int) and not isinstance(look_back, bool) and "pattern" in said:
        what, mend = phrase("a time cannot be looked back by a number"), phrase("write a span such as 10 minutes")
        yield declaration.problem("ZC346", "pull", *path, "look_back", what=what, mend=mend)
