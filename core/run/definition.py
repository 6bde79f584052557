"""What a figure means, in words: its formula, which records count, where they come from. It is printed under tables
and shown one click away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from core.entity.condition import All, Any_, Node, Not, Test
from core.entity.entity import Field
from core.entity.measure import Measure
from core.entity.system import all_fields
from core.intake.category import Category
from core.run.asker import Asker
from core.run.labels import code_text
from core.run.records import condition_of
from core.run.shown import moment
from core.run.snapshot import Snapshot
from core.run.words import said

EMPTY = All(())
DATE = "{:04d}-{:02d}-{:02d}"


def definition(asker: Asker) -> dict[str, Any]:
    """{title, entity, snapshot, measures: [{name, label, unit, formula}], counts, asked, window, as_of, text: [line]}.

    `counts` says which records the statistic counts, who is a truck among them; `asked` what the question leaves.
    """
    statistic, snapshot = asker.statistic, asker.snapshot
    zone = snapshot.zone
    words = Words(snapshot, {**all_fields(statistic.entity), **asker.fields}, zone)
    measures = [
        {"name": name, "label": one.label, "unit": one.unit, "formula": words.formula(one, statistic.measures)}
        for name, one in ((name, statistic.measures[name]) for name in asker.measured.wanted)
    ]
    window = asker.window
    days = None if window is None else {"from": _date(window.first), "to": _date(window.last)}
    told: dict[str, Any] = {
        "title": statistic.title,
        "entity": statistic.entity.title,
        "snapshot": snapshot.number,
        "measures": measures,
        "counts": words.condition(statistic.condition) or said("every_record"),
        "asked": words.condition(asker.asked_for),
        "window": days,
        "as_of": asker.as_of,
        "at": moment(asker.now, zone),
    }
    return told | {"text": _lines(told, bool(asker.paths), snapshot)}


def _lines(told: Mapping[str, Any], paths: bool, snapshot: Snapshot) -> list[str]:
    lines = [said("means", label=one["label"], formula=one["formula"]) for one in told["measures"]]
    lines += [said("counts_records", entity=told["entity"], which=told["counts"])]
    lines += [said("asked_records", which=told["asked"])] if told["asked"] else []
    if told["window"]:
        lines += [said("window_days", **{"first": told["window"]["from"], "last": told["window"]["to"]})]
    lines += [said(f"as_of_{told['as_of']}")] if paths else []
    lines += [said("clock_counts"), *([] if snapshot.site["demo"] else [said("without_simulated")])]
    return [*lines, said("told_at", title=told["title"], at=told["at"], snapshot=told["snapshot"])]


def listed(snapshot: Snapshot, category: Category, where: Mapping[str, Any]) -> list[str]:
    """Which records a list shows, in words, line by line: what the category asks, and what is asked of it. ZcError
    where that is not of the grammar."""
    words = Words(snapshot, all_fields(category.entity), snapshot.zone)
    which = words.condition(condition_of(category, where, snapshot.zone, demo=True)) or said("every_record")
    line = "lists_records" if category.voided else "counts_records"
    simulated = () if snapshot.site["demo"] else (said("without_simulated"),)
    return [said(line, entity=category.entity.title, which=which), *simulated]


class Words:
    """Conditions and formulas over these fields, as staff say them."""

    def __init__(self, snapshot: Snapshot, fields: Mapping[str, Field], zone: ZoneInfo) -> None:
        self.snapshot, self.fields, self.zone = snapshot, fields, zone

    def formula(self, measure: Measure, measures: Mapping[str, Measure]) -> str:
        """How a measure is made."""
        if measure.kind == "rate":
            above, below = (measures[name].label for name in measure.of)
            return said("formula_rate", above=above, below=below)
        if measure.kind == "share":
            return said("formula_share", label=measures[measure.of[0]].label)
        label = measure.field.label if measure.field else ""
        found = said(f"formula_{measure.kind}", label=label)
        where = self.condition(measure.where)
        return said("formula_where", formula=found, where=where) if where else found

    def condition(self, node: Node, inside: bool = False) -> str:
        """A condition; empty where it lets all pass."""
        match node:
            case Test():
                return self._test(node)
            case Not(part):
                return said("not_so", what=self.condition(part))
            case All(parts):
                all_told = [text for part in parts if (text := self.condition(part, inside=True))]
                return said("and_so").join(all_told)
            case Any_(parts):
                told = said("or_so").join(self.condition(part, inside=True) for part in parts)
                return said("bracketed", what=told) if inside else told

    def _test(self, test: Test) -> str:
        field = self.fields[test.field]
        operator = {"within_time": "within", "within_tree": "within"}.get(test.operator, test.operator)
        return said(f"test_{operator}", label=field.label, value=self._value(field, test.value))

    def _value(self, field: Field, value: Any) -> str:
        if isinstance(value, tuple | frozenset):
            return "、".join(self._value(field, each) for each in self._ordered(field, value))
        if isinstance(value, bool):
            return said("yes" if value else "no")
        if isinstance(value, int | float) and not field.dictionary:
            shown, unit = field.type.show(value, field, self.zone), field.type.shown
            return f"{shown:,}{unit}" if unit else f"{shown}"
        return str(code_text(self.snapshot, field, value))

    def _ordered(self, field: Field, values: tuple[Any, ...] | frozenset[Any]) -> Sequence[Any]:
        """Codes as their dictionary has them; other values as they were written."""
        codes = [*self.snapshot.facts.dictionaries.get(field.dictionary or "", {})]
        if not codes and isinstance(values, tuple):
            return values
        return sorted(values, key=lambda value: (codes.index(value) if value in codes else len(codes), str(value)))


def _date(day: int) -> str:
    return DATE.format(day // 10_000, day // 100 % 100, day % 100)
