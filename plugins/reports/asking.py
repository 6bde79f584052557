"""Asking: one declared question put to the platform's statistics, answered as plain data that a dataset keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from core import api

from .online import COLUMNS, shown_online
from .period import Period, twelve_months, year_to_date

SHOWN = ("sum", "mean", "min", "max")
DECIMALS = {"rate": 2, "share": 2, "mean": 1}
Numbered = tuple[int, dict[str, Any]]
Days = tuple[date, date]
"""First day, and the day after the last."""


def answered(
    live: api.Live, said: Mapping[str, Any], units: Mapping[str, Any], about: Period, scope: api.Scope
) -> dict[str, Any]:
    """{title, statistic, by, measures, compare, order, span, columns, rows, labels, totals, changes, rest,
    completeness, definition, current} of a declared question over the rows of a scope.

    `rows` hold shown values, rates and shares as parts of one; `columns` say of each dimension and measure its label,
    unit, kind and how it is printed. `changes` are in percent, of rates and shares in percentage points. `rest` is
    how many rows `top` left out.
    """
    first, end = span(said["span"], about)
    question = replace(
        asked(said),
        within=(_midnight_ms(first, live), _midnight_ms(end, live)),
        compare=tuple(said["compare"]),
        order=said.get("order") or None,
        completeness=True,
        online=said["online"],
    )
    told = _told(live.ask(question, scope), units, live)
    told["span"] = [f"{first:%Y-%m-%d}", f"{end - timedelta(days=1):%Y-%m-%d}"]
    return _kept(told, said)


def asked(said: Mapping[str, Any]) -> api.Question:
    """What a declared figure asks, of all time."""
    return api.Question(said["statistic"], tuple(said["by"]), measures=tuple(said["measures"]), where=said["where"])


def _kept(told: dict[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """No more than `top` of the rows."""
    top, rows = said.get("top"), told["rows"]
    changes = {**told["changes"], "rows": told["changes"]["rows"][:top]}
    rest = len(rows) - len(rows[:top])
    return {**told, "rows": rows[:top], "order": said.get("order") or None, "changes": changes, "rest": rest}


def _told(answer: api.Answer, units: Mapping[str, Any], live: api.Live) -> dict[str, Any]:
    """All rows of an answer as plain data."""
    columns = _columns(answer, units, live)
    rows = _rows(answer, columns, live)
    question = answer.question
    return {
        "title": answer.statistic.title,
        "statistic": question.statistic,
        "by": list(question.by),
        "measures": [*question.measures, *(COLUMNS if question.online else ())],
        "compare": list(question.compare),
        "columns": columns,
        "rows": [row for _, row in rows],
        "labels": _labels(answer, columns),
        "totals": _plain(answer.totals, answer, live),
        "changes": _changes(answer, [at for at, _ in rows]),
        "completeness": completeness_of(answer),
        "definition": definition_of(answer),
        "current": answer.current,
    }


def span(name: str, about: Period) -> Days:
    """The days that a question is about."""
    if name == "year_to_date":
        return year_to_date(about)
    return twelve_months(about) if name == "twelve_months" else (about.first, about.end)


def _columns(answer: api.Answer, units: Mapping[str, Any], live: api.Live) -> dict[str, dict[str, Any]]:
    """{name: {label, unit, kind, decimals, divide, of, colours}} of dimensions, measures and ONLINE."""
    labels = {column["name"]: column for column in answer.columns}
    dictionaries = live.facts().dictionaries
    columns: dict[str, dict[str, Any]] = {}
    for name in answer.question.by:
        field = answer.statistic.fields.get(name)
        items = dictionaries.get(field.dictionary or "", {}) if field is not None else {}
        colours = {code: item.get("colour", "") for code, item in items.items()}
        plain = {"unit": "", "decimals": 0, "divide": 1, "colours": colours}
        columns[name] = {"label": labels[name]["label"], "kind": "dimension", **plain}
    for name in answer.question.measures:
        measure, said = answer.statistic.measures[name], units.get(name, {})
        shown = {"unit": measure.unit, "divide": 1, "decimals": DECIMALS.get(measure.kind, 0), **said}
        label = said.get("label") or labels[name]["label"]
        columns[name] = {**shown, "label": label, "kind": measure.kind, "of": list(measure.of)}
    for name in COLUMNS if answer.question.online else ():
        columns[name] = {**COLUMNS[name], "label": labels[name]["label"], "unit": labels[name]["unit"]}
    return columns


def _rows(answer: api.Answer, columns: Mapping[str, Mapping[str, Any]], live: api.Live) -> list[Numbered]:
    """The rows with their places in the answer: as it orders them where the question said how, else by their
    dimensions, codes as dictionaries have them and what is unknown last."""
    rows = [_plain(row, answer, live) for row in answer.rows]
    if answer.question.order:
        return [*enumerate(rows)]
    places = {name: {code: at for at, code in enumerate(columns[name]["colours"])} for name in answer.question.by}

    def place(row: Mapping[str, Any]) -> list[tuple[bool, int, Any]]:
        found = ((codes, row[name]) for name, codes in places.items())
        return [(value is None, codes.get(value, len(codes)), str(value) if codes else value) for codes, value in found]

    return sorted(enumerate(rows), key=lambda one: place(one[1]))


def _labels(answer: api.Answer, columns: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """{dimension: {value: text}}, codes as their dictionary orders them."""
    ordered = {}
    for name, texts in answer.labels.items():
        known = [code for code in columns[name]["colours"] if code in texts] if name in columns else []
        ordered[name] = {code: texts[code] for code in dict.fromkeys([*known, *texts])}
    return ordered


def _plain(row: Mapping[str, Any], answer: api.Answer, live: api.Live) -> dict[str, Any]:
    """A row as a dataset keeps it: times and quantities as they are shown, rates and shares as parts of one."""
    kept = {name: _dimension(name, row[name], live) for name in answer.question.by if name in row}
    for name in answer.question.measures:
        measure, value = answer.statistic.measures[name], row[name]
        if value is not None and measure.field is not None and measure.kind in SHOWN:
            value = measure.field.type.show(value, measure.field, live.zone)
        kept[name] = value
    shown = shown_online(row, live.zone) if answer.question.online else {}
    return {**kept, **shown}


def _dimension(name: str, value: Any, live: api.Live) -> Any:
    return api.show_grain(name, value, live.zone) if value is not None and name in api.GRAINS else value


def _changes(answer: api.Answer, places: Sequence[int]) -> dict[str, Any]:
    """{rows, totals}: {measure: {comparison: change or None}} beside the rows, by their place in the answer."""
    found = answer.compared
    measures = answer.question.measures

    def of(part: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        return {measure: {name: row.get(measure) for name, row in part.items()} for measure in measures}

    return {
        "totals": of({name: said["totals"] for name, said in found.items()}),
        "rows": [of({name: said["rows"][at] for name, said in found.items()}) for at in places],
    }


def completeness_of(answer: api.Answer) -> dict[str, Any] | None:
    """What is said of the hours with data; None where the statistic does not say what is expected."""
    return dict(answer.completeness) if answer.completeness else None


def definition_of(answer: api.Answer) -> list[str]:
    """How the figures are worked out, in words, line by line; without the moment, which the report says itself."""
    return [str(line) for line in answer.definition["text"][:-1]]


def _midnight_ms(day: date, live: api.Live) -> int:
    return int(datetime.combine(day, time(), live.zone).timestamp()) * 1000
