"""Asking: one declared question put to the platform's statistics, answered as plain data that a dataset keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from core import api

from .period import Period, twelve_months, year_to_date

Days = tuple[date, date]
"""First day, and the day after the last."""


def answered(live: api.Live, said: Mapping[str, Any], units: Mapping[str, Any], about: Period) -> dict[str, Any]:
    """{title, statistic, by, measures, compare, order, span, columns, rows, labels, totals, changes, rest,
    completeness, definition, current} of a declared question.

    `rows` hold shown values, rates and shares as parts of one; `columns` say of each dimension and measure its label,
    unit, kind and how it is printed. `changes` are in percent, of rates and shares in percentage points. `rest` is
    how many rows `top` left out.
    """
    first, end = span(said["span"], about)
    question = api.Question(
        statistic=said["statistic"],
        by=tuple(said["by"]),
        measures=tuple(said["measures"]),
        where=said["where"],
        within=(_midnight_ms(first, live), _midnight_ms(end, live)),
        compare=tuple(said["compare"]),
        order=said.get("order"),
        completeness=True,
    )
    answer = live.ask(question)
    rows, totals = _plain(answer, answer.rows, live), _plain(answer, [answer.totals], live)[0]
    kept = said.get("top") or len(rows)
    return {
        "title": answer.statistic.title,
        "statistic": said["statistic"],
        "by": list(said["by"]),
        "measures": list(said["measures"]),
        "compare": list(said["compare"]),
        "order": said.get("order"),
        "span": [f"{first:%Y-%m-%d}", f"{end - timedelta(days=1):%Y-%m-%d}"],
        "columns": _columns(answer, units, live),
        "rows": rows[:kept],
        "labels": _labels(answer, live),
        "totals": totals,
        "changes": _changes(answer, kept),
        "rest": len(rows) - len(rows[:kept]),
        "completeness": _completeness(answer),
        "definition": _definition(answer),
        "current": answer.current,
    }


def span(name: str, about: Period) -> Days:
    """The days that a question is about."""
    if name == "year_to_date":
        return year_to_date(about)
    return twelve_months(about) if name == "twelve_months" else (about.first, about.end)


def _midnight_ms(day: date, live: api.Live) -> int:
    return int(datetime.combine(day, time(), live.zone).timestamp()) * 1000
