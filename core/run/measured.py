"""Measures of folded parts: what each measure needs of the cells, and its value or why it has none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from core.entity.measure import Measure
from core.store.asked import Figures, Part

NO_DATA = "no_data"
NO_BASE = "no_base"
NOT_BY_HOUR = "not_by_hour"
Values = dict[str, Any]
"""{measure: stored value or None}."""


class Measured:
    """The measures of a question, in order, with those that rates and shares are made of."""

    def __init__(self, wanted: Iterable[str], measures: Mapping[str, Measure]) -> None:
        self.wanted = tuple(wanted)
        self.measures = measures
        closure = dict.fromkeys(self.wanted)
        for name in self.wanted:
            closure |= dict.fromkeys(measures[name].of)
        self._base = [measures[name] for name in closure if not measures[name].is_ratio]
        self.parts: tuple[Part, ...] = tuple(dict.fromkeys(part for one in self._base for part in _parts(one)))
        self._places = {one.id: [self.parts.index(part) for part in _parts(one)] for one in self._base}

    @property
    def has_distinct(self) -> bool:
        """Whether totals cannot be told from the rows."""
        return any(part.distinct for part in self.parts)

    @property
    def of_none(self) -> list[Any]:
        """The parts of no records."""
        return [part.of_none for part in self.parts]

    def total(self, figures: Figures) -> list[Any]:
        """The parts of all rows together, those that fold."""
        columns = zip(*figures.values(), strict=True) if figures else [()] * len(self.parts)
        return [_folded(part, values) for part, values in zip(self.parts, columns, strict=True)]

    def values(self, parts: Sequence[Any], total: Sequence[Any]) -> tuple[Values, dict[str, str]]:
        """The measures of one row, and why those without a value have none."""
        values: Values = {}
        why: dict[str, str] = {}
        for name in self.wanted:
            measure = self.measures[name]
            values[name] = self._value(measure, parts, total)
            if values[name] is None:
                why[name] = self._why(measure, parts)
        return values, why

    def _why(self, measure: Measure, parts: Sequence[Any]) -> str:
        bases = [self.measures[name] for name in measure.of] or [measure]
        if any(self.parts[at].distinct and parts[at] is None for base in bases for at in self._places[base.id]):
            return NOT_BY_HOUR
        return NO_BASE if measure.is_ratio else NO_DATA

    def _value(self, measure: Measure, parts: Sequence[Any], total: Sequence[Any]) -> Any:
        if measure.kind == "rate":
            above, below = (self._value(self.measures[name], parts, total) for name in measure.of)
            return above / below if below and above is not None else None
        if measure.kind == "share":
            one = self.measures[measure.of[0]]
            whole = self._value(one, total, total)
            return self._value(one, parts, total) / whole if whole else None
        found = [parts[at] for at in self._places[measure.id]]
        if measure.kind == "mean":
            return found[0] / found[1] if found[1] else None
        return found[0]


def _parts(measure: Measure) -> list[Part]:
    if measure.kind == "distinct":
        assert measure.field is not None  # noqa: S101 - compiled so
        return [Part(measure.field.name, measure.where, distinct=True)]
    return [Part(column, measure.where) for column in measure.kept]


def _folded(part: Part, values: Iterable[Any]) -> Any:
    there = [value for value in values if value is not None]
    if part.distinct:  # of one row: those of several do not add up
        return there[0] if there else None
    if part.fold == "sum":
        return sum(there)
    return (min if part.fold == "min" else max)(there, default=None)
