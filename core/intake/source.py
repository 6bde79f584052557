"""From one entry under `fields` of an interface to the source of a field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.declare.wording import quoted
from core.entity.entity import Field
from core.entity.field_type import Reading, ValueRefused
from core.entity.near import instead
from core.entity.types.time import pattern_fault
from core.intake.mapping import Name, Source, as_text, reader


def compile_source(
    declaration: Declaration, field: Field, entry: Mapping[str, Any], zone: ZoneInfo
) -> tuple[Source, list[Problem]]:
    """The source of `field`, and the problems of its entry; with problems the source is of no use."""
    builder = _Builder(declaration, field, entry, zone)
    return builder.source(), builder.problems


class _Builder:
    """One pass over an entry; notes every problem and goes on."""

    def __init__(self, declaration: Declaration, field: Field, entry: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.declaration, self.field, self.entry = declaration, field, entry
        self.own = Reading(zone=zone)
        self.problems: list[Problem] = []

    def source(self) -> Source:
        """The source as declared."""
        entry, field = self.entry, self.field
        reading = self.reading()
        given = entry.get("from", field.name)
        elsewhere = not entry.keys().isdisjoint(("join", "constant", "numbered"))
        self.check_list()
        words = entry.get("null_words", self.declaration.data["null_words"])
        return Source(
            field=field,
            names=() if elsewhere else self.names("from", [given] if isinstance(given, str) else given),
            join=self.names("join", entry["join"]) if "join" in entry else (),
            joint=entry.get("with", "-"),
            numbered=self.names("numbered", self.numbered()) if "numbered" in entry else (),
            split=entry.get("split", ","),
            each=next((name.keys for name in self.names("each", [entry["each"]])), ()) if "each" in entry else (),
            constant=self.ours("constant", entry["constant"]) if "constant" in entry else None,
            required=entry.get("required", False),
            default=self.ours("default", entry["default"]) if "default" in entry else None,
            nulls=frozenset(text for word in words if (text := as_text(word)) is not None),
            read=reader(field, reading),
            integers=None if reading.values else field.type.integers(field, reading),
            texts=None if reading.values else field.type.texts(field, reading),
            exact=None if reading.values else field.type.exact(field, reading),
        )

    def numbered(self) -> list[str]:
        """The names for which {n} stands."""
        return [self.entry["numbered"].replace("{n}", str(number + 1)) for number in range(self.entry.get("most", 8))]

    def check_list(self) -> None:
        """What gathers a list needs a field that is one; a value map reads one value."""
        for key in ("numbered", "split", "each"):
            if key in self.entry and not self.field.type.listed:
                what = phrase("{key} gathers a list, and {name} is none", key=key, name=self.field.name)
                self.problem("ZC344", key, what=what, mend=phrase("give the field a list type, or take this away"))
        if "values" in self.entry and self.field.type.listed:
            what = phrase("{name} is a list, and a value map reads one value", name=self.field.name)
            self.problem("ZC344", "values", what=what, mend=phrase("take values away"))

    def names(self, key: str, given: Iterable[Any]) -> tuple[Name, ...]:
        """The partner's names under `key`; empty names are problems."""
        names = []
        for text in given:
            if not isinstance(text, str) or not all(text.split(".")):
                self.problem("ZC341", key, value=quoted(text))
                continue
            looked_up = text.lower() if self.declaration.data["ignore_case"] else text
            names.append(Name(text, tuple(looked_up.split("."))))
        if not names and not self.problems:
            self.problem("ZC341", key, value=phrase("an empty list"))
        return tuple(names)

    def reading(self) -> Reading:
        """How the partner writes it; what is at fault is left out."""
        unit, pattern, kind = self.entry.get("unit"), self.entry.get("pattern"), self.field.type
        units = [known for known in kind.units if known]
        if unit is not None and unit not in units:
            mend = instead(unit, units) if units else phrase("take unit away; the field has none")
            self.problem("ZC338", "unit", unit=unit, name=self.field.name, mend=mend)
            unit = None
        if pattern is not None and not kind.timed:
            self.problem("ZC339", "pattern", pattern=pattern, why=phrase("{name} is no time", name=self.field.name))
            pattern = None
        elif pattern is not None and (why := pattern_fault(pattern)):
            self.problem("ZC339", "pattern", pattern=pattern, why=why)
            pattern = None
        values = {text: self.ours("values", value, text) for text, value in self.entry.get("values", {}).items()}
        return Reading(unit=unit, pattern=pattern, values=values, zone=self.own.zone)

    def ours(self, key: str, value: Any, *inner: str) -> Any:
        """A value in our terms, in stored form; None with a problem."""
        try:
            return self.field.type.reader(self.field, self.own)(value)
        except ValueRefused as refusal:
            bound = refusal.values.get("bound")
            why = phrase(refusal.outcome.replace("_", " "))
            why = why if bound is None else phrase("{why}, the bound is {bound}", why=why, bound=bound)
            self.problem("ZC340", key, *inner, value=quoted(value), name=self.field.name, why=why)
            return None

    def problem(self, code: str, *path: str, **values: Any) -> None:
        """Note a problem at `path` inside the entry."""
        place = ("fields", self.field.name, *path)
        self.problems.append(self.declaration.problem(code, *place, **values))
