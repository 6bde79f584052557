"""Each question over HTTP, as somebody of the whole city and of one county, and by hand, in turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from core.cli.bench.pages.by_hand import ByHand
from core.cli.bench.pages.questions import CATEGORY, COUNT_MOST, FACETS, LIMIT, Question
from core.cli.bench.pages.visitor import Visitor
from core.declare.problem import ZcError


@dataclass
class Line:
    """One thing asked as one person: seconds of each turn, ours and by hand; nothing by hand for facets."""

    question: str
    what: str
    who: str
    ours_s: list[float] = field(default_factory=list)
    by_hand_s: list[float] = field(default_factory=list)

    @property
    def row(self) -> dict[str, Any]:
        """{question, what, who, ours_ms, sql_ms, ratio}: medians."""
        ours = median(self.ours_s) * 1000
        told = {"question": self.question, "what": self.what, "who": self.who, "ours_ms": round(ours, 2)}
        if not self.by_hand_s:
            return {**told, "sql_ms": None, "ratio": None}
        ratio = median(mine / other for mine, other in zip(self.ours_s, self.by_hand_s, strict=True))
        return {**told, "sql_ms": round(median(self.by_hand_s) * 1000, 2), "ratio": round(ratio, 2)}


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: over HTTP, and by hand for the stations of `county`, None for all."""

    name: str
    visitor: Visitor
    county: str | None


def measure(
    askers: Sequence[Asker], by_hand: ByHand, asked: Sequence[Question], rounds: int, step: Callable[[str], None]
) -> list[dict[str, Any]]:
    """A row for each list, count and facet; the first turn of each only warms."""
    found = []
    for question in asked:
        for asker in askers:
            step(f"{question.name}: {asker.name}")
            found += [line.row for line in _measured(asker, by_hand, question, rounds)]
    return found


def _measured(asker: Asker, by_hand: ByHand, question: Question, rounds: int) -> list[Line]:
    first, following, count = (Line(question.name, what, asker.name) for what in ("first page", "next page", "count"))
    facets = [Line(question.name, f"facet {name}", asker.name) for name in FACETS]
    for turn in range(rounds + 1):
        kept = turn > 0
        after, place = _page(asker, by_hand, question, first, kept, None, None)
        if after is not None:
            _page(asker, by_hand, question, following, kept, after, place)
        _count(asker, by_hand, question, count, kept)
        for name, line in zip(FACETS, facets, strict=True):
            seconds, _ = asker.visitor.ask(f"{CATEGORY}/facets", question.asked | {"field": name})
            line.ours_s += [seconds] * kept
    return [line for line in (first, following, count, *facets) if line.ours_s]


def _page(
    asker: Asker, by_hand: ByHand, question: Question, line: Line, kept: bool, after: Any, place: Any
) -> tuple[Any, Any]:
    """One page both ways; (mark of the next page, the same for SQL), None and None on the last."""
    params = question.asked | {"limit": str(LIMIT), "count": "false"} | ({"after": after} if after else {})
    ours_s, answer = asker.visitor.ask(CATEGORY, params)
    hand_s, rows = by_hand.rows(question, asker.county, place)
    ids = [record["id"] for record in answer["records"]]
    if ids != [row[0] for row in rows[:LIMIT]]:
        raise ZcError(f"{question.name} as {asker.name}: the page is another one than SQL finds: {ids}")
    line.ours_s += [ours_s] * kept
    line.by_hand_s += [hand_s] * kept
    return (answer["after"], (rows[LIMIT - 1][3], rows[LIMIT - 1][0])) if len(rows) > LIMIT else (None, None)


def _count(asker: Asker, by_hand: ByHand, question: Question, line: Line, kept: bool) -> None:
    ours_s, answer = asker.visitor.ask(f"{CATEGORY}/totals", question.asked)
    hand_s, number = by_hand.count(question, asker.county)
    if number <= COUNT_MOST and not answer["capped"] and answer["count"] != number:
        raise ZcError(f"{question.name} as {asker.name}: {answer['count']} counted where SQL counts {number}")
    line.ours_s += [ours_s] * kept
    line.by_hand_s += [hand_s] * kept
