"""The operation that loads records from a file: new ones are stored, known ones amended, each change an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.declare import wording
from core.declare.phrase import joined, phrase
from core.declare.problem import ZcError
from core.entity.condition import All
from core.entity.entity import Entity
from core.entity.field_type import ValueRefused
from core.entity.record import content_hash, key_hash
from core.intake.clock import civil_day
from core.intake.derive import rederive
from core.intake.outcomes import OUTCOMES
from core.intake.reply import render_outcome
from core.run.rows import read_fields
from core.run.sheet import rows_of
from core.store.database import now_ms
from core.store.request import Row, State, Write
from core.store.scope import Scope
from core.store.search import Search

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

CHUNK = 500
REASON = "load"


@dataclass
class Loaded:
    """How a load went; refused is [{line, message}]."""

    added: int = 0
    amended: int = 0
    same: int = 0
    voided: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """One good row of the file: its line, every column in stored form, the fields that the file names."""

    number: int
    values: dict[str, Any]
    named: frozenset[str]


@dataclass(frozen=True)
class Load:
    """One load under way."""

    platform: Platform
    entity: Entity
    who: str
    done: Loaded

    def refuse(self, line: int, message: str) -> None:
        """A row that is left out."""
        self.done.refused.append({"line": line, "message": message})

    def derive(self, records: list[dict[str, Any]]) -> None:
        """Fill the derived fields of records in stored form."""
        platform = self.platform
        owners = platform.snapshot.owners

        def fault(what: str, error: BaseException) -> None:
            platform.faults.note(owners.get(what, "?"), what, error)

        rederive(self.entity, records, platform.snapshot.derivers, fault)


def load(
    platform: Platform, progress: Progress, *, entity: str, name: str, data: str, replace: bool, who: str
) -> dict[str, Any]:
    """Load records from a CSV or JSON file (`data` is its bytes in hex): {added, amended, same, voided, refused}.

    A known key amends that record in the fields that the file names; with `replace`, records that the file does not
    name are voided. Rows that cannot be read are named and left out; then nothing is voided. ZcError, and nothing is
    changed, where the file as a whole cannot be meant so.
    """
    said = platform.snapshot.entities.get(entity)
    if said is None:
        raise ZcError(
            phrase("there is no entity {entity}", entity=entity),
            phrase("Known: {names}", names=", ".join(sorted(platform.snapshot.entities))),
        )
    work = Load(platform, said, who, Loaded())
    rows = rows_of(name, bytes.fromhex(data))
    if replace and not rows:
        raise ZcError(
            phrase("{name} has no rows, so --replace would void every {entity}", name=name, entity=entity),
            phrase("Nothing was changed; see the file."),
        )
    _refuse_unknown(said, name, rows)
    lines = _read(work, rows)
    for start in range(0, len(lines), CHUNK):
        _store(work, lines[start : start + CHUNK])
        if len(lines) > CHUNK:
            progress(phrase("{count} of {of} rows", count=min(start + CHUNK, len(lines)), of=len(lines)))
    if replace and not work.done.refused:
        _void_others(work, {tuple(line.values[key] for key in said.key) for line in lines})
    return asdict(work.done)


def _refuse_unknown(entity: Entity, name: str, rows: list[dict[str, Any]]) -> None:
    """ZcError where the file names what cannot be loaded: said once, not for each row."""
    wanted = {field: said for field, said in entity.fields.items() if not said.derived}
    unknown = [column for column in dict.fromkeys(column for row in rows for column in row) if column not in wanted]
    if unknown:
        meant = [
            phrase("'{near}' for '{column}'", near=near, column=column)
            for column in unknown
            if (near := wording.nearest(column, wanted))
        ]
        question = phrase("Did you mean {names}? ", names=joined(meant, "{one}, {other}")) if meant else ""
        raise ZcError(
            phrase(
                "{name} has columns that are no fields of {entity} to load: {names}",
                name=name,
                entity=entity.id,
                names=", ".join(unknown),
            ),
            phrase(
                "{question}Its fields: {wanted}. Nothing was changed.",
                question=question,
                wanted=wording.known(wanted, in_order=True),
            ),
        )


def _read(work: Load, rows: list[dict[str, Any]]) -> list[Line]:
    key = work.entity.key
    given = {text for row in rows if len(key) == 1 and (text := row.get(key[0]))}
    lines = []
    for number, row in enumerate(rows, start=2):
        try:
            lines.append(Line(number, read_row(work.platform, work.entity, row, given), frozenset(row)))
        except ValueRefused as refused:
            work.refuse(number, render_outcome(OUTCOMES[refused.outcome].message, refused.values))
    return lines


def read_row(platform: Platform, entity: Entity, row: Mapping[str, Any], given: set[str]) -> dict[str, Any]:
    """One row in our own terms as values of every column. ValueRefused names the field and what is wrong; `given`
    are keys of the same file, which its own rows may refer to."""
    snapshot, now = platform.snapshot, now_ms()
    values: dict[str, Any] = dict.fromkeys(entity.columns) | read_fields(entity, row, snapshot.zone)
    for name, said in entity.fields.items():
        if said.required and values[name] is None and (name in row or name in entity.key):
            raise ValueRefused("missing", field=name)
        if said.to is None or values[name] is None:
            continue
        is_own = said.to == entity.id and values[name] in given
        if not is_own and values[name] not in platform.store.keys(snapshot.entities[said.to]):
            raise ValueRefused("unknown_ref", field=name, value=values[name])
    return (
        values
        | civil(entity, {**values, "received_at": now}, snapshot.zone)
        | {
            "received_at": now,
            "provenance": "manual",
            "partner": "",
            "interface": "",
            "snapshot": snapshot.number,
        }
    )


def civil(entity: Entity, values: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """The day and the clock of a record that people enter: of its time, or of its receipt where it has none."""
    at = values[entity.time] if entity.time and values.get(entity.time) is not None else values["received_at"]
    return {"day": civil_day(zone)(at), "clock": "ok"}


def _store(work: Load, lines: list[Line]) -> None:
    entity, store = work.entity, work.platform.store
    known = store.ids_of(entity, [key_hash(entity, line.values) for line in lines])
    new = []
    for line in lines:
        record_id = known.get(key_hash(entity, line.values))
        if record_id is not None:
            _amend(work, line, record_id)
        elif absent := [name for name, said in entity.fields.items() if said.required and line.values[name] is None]:
            work.refuse(line.number, f"缺少 {absent[0]}")
        else:
            new.append(line)
    work.derive([line.values for line in new])
    write = Write(
        entity=entity,
        rows=[Row(line.values, key_hash(entity, line.values), content_hash(entity, line.values)) for line in new],
        refusals=[],
        partner="",
        interface="",
        snapshot=work.platform.snapshot.number,
        received_at=now_ms(),
        who=work.who,
    )
    for line, state in zip(new, store.writer.put(write).result().states, strict=True):
        if state is State.STORED:
            work.done.added += 1
        else:
            failed = state is State.FAILED
            work.refuse(line.number, "数据库拒绝了该行" if failed else "文件中前面的行已有同一编号")


def _amend(work: Load, line: Line, record_id: int) -> None:
    """Change what the file says otherwise, and derive again what depends on it."""
    entity, store = work.entity, work.platform.store
    stored = store.get(entity, record_id, Scope.whole(), work.platform.snapshot.entities) or {}
    changed = {
        name: line.values[name]
        for name, said in entity.fields.items()
        if name in line.named and not said.derived and name not in entity.key and stored[name] != line.values[name]
    }
    if entity.time in changed:
        changed |= {name: line.values[name] for name in ("day", "clock")}
    if stored.get("voided_at") is not None:
        work.refuse(line.number, "该编号的记录已作废，请另用编号")
    elif not changed:
        work.done.same += 1
    else:
        store.writer.amend(entity, record_id, changed, work.who, REASON).result()
        work.done.amended += 1
        judge_again(work, record_id, stored | changed, set(changed), REASON)


def judge_again(work: Load, record_id: int, record: dict[str, Any], changed: set[str], why: str) -> None:
    """Derive again what depends on the changed fields of a record in stored form."""
    inputs = {name for use in work.entity.derive for name in use.inputs.values()}
    if not inputs & changed:
        return
    work.derive([record])
    if record["pending"] is None:
        values = {name: record[name] for name in work.entity.derived}
        work.platform.store.writer.judge(work.entity, record_id, values, work.who, why).result()


def _void_others(work: Load, kept: set[tuple[Any, ...]]) -> None:
    entity, store = work.entity, work.platform.store
    after: str | None = None
    while True:
        search = Search(entity, All(()), columns=entity.key, limit=1000, after=after)
        found = store.search(search, Scope.whole(), work.platform.snapshot.entities)
        for row in found.rows:
            if tuple(row[key] for key in entity.key) not in kept:
                store.writer.void(entity, row["id"], work.who, f"{REASON} --replace").result()
                work.done.voided += 1
        after = found.after
        if after is None:
            return
