"""Each question as somebody of the whole city and of one county, in turns: to the door of searches and as SQL by hand
in this process, to the server and to the one written by hand over HTTP."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import truediv
from statistics import median
from typing import Any

from core.cli.bench.pages.by_hand import ByHand
from core.cli.bench.pages.questions import CATEGORY, CATEGORY_ID, FACETS, LIMIT, Question, listed
from core.cli.bench.pages.visitor import Params, Visitor
from core.declare.problem import ZcError
from core.run.seeing import Seeing


@dataclass
class Line:
    """One thing asked as one person: seconds of each turn. Nothing is asked by hand for counts and facets."""

    question: str
    what: str
    who: str
    door_s: list[float] = field(default_factory=list)
    sql_s: list[float] = field(default_factory=list)
    http_s: list[float] = field(default_factory=list)
    by_hand_s: list[float] = field(default_factory=list)
    partial: bool = False

    @property
    def row(self) -> dict[str, Any]:
        """{question, what, who, looked, door_ms, sql_ms, ratio, http_ms, by_hand_ms, http_ratio}: medians. The door is
        what the server calls for a page, sql the query with its rows fetched; by_hand is the small server over HTTP;
        `looked` is partly where ours did not look through all."""
        return {
            "question": self.question,
            "what": self.what,
            "who": self.who,
            "looked": "partly" if self.partial else "",
            "door_ms": _ms(self.door_s),
            "sql_ms": _ms(self.sql_s),
            "ratio": _ratio(self.door_s, self.sql_s),
            "http_ms": _ms(self.http_s),
            "by_hand_ms": _ms(self.by_hand_s),
            "http_ratio": _ratio(self.http_s, self.by_hand_s),
        }


def _ms(seconds: Sequence[float]) -> float | None:
    return round(median(seconds) * 1000, 2) if seconds else None


def _ratio(ours_s: Sequence[float], others_s: Sequence[float]) -> float | None:
    """The median of ours over the other's, turn by turn."""
    return round(median(map(truediv, ours_s, others_s)), 2) if others_s else None


@dataclass(frozen=True)
class Asker:
    """Somebody who asks: the door, the server, and by hand for the stations of `county`, None for all."""

    name: str
    door: Seeing
    visitor: Visitor
    by_hand: Visitor
    county: str | None

    def timed(self, question: Callable[[Seeing], Any]) -> float:
        """Seconds of one question to the door, as each request makes it."""
        began = time.perf_counter()
        question(Seeing(self.door.platform, self.door.account, self.door.snapshot))
        return time.perf_counter() - began


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
    form = _quickest(asker, by_hand, question)
    for turn in range(rounds + 1):
        kept = turn > 0
        after, place = _page(asker, by_hand, question, first, kept, form, None, None)
        if place is not None:
            _page(asker, by_hand, question, following, kept, form, after, place)
        _other(asker, totals, kept, question.asked, "totals")
        for name, line in zip(FACETS, facets, strict=True):
            _other(asker, line, kept, question.asked, "facets", name)
    return [line for line in (first, following, totals, *facets) if line.http_s]


def _other(asker: Asker, line: Line, kept: bool, asked: Params, what: str, name: str = "") -> None:
    """A count or a facet both ways."""
    params = asked | ({"field": name} if name else {})
    http_s = asker.visitor.ask(f"{CATEGORY}/{what}", params)[0]
    query = listed(asked)
    door_s = asker.timed(
        lambda door: door.facets(CATEGORY_ID, name, query) if name else door.totals(CATEGORY_ID, query)
    )
    line.http_s += [http_s] * kept
    line.door_s += [door_s] * kept


def _quickest(asker: Asker, by_hand: ByHand, question: Question) -> int:
    """In which of its spellings the SQL by hand is the quickest, asked twice each, as somebody would who wrote it; as
    far as ours looks."""
    _, answer = asker.visitor.ask(CATEGORY, question.asked | {"limit": str(LIMIT), "count": "false"})
    end_ms = _ms_of(answer["reached"])
    tried = range(by_hand.forms(asker.county))
    seconds = [min(by_hand.rows(question, asker.county, None, end_ms, form)[0] for _ in range(2)) for form in tried]
    return seconds.index(min(seconds))


def _ms_of(moment: str | None) -> int | None:
    return int(datetime.fromisoformat(moment).timestamp() * 1000) if moment else None


def _page(
    asker: Asker, by_hand: ByHand, question: Question, line: Line, kept: bool, form: int, after: Any, place: Any
) -> tuple[Any, Any]:
    """One page each way; (mark of the next page, the same for SQL), the latter None where it is not full. Where ours
    says that it looked so far, SQL looks as far."""
    params = question.asked | {"limit": str(LIMIT), "count": "false"} | ({"after": after} if after else {})
    http_s, answer = asker.visitor.ask(CATEGORY, params)
    end_ms = _ms_of(answer["reached"])
    place_of = {"time": str(place[0]), "id": str(place[1])} if place else {}
    asked = {
        "question": str(question.number),
        "form": str(form),
        **place_of,
        **({"end": str(end_ms)} if end_ms else {}),
    }
    hand_s, other = asker.by_hand.ask("/", asked)
    sql_s, rows = by_hand.rows(question, asker.county, place, end_ms, form)
    query = listed(params)
    door_s = asker.timed(lambda door: door.find(CATEGORY_ID, query))
    ids = [record["id"] for record in answer["records"]]
    if not ids == [row[0] for row in rows[:LIMIT]] == [record["id"] for record in other["records"]]:
        raise ZcError(f"{question.name} as {asker.name}: the page is another one than SQL finds: {ids}")
    line.partial = line.partial or end_ms is not None
    line.http_s += [http_s] * kept
    line.by_hand_s += [hand_s] * kept
    line.sql_s += [sql_s] * kept
    line.door_s += [door_s] * kept
    return answer["after"], (rows[LIMIT - 1][3], rows[LIMIT - 1][0]) if len(rows) > LIMIT else None


def _compare_count(asker: Asker, by_hand: ByHand, question: Question) -> None:
    """ZcError where a count that is said to be exact is not."""
    _, answer = asker.visitor.ask(f"{CATEGORY}/totals", question.asked)
    if answer["capped"]:
        return
    number = by_hand.count(question, asker.county)
    if answer["count"] != number:
        raise ZcError(f"{question.name} as {asker.name}: {answer['count']} counted where SQL counts {number}")
