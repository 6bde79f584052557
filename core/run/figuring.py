"""Asking a statistic as one account: rows by dimensions, measures in shown terms, with what stands for each code."""

from __future__ import annotations

from typing import Any

from core.declare.problem import ZcError
from core.entity.condition import All, Node, Test
from core.entity.statistic import Statistic
from core.entity.types.time import epoch_ms, moment
from core.entity.window import window
from core.run.labels import labels_of
from core.run.query import Params, asked, names, one
from core.run.rights import Rights
from core.run.shown import moment as shown_moment
from core.run.statistics import shown_figures
from core.run.words import NotAllowed, NotFound, said
from core.store.database import now_ms
from core.store.store import Store

COUNT = "count"
HOURLY = ("hour", "minute")
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MOST_STEPS = 1000


def statistic(rights: Rights, store: Store, id_: str, params: Params) -> dict[str, Any]:
    """{rows: [{dimension …, count, sum …}], steps, labels, as_of, current}. A measure is named as the field it sums.
    `steps` has every day or hour of the window up to now, those without records too, where one asks by it.

    `by` names dimensions, `measure` count or summed fields (all where none is named), `within` a window; the rest are
    conditions over the dimensions. NotFound, NotAllowed, ZcError in words.
    """
    told = allowed_statistic(rights, id_)
    entity = told.entity
    by, measures = _known(names(params, "by"), told.fields, "unknown_dimension"), _measures(params, told)
    question = asked(params, entity, told.fields, rights.snapshot.zone)
    used = (*by, *question.fields, *(name for name in measures if name != COUNT))
    scope = rights.narrowed(entity, [name for name in used if name in entity.fields])
    if scope.is_nothing:
        label = next(entity.fields[name].label for name in used if not rights.is_plain(entity, name))
        raise NotAllowed(said("no_field", field=label))
    simulated = () if rights.snapshot.site["demo"] else (Test("provenance", "not", "simulated"),)
    condition = All((question.node, *_within(rights, told, one(params, "within")), *simulated))
    try:
        figures = store.statistics.ask(told, by, condition, scope, rights.snapshot.entities)
    except ZcError as error:
        raise ZcError(said("still_counting")) from error
    rows = shown_figures(figures.rows, told, by, rights.snapshot.zone)
    kept = [{**{name: row[name] for name in by}, **{name: row[_column(name)] for name in measures}} for row in rows]
    return {
        "rows": kept,
        "steps": _steps(rights, told, by, one(params, "within")),
        "labels": labels_of(rights, store, entity, kept),
        "as_of": shown_moment(now_ms(), rights.snapshot.zone),
        "current": figures.current,
    }


def allowed_statistic(rights: Rights, id_: str) -> Statistic:
    """The statistic, if the account may see its entity. NotFound, NotAllowed."""
    found = rights.snapshot.statistics.get(id_)
    if found is None:
        raise NotFound(said("unknown_statistic", id=id_))
    if not rights.may("see", found.entity.id):
        raise NotAllowed(said("no_see", title=found.entity.title))
    return found


def _column(measure: str) -> str:
    return measure if measure == COUNT else f"sum_{measure}"


def _measures(params: Params, told: Statistic) -> tuple[str, ...]:
    known = (COUNT, *told.sums)
    return _known(names(params, "measure"), known, "unknown_measure") or known


def _known(wanted: tuple[str, ...], known: Any, words: str) -> tuple[str, ...]:
    for name in wanted:
        if name not in known:
            raise ZcError(said(words, name=name, known="、".join(known)))
    return wanted


def _steps(rights: Rights, told: Statistic, by: tuple[str, ...], text: str | None) -> dict[str, list[Any]]:
    """{day or hour: its shown values}, in order; {} without a window, or where it has more than anyone looks at."""
    grain = next((name for name in ("hour", "day") if name in by), None)
    if grain is None or text is None:
        return {}
    zone, now = rights.snapshot.zone, now_ms()
    start, end = window(text, zone, now)
    end = min(end, now + 1)
    if end - start > MOST_STEPS * (HOUR_MS if grain == "hour" else DAY_MS):
        return {}
    if not (told.grain == "hour" and any(word in text for word in HOURLY)):  # asked by whole days, as _within does
        start = epoch_ms(moment(start, zone).replace(hour=0, minute=0, second=0, microsecond=0))
    hours = range(start - start % HOUR_MS, end, HOUR_MS)
    stored = [*hours] if grain == "hour" else dict.fromkeys(int(f"{moment(ms, zone):%Y%m%d}") for ms in hours)
    return {grain: [row[grain] for row in shown_figures([{grain: step} for step in stored], told, (grain,), zone)]}


def _within(rights: Rights, told: Statistic, text: str | None) -> tuple[Node, ...]:
    """A window as civil days; one of hours as hours where the statistic has them."""
    if text is None:
        return ()
    zone = rights.snapshot.zone
    try:
        start, end = window(text, zone, now_ms())
    except ValueError:
        raise ZcError(said("bad_value", name="within", value=text)) from None
    if told.grain == "hour" and any(word in text for word in HOURLY):
        return (Test("hour", "from", start - start % 3_600_000), Test("hour", "below", end))
    days = [int(f"{moment(ms, zone):%Y%m%d}") for ms in (start, end - 1)]
    return (Test("day", "between", (days[0], days[1])),)
