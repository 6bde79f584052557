"""Questions that nobody declared: any dimensions, measures and conditions over any entity that one may see.

What is asked is written as a statistic would be, so that it can be kept as one. A statistic in force that keeps just
that answers; all else is counted from the records by DuckDB.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from core.declare import loader
from core.declare.declaration import Declaration, Document
from core.declare.phrase import in_language
from core.declare.problem import Problem, ZcError
from core.declare.rules import Allowed
from core.declare.shape import shape
from core.entity.calendar import OF_HOURS
from core.entity.condition import Node, parse
from core.entity.condition import fields as fields_of
from core.entity.dimension import SYSTEM_DIMENSIONS
from core.entity.entity import Entity
from core.entity.path import known_paths
from core.entity.statistic import Statistic, ad_hoc
from core.run import composed
from core.run.answer import Answer, answered
from core.run.asker import Asker
from core.run.described import described
from core.run.exporting import Exporting
from core.run.figuring import as_file, plain, question_of
from core.run.query import Params, names, one
from core.run.question import Question
from core.run.rights import Rights
from core.run.sight import sight
from core.run.snapshot import Snapshot
from core.run.words import NotAllowed, NotFound, said
from core.store.asked import Asked, Figures
from core.store.columnar import Columnar
from core.store.database import now_ms
from core.store.levels import Window
from core.store.scope import Scope
from core.store.store import Store

ID = "ad_hoc"
FILE = "临时统计"
MOST_TEXT = 20_000


@dataclass(frozen=True, kw_only=True)
class AdHoc(Asker):
    """One question under way to a statistic that nothing keeps."""

    declared: Statistic
    columnar: Columnar

    @cached_property
    def statistic(self) -> Statistic:
        """What is asked. NotAllowed where its entity may not be seen."""
        if not self.seen.may("see", self.declared.entity.id):
            raise NotAllowed(said("no_see", title=self.declared.entity.title))
        return self.declared

    @property
    def used_besides(self) -> Sequence[str]:
        """The fields of the conditions on records: whoever asks says here which records count."""
        return tuple(name for name in fields_of(self.declared.condition) if name in self.declared.entity.fields)

    def figures(self, window: Window | None, by: Sequence[str] | None = None) -> tuple[Figures, bool]:
        """From a statistic that keeps them, else from the records."""
        asked = self.asked(window, by)
        entities = self.snapshot.entities
        for statistic in self.snapshot.statistics.values():
            if keeps(statistic, self.declared, asked):
                try:
                    figures, current = self.store.statistics.figures(statistic, asked, entities)
                except ZcError:  # still being counted: the records tell
                    continue
                if current:
                    return figures, True
        return self.columnar.figures(self.declared, asked, entities), True


def ask_ad_hoc(
    seen: Rights | Scope,
    store: Store,
    columnar: Columnar,
    snapshot: Snapshot,
    declared: Statistic,
    question: Question,
    right: str = "see",
) -> Answer:
    """The answer to a question to an undeclared statistic, as an account, about the rows for which it has the right, or
    as whoever sees a scope unveiled. NotAllowed, NoDuckDB, TooLong, ZcError in words."""
    sees = sight(seen, snapshot)
    return answered(AdHoc(sees, store, question, right, declared=declared, columnar=columnar))


def keeps(statistic: Statistic, declared: Statistic, asked: Asked) -> bool:
    """Whether the cells of a statistic answer just what is asked of the records."""
    if statistic.entity.id != declared.entity.id or statistic.condition != declared.condition:
        return False
    if any(entity == declared.entity.id for clause in asked.scope.clauses for entity, _ in clause):
        return False  # cells do not tell whose own records they are
    edges = (asked.window.start, asked.window.end) if asked.window is not None else (None, None)
    hourly = bool(asked.used & OF_HOURS) or edges != (None, None)
    distinct = {part.column for part in asked.parts if part.distinct}
    if hourly and (statistic.grain != "hour" or distinct):
        return False
    shapes = {shape.name: shape for shape in statistic.shapes}
    wanted = {shape.name: shape for shape in declared.shapes}
    needed = {*asked.used, *(through.ref for through in asked.through.values())} & set(wanted)
    kept = {part.column for part in asked.parts if not part.distinct} | {"count"}
    same = all(shapes.get(name) == wanted[name] for name in needed)
    return same and kept <= set(statistic.kept) and distinct <= set(statistic.distinct)


def declared_in(text: str, snapshot: Snapshot, by: Sequence[str] = (), now: int | None = None) -> Statistic:
    """The statistic of a text written as one; what `by` names beside it counts as dimensions too. ZcError in words
    with what is wrong first."""
    if len(text) > MOST_TEXT:
        raise ZcError(said("not_read", why=f"{MOST_TEXT:,}"))
    document, problems = loader.load(FILE, text.encode("utf-8", "surrogatepass"))
    if document is None or not isinstance(document.data, dict):
        raise _unread(problems)
    entity = snapshot.entities.get(str(document.data.get("entity")))
    if entity is None:
        raise NotFound(said("unknown_entity", id=document.data.get("entity")))
    declaration = _shaped(_with_dimensions(document, entity, by), snapshot)
    condition = _condition(declaration, entity, snapshot, now_ms() if now is None else now)
    dictionaries = snapshot.reading.declarations.get("dictionary", {})
    made, problems = ad_hoc(declaration, entity, snapshot.zone, dictionaries, condition)
    if made is None:
        raise _unread(problems)
    return made


def _with_dimensions(document: Document, entity: Entity, by: Sequence[str]) -> Document:
    """The document with the fields that `by` names, or begins a path with, among its dimensions."""
    listed = document.data.get("dimensions", [])
    if not isinstance(listed, list):
        return document
    fields = {name.partition(".")[0] for name in by} & {*entity.fields, *SYSTEM_DIMENSIONS}
    more = sorted(name for name in fields if name not in listed)
    return replace(document, data={**document.data, "dimensions": [*listed, *more]})


def _shaped(document: Document, snapshot: Snapshot) -> Declaration:
    raw = Declaration("statistic", ID, {"title": FILE, **document.data}, document, "home")
    shaped = shape(raw, snapshot.reading.kinds["statistic"].schema, Allowed())
    if shaped.problems:
        raise _unread(shaped.problems)
    return shaped.declaration


def _condition(declaration: Declaration, entity: Entity, snapshot: Snapshot, now: int) -> Node:
    """Any condition of the grammar: its windows are those of the moment, since nothing is kept."""
    node, faults = parse(declaration.data["where"], entity, snapshot.zone, now)
    if faults or node is None:
        raise _unread([declaration.problem(code, "where", *path, **values) for path, code, values in faults])
    return node


def _unread(problems: Sequence[Problem]) -> ZcError:
    first = problems[0] if problems else None
    return ZcError(said("not_read", why=in_language(first.what, "zh") if first else ""))


@dataclass(frozen=True)
class Undeclared:
    """An account's questions that nobody declared."""

    rights: Rights
    store: Store
    columnar: Columnar

    def figures(self, params: Params) -> dict[str, Any]:
        """The answer to a URL, with `declared`, what it asks as YAML, and of each dimension what is said of its field.
        `ask` is the statistic as YAML, all else as for a declared one; without it `entity`, measures and conditions
        pick one."""
        answer, text = self._answer(params)
        told, by = answer.statistic, answer.question.by
        paths = known_paths(by, told, self.rights.snapshot.entities)
        fields = [paths[name].field if name in paths else told.fields[name] for name in by]
        shown = [described(self.rights, field) for field in fields]
        return plain(answer, self.rights.snapshot) | {"declared": text, "dimensions": shown}

    def exporting(self, params: Params) -> Exporting:
        """The same for a file. NotAllowed without the right to export."""
        return as_file(self._answer(params, "export")[0], self.rights.snapshot)

    def offered(self, params: Params) -> dict[str, Any]:
        """What one may pick, of the entity that the URL names."""
        return composed.offered(self.rights, self.store, one(params, "entity"))

    def _answer(self, params: Params, right: str = "see") -> tuple[Answer, str]:
        """The answer, and what was asked as a declaration."""
        snapshot, text = self.rights.snapshot, one(params, "ask")
        if text is None:
            text = composed.written(self.rights, self.store, params)
            params = composed.asked_of(params)
        asked_by = [key.partition(".")[0] for key in params]
        declared = declared_in(text, snapshot, (*names(params, "by"), *asked_by))
        entity = declared.entity
        if self.rights.may("see", entity.id) and not self.rights.may(right, entity.id):
            raise NotAllowed(said("no_right", title=entity.title, right=said(right)))
        question = question_of(declared, params, snapshot)
        return ask_ad_hoc(self.rights, self.store, self.columnar, snapshot, declared, question, right), text
