"""A statistic as the web interface asks it: a URL's question, the answer as plain data in shown terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.entity.calendar import shown as shown_time
from core.entity.path import known_paths
from core.entity.statistic import Statistic
from core.run.answer import Answer, Row, ask, shown_measure, shown_rows
from core.run.asker import allowed_statistic
from core.run.exporting import Exporting
from core.run.query import Params
from core.run.question import Question, from_url
from core.run.rights import Rights
from core.run.shown import moment
from core.run.snapshot import Snapshot
from core.run.words import NotAllowed, said
from core.store.store import Store


def statistic(rights: Rights, store: Store, id_: str, params: Params) -> dict[str, Any]:
    """The answer to a URL's question: `by`, `measure`, `within`, `compare`, `top`, `order`, `completeness`, `as_of`
    and conditions over whatever may stand in `by`. NotFound, NotAllowed, ZcError in words."""
    return plain(_asked(rights, store, id_, params), rights.snapshot)


def exporting(rights: Rights, store: Store, id_: str, params: Params) -> Exporting:
    """The same answer for a file. NotAllowed without the right to export."""
    entity = allowed_statistic(rights, id_).entity
    if not rights.may("export", entity.id):
        raise NotAllowed(said("no_right", title=entity.title, right=said("export")))
    return as_file(_asked(rights, store, id_, params, "export"), rights.snapshot)


def as_file(answer: Answer, snapshot: Snapshot) -> Exporting:
    """An answer for a file: texts in place of codes, changes beside measures, totals, and what it means as its note."""
    rows, totals = shown_rows(answer, snapshot)
    columns = [found for one in answer.columns for found in (_column(one), *_change_columns(answer, one))]
    names = [name for name, _, _ in columns]
    changed = [{**row, **_changes(answer, "rows", at)} for at, row in enumerate(rows)]
    told = (tuple(_text(answer, name, row[name]) for name in names) for row in changed)
    sums = {**totals, **_changes(answer, "totals")}
    sums.pop("why", None)
    return Exporting(columns, told, sums, "；".join(answer.definition["text"]))


def _column(column: Mapping[str, str]) -> tuple[str, str, bool]:
    return (column["name"], _heading(column), column["kind"] == "dimension")


def _change_columns(answer: Answer, column: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """A column for each change of a measure: amounts in percent, rates and shares in percentage points."""
    if column["kind"] != "measure":
        return []
    unit = said("points") if answer.statistic.measures[column["name"]].is_ratio else "%"
    return [
        (f"{column['name']}.{name}", f"{column['label']}{said(f'change_{name}')}({unit})", False)
        for name in answer.compared
    ]


def _changes(answer: Answer, part: str, at: int | None = None) -> Row:
    """{measure.comparison: change or None} of the totals, or of the row at a place."""
    changes: Row = {}
    for name, found in answer.compared.items():
        row = found[part] if at is None else found[part][at]
        for column in answer.columns:
            if column["kind"] == "measure":
                value = row[column["name"]]
                changes[f"{column['name']}.{name}"] = None if value is None else round(value, 2)
    return changes


def _asked(rights: Rights, store: Store, id_: str, params: Params, right: str = "see") -> Answer:
    told = allowed_statistic(rights, id_)
    return ask(rights, store, rights.snapshot, question_of(told, params, rights.snapshot), right)


def question_of(told: Statistic, params: Params, snapshot: Snapshot) -> Question:
    """The question of a URL to a statistic, whose conditions may be over whatever may stand in `by`."""
    names = (name for key in params for name in (key, key.rpartition(".")[0]))
    paths = known_paths(names, told, snapshot.entities)
    fields = {**told.fields, **{name: path.field for name, path in paths.items()}}
    return from_url(told, params, fields, snapshot)


def _heading(column: Mapping[str, str]) -> str:
    return f"{column['label']}({column['unit']})" if column["unit"] else column["label"]


def _text(answer: Answer, name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return said("yes" if value else "no")
    return answer.labels.get(name, {}).get(str(value), value)


def plain(answer: Answer, snapshot: Snapshot) -> dict[str, Any]:
    """{columns, rows, totals, steps, labels, compared, completeness, definition, as_of, current} in shown terms.

    A row's `why` says of each measure without a value why, in words; so does that of a change.
    """
    rows, totals = shown_rows(answer, snapshot)
    return {
        "columns": answer.columns,
        "rows": [_in_words(row) for row in rows],
        "totals": _in_words(totals),
        "steps": {
            name: [shown_time(name, one, snapshot.zone) for one in along] for name, along in answer.steps.items()
        },
        "labels": answer.labels,
        "compared": {name: _compared(answer, found, snapshot) for name, found in answer.compared.items()},
        "completeness": _completeness(answer, snapshot),
        "definition": answer.definition,
        "as_of": moment(answer.as_of, snapshot.zone),
        "current": answer.current,
    }


def _in_words(row: Row) -> Row:
    return row if "why" not in row else {**row, "why": {name: said(code) for name, code in row["why"].items()}}


def _compared(answer: Answer, found: Mapping[str, Any], snapshot: Snapshot) -> dict[str, Any]:
    """{window: {from, to}, until?, rows, totals}: changes to two decimals, and what they are changes from; `until` is
    the end of the last hour compared of today."""

    def shown(row: Row) -> Row:
        measures = answer.statistic.measures
        base = {
            name: None if value is None else shown_measure(measures[name], value, snapshot)
            for name, value in row["base"].items()
        }
        changes = {name: None if row[name] is None else round(row[name], 2) for name in base}
        return _in_words({**changes, "base": base, **({"why": row["why"]} if "why" in row else {})})

    window = {side: shown_time("day", day, snapshot.zone) for side, day in found["window"].items()}
    until = {"until": moment(found["until"], snapshot.zone)} if "until" in found else {}
    return {"window": window, **until, "rows": [shown(row) for row in found["rows"]], "totals": shown(found["totals"])}


def _completeness(answer: Answer, snapshot: Snapshot) -> dict[str, Any] | None:
    if answer.completeness is None:
        return None
    zone = snapshot.zone
    stations = [
        {**one, "last_received": one["last_received"] and moment(one["last_received"], zone)}
        for one in answer.completeness["stations"]
    ]
    return {**answer.completeness, "stations": stations}
