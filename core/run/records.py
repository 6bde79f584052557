"""Operations on records: find them, load them from a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec

from core.declare.problem import ZcError
from core.entity.condition import All, Node, Test, parse
from core.entity.entity import SYSTEM_COLUMNS, Entity, Field
from core.entity.field_type import ValueRefused
from core.entity.record import content_hash, key_hash
from core.entity.system import all_fields
from core.intake.category import Category
from core.intake.clock import civil_day
from core.intake.outcomes import OUTCOMES
from core.intake.reply import render_outcome
from core.run.rows import read_fields
from core.run.shown import shown
from core.store.database import now_ms
from core.store.request import Row, State, Write
from core.store.scope import Scope
from core.store.search import Search

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

COUNT_CAP = 10_000
LOAD_CHUNK = 500


def find(
    platform: Platform,
    _progress: Progress,
    *,
    category: str,
    where: Mapping[str, Any] | None = None,
    limit: int = 100,
    after: str | None = None,
    only_count: bool = False,
    newest: bool = False,
    scope: Scope | None = None,
    sandbox: bool = False,
) -> dict[str, Any]:
    """Records of a category, the one door for asking: {records, columns: {name: heading}, labels: {ref field: {key:
    what is shown for it}}, count, capped, count_text, after}. A record has id, the category's columns and the columns
    that every record has. `newest` sorts by arrival, the last stored first, whatever the device's clock said.

    `where` is a condition over the category's filters, in shown terms. Simulated rows are left out unless the site
    declares demo. With `sandbox` those of the sandbox are asked for. `scope` is the whole city where the caller is the operator at the machine.
    """
    snapshot = platform.snapshot
    said = snapshot.categories.get(category)
    if said is None:
        raise ZcError(f"there is no category {category}", f"Known: {', '.join(sorted(snapshot.categories))}")
    condition = condition_of(said, where or {}, snapshot.zone, snapshot.site["demo"])
    search = Search(
        entity=said.entity,
        condition=condition,
        columns=tuple(dict.fromkeys((*said.columns, *SYSTEM_COLUMNS))),
        sort=("-id",) if newest else said.sort,
        limit=limit,
        after=after,
        voided=said.voided,
    )
    allowed = scope or Scope.whole()
    store = platform.sandbox.store() if sandbox else platform.store
    count = store.count(search, allowed, snapshot.entities, cap=COUNT_CAP)
    text = f"≥ {COUNT_CAP:,}" if count.capped else f"{count.number:,}"
    if only_count:
        return {"count": count.number, "capped": count.capped, "count_text": text}
    found = store.search(search, allowed, snapshot.entities)
    records = [shown(said.entity, row, snapshot.zone) for row in found.rows]
    wanted = {"id", *said.columns, *SYSTEM_COLUMNS}
    return {
        "records": [{name: value for name, value in record.items() if name in wanted} for record in records],
        "columns": {name: heading(all_fields(said.entity)[name]) for name in said.columns},
        "labels": labels_of(platform, said.entity, records),
        "count": count.number,
        "capped": count.capped,
        "count_text": text,
        "after": found.after,
    }


def heading(field: Field) -> str:
    """A column's heading: the label, with the unit that values are shown in."""
    return f"{field.label}({field.type.shown})" if field.type.shown else field.label


def labels_of(platform: Platform, entity: Entity, records: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """For each ref field, what is shown for the keys that the records have."""
    entities = platform.snapshot.entities
    labels = {}
    for name, field_ in entity.fields.items():
        to = entities.get(field_.to or "")
        keys = {record[name] for record in records if record.get(name) is not None}
        if to is None or to.show is None or not keys:
            continue
        search = Search(to, Test(to.key[0], "in", tuple(keys)), columns=(to.key[0], to.show), limit=len(keys))
        rows = platform.store.search(search, Scope.whole(), entities).rows
        labels[name] = {row[to.key[0]]: str(row[to.show]) for row in rows if row[to.show] is not None}
    return labels


def condition_of(category: Category, where: Mapping[str, Any], zone: ZoneInfo, demo: bool) -> Node:
    """The category's own condition and the caller's; ZcError where the caller's is not of the grammar."""
    node, errors = parse(where, category.entity, zone, now_ms(), fields=category.filters)
    if errors or node is None:
        said = "; ".join(f"{'.'.join(map(str, path))}: {values}" for path, _, values in errors)
        raise ZcError(f"the condition cannot be used: {said}", f"Fields: {', '.join(category.filters)}")
    parts = [category.condition.at(now_ms()), node]
    if not demo:
        parts.append(Test("provenance", "not", "simulated"))
    return All(tuple(parts))


@dataclass
class Loaded:
    """How a load went."""

    added: int = 0
    amended: int = 0
    same: int = 0
    voided: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)


def load(
    platform: Platform, progress: Progress, *, entity: str, name: str, data: str, replace: bool, who: str
) -> dict[str, Any]:
    """Load records from a CSV or JSON file (`data` is its bytes in hex). A known key amends the record; with
    `replace`, records that the file does not name are voided. Rows that cannot be read are named and left out."""
    snapshot = platform.snapshot
    said = snapshot.entities.get(entity)
    if said is None:
        raise ZcError(f"there is no entity {entity}", f"Known: {', '.join(sorted(snapshot.entities))}")
    rows = rows_of(name, bytes.fromhex(data))
    loaded = Loaded()
    given = {text for row in rows if len(said.key) == 1 and (text := row.get(said.key[0]))}
    good: list[tuple[int, dict[str, Any]]] = []
    for line, row in enumerate(rows, start=2):
        try:
            values = read_row(platform, said, row, given)
        except ValueRefused as refused:
            message = render_outcome(OUTCOMES[refused.outcome].message, refused.values)
            loaded.refused.append({"line": line, "message": message})
        else:
            good.append((line, values))
    for start in range(0, len(good), LOAD_CHUNK):
        _store(platform, said, good[start : start + LOAD_CHUNK], who, loaded)
        progress(f"{min(start + LOAD_CHUNK, len(good))} of {len(good)} rows")
    if replace and not loaded.refused:
        _void_others(platform, said, {tuple(values[key] for key in said.key) for _, values in good}, who, loaded)
    return loaded.__dict__


def rows_of(name: str, data: bytes) -> list[dict[str, Any]]:
    """The rows of a CSV file with a heading line (UTF-8, or GB18030 as Excel writes it) or of a JSON list."""
    if name.endswith(".json"):
        try:
            return msgspec.json.decode(data, type=list[dict[str, Any]])
        except msgspec.DecodeError as error:
            raise ZcError(f"{name} is no JSON list of objects", "Write [{…}, {…}] in UTF-8.") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    return [{key: value for key, value in row.items() if key} for row in csv.DictReader(io.StringIO(text))]


def read_row(platform: Platform, entity: Entity, row: Mapping[str, Any], given: set[str]) -> dict[str, Any]:
    """One row in our own terms as values of every column. ValueRefused names the field and what is wrong; `given`
    are keys of the same file, which its own rows may refer to."""
    snapshot, now = platform.snapshot, now_ms()
    values: dict[str, Any] = dict.fromkeys(entity.columns) | read_fields(entity, row, snapshot.zone)
    for name, said in entity.fields.items():
        if said.required and values[name] is None:
            raise ValueRefused("missing", field=name)
        if said.to is None or values[name] is None:
            continue
        is_own = said.to == entity.id and values[name] in given
        if not is_own and values[name] not in platform.store.keys(snapshot.entities[said.to]):
            raise ValueRefused("unknown_ref", field=name, value=values[name])
    at = values[entity.time] if entity.time else None
    return values | {
        "day": civil_day(snapshot.zone)(now if at is None else at),
        "clock": "ok",
        "received_at": now,
        "provenance": "manual",
        "partner": "",
        "interface": "",
        "snapshot": snapshot.number,
    }


def _store(
    platform: Platform, entity: Entity, rows: list[tuple[int, dict[str, Any]]], who: str, loaded: Loaded
) -> None:
    known = platform.store.ids_of(entity, [key_hash(entity, values) for _, values in rows])
    new = []
    for line, values in rows:
        id_ = known.get(key_hash(entity, values))
        if id_ is None:
            new.append((line, values))
        else:
            _amend(platform, entity, line, id_, values, who, loaded)
    write = Write(
        entity=entity,
        rows=[Row(values, key_hash(entity, values), content_hash(entity, values)) for _, values in new],
        refusals=[],
        partner="",
        interface="",
        snapshot=platform.snapshot.number,
        received_at=now_ms(),
    )
    written = platform.store.writer.put(write).result()
    for (line, _), state in zip(new, written.states, strict=True):
        if state is State.STORED:
            loaded.added += 1
        else:
            message = "数据库拒绝了该行" if state is State.FAILED else "文件中前面的行已有同一编号"
            loaded.refused.append({"line": line, "message": message})


def _amend(
    platform: Platform, entity: Entity, line: int, id_: int, values: dict[str, Any], who: str, loaded: Loaded
) -> None:
    stored = platform.store.get(entity, id_, Scope.whole(), platform.snapshot.entities) or {}
    changed = {
        name: values[name]
        for name, said in entity.fields.items()
        if not said.derived and name not in entity.key and stored.get(name) != values[name]
    }
    if stored.get("voided_at") is not None:
        loaded.refused.append({"line": line, "message": "该编号的记录已作废，请另用编号"})
    elif changed:
        platform.store.writer.amend(entity, id_, changed, who, "load").result()
        loaded.amended += 1
    else:
        loaded.same += 1


def _void_others(platform: Platform, entity: Entity, kept: set[tuple[Any, ...]], who: str, loaded: Loaded) -> None:
    search = Search(entity=entity, condition=All(()), columns=entity.key, sort=(), limit=1000)
    while True:
        found = platform.store.search(search, Scope.whole(), platform.snapshot.entities)
        for row in found.rows:
            if tuple(row[key] for key in entity.key) not in kept:
                platform.store.writer.void(entity, row["id"], who, "load --replace").result()
                loaded.voided += 1
        if found.after is None:
            return
        search = Search(entity=entity, condition=All(()), columns=entity.key, sort=(), limit=1000, after=found.after)
