"""Operations on statistics: asking one, counting today, and comparing all of them with the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.declare.problem import ZcError
from core.entity.condition import All, Node, Test, fields
from core.entity.statistic import Statistic
from core.intake.category import Category
from core.intake.clock import civil_day
from core.run import records
from core.run.answer import ask, shown_rows
from core.run.question import Question
from core.run.shown import moment
from core.run.snapshot import Snapshot
from core.store.database import now_ms
from core.store.levels import MONTH_HOUR
from core.store.recount import LEVELS, Difference, Recounted
from core.store.scope import Scope
from core.store.store import Store

if TYPE_CHECKING:
    from core.run.live import Platform, Progress


def count(
    platform: Platform,
    _progress: Progress,
    *,
    statistic: str,
    by: Sequence[str] = (),
    measures: Sequence[str] = (),
    where: Mapping[str, Any] | None = None,
    within: str | None = None,
    order: str | None = None,
    top: int | None = None,
    scope: Scope | None = None,
) -> dict[str, Any]:
    """Figures of a statistic: {rows: [{dimension or measure: shown value}], columns: {name: heading}, current}.

    What may stand in each is said by core.run.question. Simulated records are left out unless the site declares demo;
    `current` is False while it is counted anew."""
    snapshot = platform.snapshot
    if statistic not in snapshot.statistics:
        known = ", ".join(sorted(snapshot.statistics)) or "none"
        raise ZcError(f"there is no statistic {statistic}", f"Known: {known}")
    question = Question(statistic, tuple(by), tuple(measures), where or {}, within, order=order, top=top)
    try:
        answer = ask(scope or Scope.whole(), platform.store, snapshot, question)
    except ZcError as error:
        raise ZcError(f"the question cannot be answered: {error.reason}", "Ask otherwise, or later") from error
    rows, _ = shown_rows(answer, snapshot)
    columns = {
        each["name"]: f"{each['label']}({each['unit']})" if each["unit"] else each["label"] for each in answer.columns
    }
    return {"rows": rows, "columns": columns, "current": answer.current}


def today(platform: Platform, _progress: Progress, *, category: str, scope: Scope | None = None) -> dict[str, Any]:
    """How many records of a category count today: {count_text}, from a statistic where one holds just its records,
    else counted up to a cap. All of them where the entity has no time."""
    snapshot = platform.snapshot
    said = snapshot.categories.get(category)
    if said is None:
        raise ZcError(f"there is no category {category}", f"Known: {', '.join(sorted(snapshot.categories))}")
    number = _counted_today(platform.store, snapshot, said, scope or Scope.whole())
    if number is not None:
        return {"count_text": f"{number:,}"}
    where = {"day": civil_day(snapshot.zone)(now_ms())} if said.entity.time else {}
    found = records.find(platform, _progress, category=category, where=where, only_count=True, scope=scope)
    return {"count_text": found["count_text"]}


def recount(platform: Platform, _progress: Progress) -> dict[str, Any]:
    """Compare every statistic with the records: {statistics: [{statistic, cells, records, differing, differences}],
    building: [{statistic, percent}]}."""
    return recounted(platform.store, platform.snapshot)


def recounted(store: Store, snapshot: Snapshot) -> dict[str, Any]:
    """The same where no server runs; the store is looked at, not changed."""
    return {
        "statistics": [_told(found, snapshot.zone) for found in store.statistics.recount(snapshot.statistics)],
        "building": [
            {"statistic": one.statistic, "percent": round(100 * one.done / one.until)}
            for one in store.statistics.progress()
        ],
    }


def _counted_today(store: Store, snapshot: Snapshot, category: Category, scope: Scope) -> int | None:
    """From a statistic of the same entity that counts the same records; None where none can tell."""
    condition = category.condition.at(now_ms())
    if category.voided:
        return None
    for statistic in snapshot.statistics.values():
        rest = _rest(statistic, category, condition)
        if rest is None:
            continue
        day = Test("day", "is", civil_day(snapshot.zone)(now_ms()))
        asked = All((day, rest, *_without_simulated(snapshot)))
        try:
            figures = store.statistics.ask(statistic, (), asked, scope, snapshot.entities)
        except ZcError:  # still being counted: the records tell
            continue
        if figures.current:
            return int(figures.rows[0]["count"]) if figures.rows else 0
    return None


def _rest(statistic: Statistic, category: Category, condition: Node) -> Node | None:
    """What of the category's condition is left to ask of the statistic's cells; None if they cannot tell."""
    if statistic.entity.id != category.entity.id:
        return None
    if statistic.condition == condition:
        return All(())
    told = set(fields(condition)) <= {"day", *statistic.plain}
    return condition if statistic.condition == All(()) and told else None


def _without_simulated(snapshot: Snapshot) -> tuple[Node, ...]:
    return () if snapshot.site["demo"] else (Test("provenance", "not", "simulated"),)


def _told(found: Recounted, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "statistic": found.statistic,
        "cells": found.cells,
        "records": found.records,
        "differing": found.differing,
        "differences": [_difference(one, zone) for one in found.differences],
    }


def _difference(one: Difference, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "cell": {**{name: value for name, value in one.cell.items() if name != "hour"}, **_hour(one.cell, zone)},
        "kept": list(one.kept) if one.kept is not None else None,
        "counted": list(one.counted) if one.counted is not None else None,
    }


def _hour(cell: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Which hour a cell is of: one of the day where it is a month's, a moment where it is an hour's."""
    if cell.get("level") == LEVELS[MONTH_HOUR]:
        return {"hour_of_day": cell["hour"]}
    return {"hour": moment(cell["hour"], zone)} if cell.get("hour") else {}
