"""Records entered, changed and set aside by people: validated by their field types, through the writer's verbs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cerberus import Validator
from cerberus.schema import UnvalidatedSchema

from core.declare.problem import ZcError
from core.entity.entity import Entity, Field
from core.entity.field_type import Reading, ValueRefused
from core.entity.record import content_hash, key_hash
from core.intake.outcomes import OUTCOMES
from core.intake.reply import render_outcome
from core.run import told
from core.run.loading import Load, Loaded, civil, judge_again
from core.run.rights import Rights
from core.run.veil import Veil
from core.run.words import Conflict, NotAllowed, NotFound, Outdated, RecordRefused, said
from core.store.database import now_ms
from core.store.events import version_of
from core.store.request import Row, State, Write
from core.store.scope import Scope
from core.store.verbs import OtherVersion

if TYPE_CHECKING:
    from core.run.live import Platform

Values = Mapping[str, Any]


def add(platform: Platform, rights: Rights, entity_id: str, values: Values) -> int:
    """A new record of shown values; its id. NotAllowed, RecordRefused, Conflict where the key is taken."""
    entity = entity_with(rights, entity_id, "add")
    veil = Veil(rights, platform.store, entity)
    read = _read(platform, rights, entity, values)
    absent = [name for name, field in entity.fields.items() if field.required and read.get(name) is None]
    if absent:
        refuse({name: _missing(entity.fields[name]) for name in absent})
    for name in read:
        if not veil.is_there(name):
            raise NotAllowed(said("field_denied", field=entity.fields[name].label))
    record = dict.fromkeys(entity.columns) | read | _system(rights, entity, read)
    scope = Scope.all_of([rights.scope(entity_id), rights.scope(entity_id, "add")])
    if not platform.store.would_hold(entity, record, scope, rights.snapshot.entities):
        raise NotAllowed(said("out_of_scope"))
    Load(platform, entity, rights.account.login, Loaded()).derive([record])
    return _store(platform, rights, entity, record)


def amend(
    platform: Platform,
    rights: Rights,
    entity_id: str,
    record_id: int,
    values: Values,
    why: str,
    version: int | None = None,
) -> None:
    """Change a record in these fields, and derive again what depends on them. Fields that the account does not see as
    they are, and keys, cannot be changed, and the record may not leave the account's scope. Outdated where a `version`
    is given and somebody amended the record since it was that."""
    entity, why = entity_with(rights, entity_id, "amend"), _reason(why)
    stored = stored_record(platform, rights, entity, record_id, "amend")
    _refuse_outdated(platform, rights, entity, record_id, version)
    read = _read(platform, rights, entity, values)
    changed = {name: value for name, value in read.items() if stored[name] != value}
    if not changed:
        raise ZcError(said("nothing_changed"))
    levels = Veil(rights, platform.store, entity).levels([record_id])[record_id]
    for name in changed:
        if name in levels:
            raise NotAllowed(said("field_denied", field=entity.fields[name].label))
        if name in entity.key:
            raise RecordRefused([{"field": name, "text": said("key_fixed", field=entity.fields[name].label)}])
    absent = [name for name, value in changed.items() if value is None and entity.fields[name].required]
    if absent:
        refuse({name: _missing(entity.fields[name]) for name in absent})
    scope = Scope.all_of([rights.scope(entity_id), rights.scope(entity_id, "amend")])
    if not platform.store.would_hold(entity, stored | changed, scope, rights.snapshot.entities):
        raise NotAllowed(said("out_of_scope"))
    if entity.time in changed:
        changed |= civil(entity, stored | changed, rights.snapshot.zone)
    who = rights.account.login
    try:
        platform.store.writer.amend(entity, record_id, changed, who, why, version).result()
    except OtherVersion:
        _refuse_outdated(platform, rights, entity, record_id, version)
        raise
    judge_again(Load(platform, entity, who, Loaded()), record_id, stored | changed, set(changed), why)


def _refuse_outdated(platform: Platform, rights: Rights, entity: Entity, record_id: int, version: int | None) -> None:
    """Outdated, with what changed since, where the record has another version."""
    happened = platform.store.events.of(entity.id, record_id)
    if version is None or version_of(happened) == version:
        return
    veil = Veil(rights, platform.store, entity)
    levels = veil.levels([record_id])[record_id]
    since = [event for event in happened if event.verb == "amended" and event.id > version]
    changes = [told.told(veil, event, levels) for event in since]
    lines = [
        said("amended_by", who=one["who"], at=one["at"][:19].replace("T", " "), fields=_labels(one["changes"]))
        for one in changes
    ]
    raise Outdated(said("record_amended", lines="；".join(lines)), changes)


def _labels(changes: list[dict[str, str]]) -> str:
    return "、".join(one["label"] for one in changes) or said("other_fields")


def void(platform: Platform, rights: Rights, entity_id: str, record_id: int, why: str) -> None:
    """Set a record aside; what refers to it stays."""
    entity, why = entity_with(rights, entity_id, "void"), _reason(why)
    stored_record(platform, rights, entity, record_id, "void")
    platform.store.writer.void(entity, record_id, rights.account.login, why).result()


def reveal(platform: Platform, rights: Rights, entity_id: str, record_id: int, field: str, why: str) -> Any:
    """The shown value of a masked field of one record; an event of the record and a line of the log."""
    entity, why = entity_with(rights, entity_id, "reveal"), _reason(why)
    stored = stored_record(platform, rights, entity, record_id, "reveal")
    veil = Veil(rights, platform.store, entity)
    known = entity.fields.get(field)
    if known is None or not veil.is_there(field):
        raise NotFound(said("unknown_field", name=field))
    if veil.levels([record_id])[record_id].get(field) is None:
        raise ZcError(said("field_not_masked", field=known.label))
    if rights.open(entity, known) != rights.scope(entity_id) and not platform.store.would_hold(
        entity, stored, rights.open(entity, known), rights.snapshot.entities
    ):
        raise NotFound(said("unknown_field", name=field))
    who = rights.account.login
    platform.store.writer.reveal(entity, record_id, field, who, why).result()
    platform.store.log.add("reveal", who, rights.account.address, f"{entity_id}/{record_id}", field=field, why=why)
    value = stored[field]
    return None if value is None else known.type.show(value, known, rights.snapshot.zone)


def entity_with(rights: Rights, entity_id: str, right: str) -> Entity:
    """The entity, if the account has the right on any of its records. NotFound, NotAllowed."""
    entity = rights.snapshot.entities.get(entity_id)
    if entity is None:
        raise NotFound(said("unknown_entity", id=entity_id))
    if not rights.may(right, entity_id):
        raise NotAllowed(said("no_right", title=entity.title, right=said(right)))
    return entity


def stored_record(platform: Platform, rights: Rights, entity: Entity, record_id: int, right: str) -> dict[str, Any]:
    """A standing record in stored form for which the right holds. NotFound, NotAllowed."""
    entities = rights.snapshot.entities
    seen = platform.store.get(entity, record_id, rights.scope(entity.id), entities)
    if seen is None or seen["voided_at"] is not None:
        raise NotFound(said("unknown_record"))
    if platform.store.get(entity, record_id, rights.scope(entity.id, right), entities) is None:
        raise NotAllowed(said("no_right", title=entity.title, right=said(right)))
    return seen


def refuse(problems: Mapping[str, str]) -> None:
    """RecordRefused for these fields."""
    raise RecordRefused([{"field": name, "text": text} for name, text in problems.items()])


def _read(platform: Platform, rights: Rights, entity: Entity, values: Values) -> dict[str, Any]:
    """The values in stored form, an empty text as null; all that is wrong with them at once as RecordRefused."""
    given = {name: None if value == "" else value for name, value in values.items()}
    schema = {name: _rules(entity.fields[name], rights) for name in entity.mapped}
    validator = Validator(UnvalidatedSchema(schema))  # made here, not written by anybody
    if not validator.validate(given):
        refuse({name: _fault(entity, name, given[name], rights) for name in validator.errors})
    read: dict[str, Any] = validator.document
    problems = {name: text for name, value in read.items() if (text := _unknown(platform, rights, entity, name, value))}
    if problems:
        refuse(problems)
    return read


def _rules(field: Field, rights: Rights) -> dict[str, Any]:
    return {"coerce": field.type.reader(field, Reading(zone=rights.snapshot.zone)), "nullable": True}


def _fault(entity: Entity, name: str, value: Any, rights: Rights) -> str:
    """What is wrong with one value, in words."""
    field = entity.fields.get(name)
    if field is None:
        return said("unknown_field", name=name)
    if field.derived:
        return said("derived_fixed", field=field.label)
    try:
        field.type.reader(field, Reading(zone=rights.snapshot.zone))(value)
    except ValueRefused as refused:
        values = {"field": field.label, "label": field.type.noun, "value": value, **refused.values}
        return render_outcome(OUTCOMES[refused.outcome].message, values)
    except Exception as error:  # noqa: BLE001 - a plugin's field type may raise anything; the value is refused
        values = {"field": field.label, "label": field.type.noun, "value": value, "raised": type(error).__name__}
    return render_outcome(OUTCOMES["wrong_type"].message, values)


def _missing(field: Field) -> str:
    return render_outcome(OUTCOMES["missing"].message, {"field": field.label})


def _unknown(platform: Platform, rights: Rights, entity: Entity, name: str, value: Any) -> str | None:
    """What a good value names and is not there: the record of a ref, the declaration of a list."""
    field, snapshot = entity.fields[name], rights.snapshot
    if value is None:
        return None
    if field.to is not None and value not in platform.store.keys(snapshot.entities[field.to]):
        return render_outcome(OUTCOMES["unknown_ref"].message, {"field": field.label, "value": value})
    kind = field.options.get("declared")
    known = snapshot.reading.declarations.get(kind, {}) if kind else {}
    shown = field.type.show(value, field, snapshot.zone) if kind else []
    strange = [item for item in shown if item not in known]
    return said("not_declared", value=strange[0], known="、".join(sorted(known))) if strange else None


def _system(rights: Rights, entity: Entity, read: Values) -> dict[str, Any]:
    """The columns that every record has, of one entered now."""
    now = now_ms()
    return civil(entity, {"received_at": now, **read}, rights.snapshot.zone) | {
        "received_at": now,
        "provenance": "manual",
        "partner": "",
        "interface": "",
        "snapshot": rights.snapshot.number,
    }


def _store(platform: Platform, rights: Rights, entity: Entity, record: dict[str, Any]) -> int:
    key = key_hash(entity, record)
    write = Write(
        entity=entity,
        rows=[Row(record, key, content_hash(entity, record))],
        refusals=[],
        partner="",
        interface="",
        snapshot=rights.snapshot.number,
        received_at=record["received_at"],
        who=rights.account.login,
    )
    if platform.store.ids_of(entity, [key]):  # asked first, so that no refusal is kept for a form
        raise _taken(platform, entity, key)
    written = platform.store.writer.put(write).result()
    if written.states[0] is not State.STORED or written.ids[0] is None:
        raise _taken(platform, entity, key)
    record_id = int(written.ids[0])
    what = f"{entity.id}/{record_id}"
    platform.store.log.add("add", rights.account.login, rights.account.address, what)
    return record_id


def _taken(platform: Platform, entity: Entity, key: bytes) -> Conflict:
    record_id = platform.store.ids_of(entity, [key]).get(key)
    standing = record_id is not None and not platform.store.is_void(entity, record_id)
    return Conflict(said("key_there" if standing else "key_void"))


def _reason(why: str) -> str:
    if not why.strip():
        raise RecordRefused([{"field": "why", "text": said("why_needed")}])
    return why.strip()[:500]
