"""Each question over HTTP, as somebody of the whole city and of one county, and by hand, in turns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import truediv
from statistics import median
from typing import Any

from core.cli.bench.pages.by_hand import ByHand
from core.cli.bench.pages.questions import CATEGORY, FACETS, LIMIT, Question
from core.cli.bench.pages.visitor import Visitor
from core.declare.problem import ZcError


@dataclass
class Line:
    """One thing asked as one person: seconds of each turn, ours and by hand; nothing by hand for counts and facets."""

    question: str
    what: str
    who: str
    ours_s: list[float] = field(default_factory=list)
    by_hand_s: list[float] = field(default_factory=list)
    sql_s: list[float] = field(default_factory=list)
    partial: bool = False

    @property
    def row(self) -> dict[str, Any]:
        """{question, what, who, looked, ours_ms, least_ms, by_hand_ms, ratio, sql_ms, ratio_to_sql}: medians;
        least_ms is the least of ours, which a busy machine disturbs least. by_hand is
        the small server over HTTP, sql the query alone; `looked` is partly where ours did not look through all."""
        told: dict[str, Any] = {"question": self.question, "what": self.what, "who": self.who}
        told |= {"looked": "partly" if self.partial else "", "ours_ms": _ms(self.ours_s)}
        told["least_ms"] = round(min(self.ours_s) * 1000, 2)
        return told | {
            "by_hand_ms": _ms(self.by_hand_s),
            "ratio": _ratio(self.ours_s, self.by_hand_s),
            "sql_ms": _ms(self.sql_s),
            "ratio_to_sql": _ratio(self.ours_s, self.sql_s),
        }


def _ms(seconds: Sequence[float]) -> float | None:
    return round(median(seconds) * 1000, 2) if seconds else None


def _ratio(ours_s: Sequence[float], others_s: Sequence[float]) -> float | None:
    """The median of ours over the other's, turn by turn."""
    return round(median(map(truediv, ours_s, others_s)), 2) if others_s else None


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: over HTTP, and by hand for the stations of `county`, None for all."""

    name: str
    visitor: Visitor
    by_hand: Visitor
    county: str | None


def measure(
    askers: Sequence[Asker], by_hand: ByHand, asked: Sequence[Question], rounds: int, step: Callable[[str], None]
) -> list[dict[str, Any]]:
    """A row for each page, count and facet."""
    found = []
    for question in asked:
        for asker in askers:
            step(f"{question.name}: {asker.name}")
            found += [line.row for line in _measured(asker, by_hand, question, rounds)]
    return found


def _measured(asker: Asker, by_hand: ByHand, question: Question, rounds: int) -> list[Line]:
    """The first turn only warms, and compares what is found."""
    first, following, totals = (Line(question.name, what, asker.name) for what in ("first page", "next page", "count"))
    facets = [Line(question.name, f"facet {name}", asker.name) for name in FACETS]
    _compare_count(asker, by_hand, question)
    for turn in range(rounds + 1):
        kept = turn > 0
        after, place = _page(asker, by_hand, question, first, kept, None, None)
        if place is not None:
            _page(asker, by_hand, question, following, kept, after, place)
        totals.ours_s += [asker.visitor.ask(f"{CATEGORY}/totals", question.asked)[0]] * kept
        for name, line in zip(FACETS, facets, strict=True):
            line.ours_s += [asker.visitor.ask(f"{CATEGORY}/facets", question.asked | {"field": name})[0]] * kept
    return [line for line in (first, following, totals, *facets) if line.ours_s]


def _page(
    asker: Asker, by_hand: ByHand, question: Question, line: Line, kept: bool, after: Any, place: Any
) -> tuple[Any, Any]:
    """One page both ways; (mark of the next page, the same for SQL), the latter None where it is not full. Where ours
    says that it looked so far, SQL looks as far."""
    params = question.asked | {"limit": str(LIMIT), "count": "false"} | ({"after": after} if after else {})
    ours_s, answer = asker.visitor.ask(CATEGORY, params)
    reached = answer["reached"]
    end_ms = int(datetime.fromisoformat(reached).timestamp() * 1000) if reached else None
    place_of = {"time": str(place[0]), "id": str(place[1])} if place else {}
    asked = {"question": str(question.number), **place_of, **({"end": str(end_ms)} if end_ms else {})}
    hand_s, other = asker.by_hand.ask("/", asked)
    sql_s, rows = by_hand.rows(question, asker.county, place, end_ms)
    ids = [record["id"] for record in answer["records"]]
    if not ids == [row[0] for row in rows[:LIMIT]] == [record["id"] for record in other["records"]]:
        raise ZcError(f"{question.name} as {asker.name}: the page is another one than SQL finds: {ids}")
    line.partial = line.partial or reached is not None
    line.ours_s += [ours_s] * kept
    line.by_hand_s += [hand_s] * kept
    line.sql_s += [sql_s] * kept
    return answer["after"], (rows[LIMIT - 1][3], rows[LIMIT - 1][0]) if len(rows) > LIMIT else None


def _compare_count(asker: Asker, by_hand: ByHand, question: Question) -> None:
    """ZcError where a count that is said to be exact is not."""
    _, answer = asker.visitor.ask(f"{CATEGORY}/totals", question.asked)
    if answer["capped"]:
        return
    number = by_hand.count(question, asker.county)
    if answer["count"] != number:
        raise ZcError(f"{question.name} as {asker.name}: {answer['count']} counted where SQL counts {number}")
