"""The one answer to a question to a statistic: whatever shows, prints, sends or exports a figure asks here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.declare.problem import ZcError
from core.entity.calendar import GRAINS
from core.entity.calendar import shown as shown_time
from core.entity.calendar import told as told_time
from core.entity.measure import ONLINE, Measure
from core.entity.statistic import Statistic
from core.run.asker import Asker
from core.run.compared import compared
from core.run.completeness import completeness
from core.run.definition import definition
from core.run.labels import labels_of
from core.run.online import online_columns, online_totals, require_online, shown_online, silent, with_online
from core.run.periods import steps
from core.run.question import Question
from core.run.rights import Rights
from core.run.sight import sight
from core.run.snapshot import Snapshot
from core.run.words import said
from core.store.scope import Scope
from core.store.store import Store

Row = dict[str, Any]
AS_OF = ("now", "day")


@dataclass(frozen=True)
class Answer:
    """What a statistic says.

    `columns` are {name, label, unit, kind: dimension, measure or online}, `rows` {dimension: stored value, measure:
    stored value or None}; rates and shares lie between 0 and 1. A row with `why` says of each measure without a
    value why: no_data, no_base. `totals` is such a row of the whole question. `labels` are {dimension: {shown value:
    text}}.
    `compared` has for each comparison {window, rows, totals}, its rows beside `rows`, changes in percent, of rates and
    shares in percentage points, None with a reason. `as_of` is UTC milliseconds. `current` is False while the
    statistic is counted anew and this is of its former definition. `steps` are the stored values of every period of a
    time that rows are told apart by, of those without records too (core.run.periods).
    """

    statistic: Statistic
    question: Question
    columns: list[dict[str, str]]
    rows: list[Row]
    totals: Row
    labels: dict[str, dict[str, str]]
    as_of: int
    current: bool
    steps: dict[str, list[int]] = field(default_factory=dict)
    compared: dict[str, Any] = field(default_factory=dict)
    completeness: dict[str, Any] | None = None
    definition: dict[str, Any] = field(default_factory=dict)


def ask(seen: Rights | Scope, store: Store, snapshot: Snapshot, question: Question, right: str = "see") -> Answer:
    """Ask as an account, about the rows for which it has the right, or as whoever sees a scope unveiled. All of the
    answer is of one moment. NotFound, NotAllowed, and ZcError in words for what cannot be read of the question or while
    the statistic is counted for the first time."""
    with store.database.steadily():
        return answered(Asker(sight(seen, snapshot), store, question, right))


def answered(asker: Asker) -> Answer:
    """The whole answer to a question under way."""
    question = asker.question
    if question.online:
        require_online(asker)
    figures, current = asker.figures(asker.window)
    total = asker.total(asker.window, figures)
    rows = [_row(asker, asker.by, key, parts, total) for key, parts in figures.items()]
    totals = _row(asker, (), (), total, total)
    told = completeness(asker) if question.completeness or question.online else None
    if question.online and told is not None:
        rows += [_row(asker, asker.by, (key,), asker.measured.of_none, total) for key in silent(asker, rows, told)]
        rows, totals = with_online(asker, rows, told), totals | online_totals(told)
    rows = _ordered(asker, rows)[: question.top]
    along = steps(asker)
    return Answer(
        statistic=asker.statistic,
        question=question,
        columns=_columns(asker),
        rows=rows,
        totals=totals,
        labels=_labels(asker, rows, along),
        as_of=asker.now,
        current=current,
        steps=along,
        compared=compared(asker, rows, totals),
        completeness=told if question.completeness else None,
        definition=definition(asker),
    )


def _row(asker: Asker, by: Sequence[str], key: Sequence[Any], parts: Sequence[Any], total: Sequence[Any]) -> Row:
    values, why = asker.measured.values(parts, total)
    row: Row = {**dict(zip(by, key, strict=True)), **values}
    return row | ({"why": why} if why else {})


def _ordered(asker: Asker, rows: list[Row]) -> list[Row]:
    """By the dimensions, then by what is asked for; what has no value comes last."""
    rows.sort(key=lambda row: tuple(_rank(row[name]) for name in asker.by))
    order = asker.question.order
    if order is None:
        return rows
    name = order.removeprefix("-")
    orders = (*asker.by, *asker.measured.wanted, *(ONLINE if asker.question.online else ()))
    if name not in orders:
        known = "、".join(orders)
        raise ZcError(said("unknown_measure", name=name, known=known))
    there = [row for row in rows if row[name] is not None]
    there.sort(key=lambda row: row[name], reverse=order.startswith("-"))
    return there + [row for row in rows if row[name] is None]


def _columns(asker: Asker) -> list[dict[str, str]]:
    dimensions = [asker.fields[name] for name in asker.by]
    measures = [asker.statistic.measures[name] for name in asker.measured.wanted]
    return [
        *({"name": each.name, "label": each.label, "unit": "", "kind": "dimension"} for each in dimensions),
        *({"name": each.id, "label": each.label, "unit": each.unit, "kind": "measure"} for each in measures),
        *(online_columns() if asker.question.online else ()),
    ]


def _labels(asker: Asker, rows: Sequence[Row], along: Mapping[str, Sequence[int]]) -> dict[str, dict[str, str]]:
    zone = asker.snapshot.zone
    labels = labels_of(asker.seen, asker.store, {name: asker.fields[name] for name in asker.by}, rows)
    for name in asker.by:
        if name in GRAINS:
            values = {*(row[name] for row in rows), *along.get(name, ())}
            labels[name] = {str(shown_time(name, value, zone)): told_time(name, value, zone) for value in values}
    return labels


def _rank(value: Any) -> tuple[bool, Any]:
    return (value is not None, value)


def shown_rows(answer: Answer, snapshot: Snapshot) -> tuple[list[Row], Row]:
    """Rows and totals in shown terms: times in the zone, units as their field types show them, rates in percent."""
    return [_shown(answer, row, snapshot) for row in answer.rows], _shown(answer, answer.totals, snapshot)


def _shown(answer: Answer, row: Row, snapshot: Snapshot) -> Row:
    shown: Row = {}
    for name, value in row.items():
        measure = answer.statistic.measures.get(name)
        if value is None or name == "why":
            shown[name] = value
        elif measure is not None and name not in answer.question.by:
            shown[name] = shown_measure(measure, value, snapshot)
        elif name in ONLINE and answer.question.online:
            shown[name] = shown_online(name, value, snapshot.zone)
        elif name in GRAINS:
            shown[name] = shown_time(name, value, snapshot.zone)
        else:
            shown[name] = value
    return shown


def shown_measure(measure: Measure, value: Any, snapshot: Snapshot) -> Any:
    """A measure's value as people see it, decimals to two places."""
    if measure.is_ratio:
        return round(100 * value, 2)
    shown = value
    if measure.field is not None and measure.kind not in ("count", "distinct"):
        shown = measure.field.type.show(value, measure.field, snapshot.zone)
    return round(shown, 2) if isinstance(shown, float) else shown
