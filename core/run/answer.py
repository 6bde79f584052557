"""The one answer to a question to a statistic: whatever shows, prints, sends or exports a figure asks here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from core.declare.problem import ZcError
from core.entity.calendar import GRAINS
from core.entity.calendar import shown as shown_time
from core.entity.calendar import told as told_time
from core.entity.condition import All, Node, Test, parse
from core.entity.condition import fields as fields_of
from core.entity.entity import Field
from core.entity.mask import KEPT
from core.entity.measure import Measure
from core.entity.statistic import Statistic
from core.entity.window import HOURLY, window
from core.run.labels import labels_of
from core.run.measured import Measured
from core.run.question import Question
from core.run.rights import Rights
from core.run.sight import Sight, sight
from core.run.snapshot import Snapshot
from core.run.words import NotAllowed, NotFound, said
from core.store.database import now_ms
from core.store.figures import Asked, Figures
from core.store.levels import Window, window_of
from core.store.scope import Scope
from core.store.store import Store

Row = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a statistic says.

    `columns` are {name, label, unit, kind: dimension or measure}, `rows` {dimension: stored value, measure: stored
    value or None}; rates and shares lie between 0 and 1. A row with `why` says of each measure without a value why:
    no_data, no_base. `totals` is such a row of the whole question. `labels` are {dimension: {shown value: text}}.
    `compared` has for each comparison {window, rows, totals}, its rows beside `rows`, changes in percent, of rates and
    shares in percentage points, None with a reason. `as_of` is UTC milliseconds. `current` is False while the
    statistic is counted anew and this is of its former definition.
    """

    statistic: Statistic
    question: Question
    columns: list[dict[str, str]]
    rows: list[Row]
    totals: Row
    labels: dict[str, dict[str, str]]
    as_of: int
    current: bool
    window: tuple[int, int] | None = None
    compared: dict[str, Any] = field(default_factory=dict)
    completeness: dict[str, Any] | None = None
    definition: dict[str, Any] = field(default_factory=dict)


def ask(seen: Rights | Scope, store: Store, snapshot: Snapshot, question: Question) -> Answer:
    """Ask as an account, or as whoever sees a scope unveiled. NotFound, NotAllowed, and ZcError in words for what
    cannot be read of the question or while the statistic is counted for the first time."""
    return Asker(sight(seen, snapshot), store, question).answer()


def allowed_statistic(seen: Sight, id_: str) -> Statistic:
    """The statistic, if its entity may be seen. NotFound, NotAllowed."""
    found = seen.snapshot.statistics.get(id_)
    if found is None:
        raise NotFound(said("unknown_statistic", id=id_))
    if not seen.may("see", found.entity.id):
        raise NotAllowed(said("no_see", title=found.entity.title))
    return found


@dataclass(frozen=True)
class Asker:
    """One question under way."""

    seen: Sight
    store: Store
    question: Question

    def answer(self) -> Answer:
        """The whole answer."""
        figures, current = self.figures(self.window)
        total = self.total(self.window, figures)
        rows = [self._row(key, parts, total) for key, parts in figures.items()]
        rows = self._ordered(rows)[: self.question.top]
        totals = self._row((), total, total, ())
        return Answer(
            statistic=self.statistic,
            question=self.question,
            columns=self._columns(),
            rows=rows,
            totals=totals,
            labels=self._labels(rows),
            as_of=self.now,
            current=current,
        )

    @cached_property
    def statistic(self) -> Statistic:
        """What is asked."""
        return allowed_statistic(self.seen, self.question.statistic)

    @cached_property
    def snapshot(self) -> Snapshot:
        """What it is asked in."""
        return self.seen.snapshot

    @cached_property
    def now(self) -> int:
        """The moment that the question takes for now."""
        return self.question.cut_off if self.question.cut_off is not None else now_ms()

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """What may be asked by."""
        return self.statistic.fields

    @cached_property
    def by(self) -> tuple[str, ...]:
        """What rows are told apart by, each once."""
        by = tuple(dict.fromkeys(self.question.by))
        for name in by:
            if name not in self.fields:
                raise ZcError(said("unknown_dimension", name=name, known="、".join(self.fields)))
        return by

    @cached_property
    def measured(self) -> Measured:
        """The measures asked for; where none is named those whose fields are plain."""
        measures = self.statistic.measures
        for name in self.question.measures:
            if name not in measures:
                raise ZcError(said("unknown_measure", name=name, known="、".join(measures)))
        plain = [name for name, one in measures.items() if all(map(self._is_plain, self._fields_of(one)))]
        return Measured(tuple(dict.fromkeys(self.question.measures)) or plain, measures)

    @cached_property
    def condition(self) -> Node:
        """The question's condition, without simulated records unless the site declares demo."""
        fields = {name: each for name, each in self.fields.items()}
        node, faults = parse(dict(self.question.where), self.statistic.entity, self.snapshot.zone, self.now, fields)
        if faults or node is None:
            path, _, values = faults[0]
            name = str(path[0]) if path else "where"
            if name not in fields:
                raise ZcError(said("unknown_filter", name=name, known="、".join(fields)))
            raise ZcError(said("bad_value", name=fields[name].label, value=values.get("value", "")))
        simulated = () if self.snapshot.site["demo"] else (Test("provenance", "not", "simulated"),)
        return All((node, *simulated))

    @cached_property
    def window(self) -> Window | None:
        """The window as cells have it; None for all there is."""
        within, hourly = self.question.within, self.statistic.grain == "hour"
        if within is None:
            return None
        zone = self.snapshot.zone
        if isinstance(within, str):
            try:
                start, end = window(within, zone, self.now)
            except ValueError:
                raise ZcError(said("bad_value", name="within", value=within)) from None
            hourly = hourly and any(word in within for word in HOURLY)
        else:
            start, end = within
        return window_of(start, end, zone, hourly) or Window(1, 0)

    @cached_property
    def scope(self) -> Scope:
        """The rows about which all this may be asked. NotAllowed where there are none for the sake of a field."""
        entity = self.statistic.entity
        asked = {*self.by, *fields_of(self.condition)}
        used = [name for each in asked for name in self._sources(each)]
        used += [name for each in self.measured.wanted for name in self._fields_of(self.statistic.measures[each])]
        found = self.seen.narrowed(entity, dict.fromkeys(used))
        if found.is_nothing:
            label = next((entity.fields[name].label for name in used if not self._is_plain(name)), "")
            raise NotAllowed(said("no_field", field=label))
        return found

    def figures(self, window: Window | None, by: Sequence[str] | None = None) -> tuple[Figures, bool]:
        """The parts of the measures in a window, by group, and whether they are current."""
        asked = Asked(
            by=self.by if by is None else tuple(by),
            parts=self.measured.parts,
            scope=self.scope,
            window=window,
            condition=self.condition,
            zone=self.snapshot.zone,
        )
        try:
            return self.store.statistics.figures(self.statistic, asked, self.snapshot.entities)
        except ZcError as error:
            raise ZcError(said("still_counting")) from error

    def total(self, window: Window | None, figures: Figures) -> list[Any]:
        """The parts of the whole question; different values are counted anew, since they do not add up."""
        if not self.measured.has_distinct or not self.by:
            return self.measured.total(figures)
        return next(iter(self.figures(window, ())[0].values()))

    def _row(self, key: Sequence[Any], parts: Sequence[Any], total: Sequence[Any], by: Any = None) -> Row:
        values, why = self.measured.values(parts, total)
        row: Row = {**dict(zip(self.by if by is None else by, key, strict=True)), **values}
        return row | ({"why": why} if why else {})

    def _ordered(self, rows: list[Row]) -> list[Row]:
        """By the dimensions, then by what is asked for; what has no value comes last."""
        rows.sort(key=lambda row: tuple(_rank(row[name]) for name in self.by))
        order = self.question.order
        if order is None:
            return rows
        name = order.removeprefix("-")
        if name not in (*self.by, *self.measured.wanted):
            known = "、".join((*self.by, *self.measured.wanted))
            raise ZcError(said("unknown_measure", name=name, known=known))
        there = [row for row in rows if row[name] is not None]
        there.sort(key=lambda row: row[name], reverse=order.startswith("-"))
        return there + [row for row in rows if row[name] is None]

    def _columns(self) -> list[dict[str, str]]:
        dimensions = [self.fields[name] for name in self.by]
        measures = [self.statistic.measures[name] for name in self.measured.wanted]
        return [
            *({"name": each.name, "label": each.label, "unit": "", "kind": "dimension"} for each in dimensions),
            *({"name": each.id, "label": each.label, "unit": each.unit, "kind": "measure"} for each in measures),
        ]

    def _labels(self, rows: Sequence[Row]) -> dict[str, dict[str, str]]:
        zone = self.snapshot.zone
        labels = labels_of(self.seen, self.store, {name: self.fields[name] for name in self.by}, rows)
        for name in self.by:
            if name in GRAINS:
                values = {row[name] for row in rows}
                labels[name] = {str(shown_time(name, value, zone)): told_time(name, value, zone) for value in values}
        return labels

    def _sources(self, name: str) -> list[str]:
        """The entity's fields that a dimension tells of; none where a mask leaves as much of it as the dimension."""
        shape = next((each for each in self.statistic.shapes if each.name == name), None)
        field_ = self.statistic.entity.fields.get(shape.source) if shape else None
        if shape is None or field_ is None:
            return []
        return [] if 0 < shape.length <= KEPT.get(field_.mask or "", (0, 0))[0] else [field_.name]

    def _fields_of(self, measure: Measure) -> list[str]:
        """The entity's fields that a measure tells of."""
        bases = [self.statistic.measures[name] for name in measure.of] or [measure]
        used = [name for base in bases for each in fields_of(base.where) for name in self._sources(each)]
        return [*used, *(base.field.name for base in bases if base.field)]

    def _is_plain(self, name: str) -> bool:
        return self.seen.is_plain(self.statistic.entity, name)


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
