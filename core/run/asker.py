"""One question under way: what its names stand for, what may be asked of whom, the parts of its measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from core.declare.problem import ZcError
from core.entity.condition import All, Node, Test, parse
from core.entity.condition import fields as fields_of
from core.entity.entity import Field
from core.entity.mask import KEPT
from core.entity.measure import Measure
from core.entity.node import mapped
from core.entity.path import Path, known_paths, named
from core.entity.statistic import Statistic
from core.entity.window import HOURLY, window
from core.run.measured import Measured
from core.run.question import Question
from core.run.sight import Sight
from core.run.snapshot import Snapshot
from core.run.through import Register
from core.run.words import NotAllowed, NotFound, said
from core.store.asked import Asked, Figures, Through
from core.store.database import now_ms
from core.store.levels import Window, window_of
from core.store.scope import Scope
from core.store.store import Store

AS_OF = ("now", "day")


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
    right: str = "see"

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
    def paths(self) -> Mapping[str, Path]:
        """The paths through refs that the question names."""
        names = (*self.question.by, *named(self.question.where))
        return known_paths(names, self.statistic, self.snapshot.entities)

    @cached_property
    def fields(self) -> Mapping[str, Field]:
        """What may be asked by."""
        return {**self.statistic.fields, **{name: path.field for name, path in self.paths.items()}}

    @cached_property
    def as_of(self) -> str:
        """Whether paths follow the register of now or of the day."""
        as_of = self.question.as_of or self.statistic.as_of
        if as_of not in AS_OF:
            raise ZcError(said("bad_value", name="as_of", value=as_of))
        return as_of

    @cached_property
    def register(self) -> Register:
        """What the paths lead through."""
        return Register(self.seen, self.store, daily=self.as_of == "day")

    @cached_property
    def through(self) -> Mapping[str, Through]:
        """What the paths lead to."""
        return {name: self.register.through(path) for name, path in self.paths.items()}

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
    def asked_for(self) -> Node:
        """The question's condition."""
        fields = self.fields
        node, faults = parse(dict(self.question.where), self.statistic.entity, self.snapshot.zone, self.now, fields)
        if faults or node is None:
            path, _, values = faults[0]
            name = str(path[0]) if path else "where"
            if name not in fields:
                raise ZcError(said("unknown_filter", name=name, known="、".join(fields)))
            raise ZcError(said("bad_value", name=fields[name].label, value=values.get("value", "")))
        return node

    @cached_property
    def condition(self) -> Node:
        """The same, subtrees as their keys, without simulated records unless the site declares demo."""
        simulated = () if self.snapshot.site["demo"] else (Test("provenance", "not", "simulated"),)
        return All((mapped(self.asked_for, self._expanded), *simulated))

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """The window as it was asked, UTC milliseconds, half-open."""
        within = self.question.within
        if not isinstance(within, str):
            return within or (0, 0)
        try:
            return window(within, self.snapshot.zone, self.now)
        except ValueError:
            raise ZcError(said("bad_value", name="within", value=within)) from None

    @cached_property
    def window(self) -> Window | None:
        """The window as cells have it; None for all there is."""
        within, hourly = self.question.within, self.statistic.grain == "hour"
        if within is None:
            return None
        if isinstance(within, str):
            hourly = hourly and any(word in within for word in HOURLY)
        return window_of(*self.bounds, self.snapshot.zone, hourly)

    @property
    def of_days(self) -> bool:
        """Whether the window is of whole days."""
        return self.window is None or (self.window.start, self.window.end) == (None, None)

    @cached_property
    def scope(self) -> Scope:
        """The rows about which all this may be asked. NotAllowed where there are none for the sake of a field."""
        entity = self.statistic.entity
        asked = {*self.by, *fields_of(self.condition)}
        used = [name for each in asked for name in self._sources(each)]
        used += [name for each in self.measured.wanted for name in self._fields_of(self.statistic.measures[each])]
        used += self.used_besides
        found = self.seen.narrowed(entity, dict.fromkeys(used), self.right)
        if found.is_nothing:
            label = next((entity.fields[name].label for name in used if not self._is_plain(name)), "")
            raise NotAllowed(said("no_field", field=label))
        return found

    @property
    def used_besides(self) -> Sequence[str]:
        """Fields of the entity that the answer tells of beside what the question names: none, since whoever declares a
        statistic says which records count."""
        return ()

    def asked(self, window: Window | None, by: Sequence[str] | None) -> Asked:
        """What is asked of a window, by group."""
        return Asked(
            by=self.by if by is None else tuple(by),
            parts=self.measured.parts,
            scope=self.scope,
            window=window,
            condition=self.condition,
            through=self.through,
            zone=self.snapshot.zone,
        )

    def figures(self, window: Window | None, by: Sequence[str] | None = None) -> tuple[Figures, bool]:
        """The parts of the measures in a window, by group, and whether they are current."""
        asked = self.asked(window, by)
        try:
            return self.store.statistics.figures(self.statistic, asked, self.snapshot.entities)
        except ZcError as error:
            raise ZcError(said("still_counting")) from error

    def total(self, window: Window | None, figures: Figures) -> list[Any]:
        """The parts of the whole question; different values are counted anew, since they do not add up."""
        if not self.measured.has_distinct or not self.by:
            return self.measured.total(figures)
        return self.whole(window)

    def whole(self, window: Window | None) -> list[Any]:
        """The parts of a window, all rows together."""
        return next(iter(self.figures(window, ())[0].values()))

    def _expanded(self, test: Test) -> Node:
        """A subtree that a path should lead into as the keys in it."""
        path = self.paths.get(test.field)
        if path is None or test.operator != "within_tree":
            return test
        to = self.snapshot.entities[str(path.field.to)]
        return Test(test.field, "in", tuple(sorted(self.register.under(to, test.value))))

    def _sources(self, name: str) -> list[str]:
        """The entity's fields that a dimension tells of; none where a mask leaves as much of it as the dimension."""
        name = self.paths[name].ref if name in self.paths else name
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
