"""How a record changes after its first insert: amend, void, judge. Each leaves an event with before and after."""

from __future__ import annotations

from typing import Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.entity import Entity
from core.store import parts
from core.store.database import Session, now_ms
from core.store.happened import around, happened
from core.store.statements import as_record
from core.store.system_table import json_text

INSERT_EVENT = (
    "INSERT INTO event (entity, record_id, at, verb, who, why, before, after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
JUDGED_TOO = frozenset({"pending"})
LAST_AMENDED = "SELECT MAX(id) FROM event WHERE entity = ? AND record_id = ? AND verb = 'amended'"
AMENDED_TOO = frozenset({"day", "clock", "pending"})


class OtherVersion(ZcError):
    """Somebody amended the record since it was read; nothing was changed."""


def amend(
    entity: Entity,
    record_id: int,
    changes: dict[str, Any],
    who: str,
    why: str,
    version: int | None,
    session: Session,
) -> None:
    """Change fields other than the key's; `day`, `clock` and `pending` may follow them. OtherVersion where a `version`
    is given and it is not the record's any more.

    ZcError where the civil day would no longer be that of the time.
    """
    if version is not None and version != (session.execute(LAST_AMENDED, (entity.id, record_id)).fetchone()[0] or 0):
        raise OtherVersion(
            phrase(
                "record {record_id} of {entity} was amended since it was read", record_id=record_id, entity=entity.title
            ),
            phrase("Read it again"),
        )
    keys = sorted(set(changes) & set(entity.key))
    if keys:
        raise ZcError(
            phrase("{names} is part of the key of {entity}", names=", ".join(keys), entity=entity.title),
            phrase("Void the record and add the right one"),
        )
    _refuse_others(entity, changes, set(entity.fields) | AMENDED_TOO)
    _change(session, entity, record_id, "amended", changes, who, why)
    if entity.time and not {entity.time, "day", "clock"}.isdisjoint(changes):
        _refuse_other_day(session, entity, record_id)


def judge(entity: Entity, record_id: int, values: dict[str, Any], who: str, why: str, session: Session) -> None:
    """Set derived fields; `pending` becomes null unless given."""
    derived = {name for name, field in entity.fields.items() if field.derived}
    _refuse_others(entity, values, derived | JUDGED_TOO)
    _change(session, entity, record_id, "judged", {"pending": None, **values}, who, why)


def void(entity: Entity, record_id: int, who: str, why: str, session: Session) -> None:
    """Set the record aside; lists leave it out and nothing changes it any more."""
    _change(session, entity, record_id, "voided", {"voided_at": now_ms()}, who, why)


def reveal(entity: Entity, record_id: int, field: str, who: str, why: str, session: Session) -> None:
    """Note that somebody looked at a masked field; the record stays as it is."""
    after = json_text({"field": field})
    session.execute(INSERT_EVENT, (entity.id, record_id, now_ms(), "revealed", who, why, json_text({}), after))


def _refuse_other_day(session: Session, entity: Entity, record_id: int) -> None:
    """A record's day and when it happened lie together; statistics look for it there."""
    sql = f'SELECT "day", {happened(str(entity.time))} FROM "{entity.table}" AS r WHERE "id" = ?'  # noqa: S608 - compiled names
    day, at = session.execute(sql, (record_id,)).fetchone()
    start, end = around(day)
    if not start <= at < end:
        raise ZcError(
            phrase("the day {day} is not that of the time of this {entity}", day=day, entity=entity.title),
            phrase("Change time, clock and day together"),
        )


def _refuse_others(entity: Entity, changes: dict[str, Any], allowed: set[str] | frozenset[str]) -> None:
    others = sorted(set(changes) - allowed)
    if others:
        raise ZcError(
            phrase("{names} of {entity} cannot be changed so", names=", ".join(others), entity=entity.title),
            phrase("Name one of {names}", names=", ".join(sorted(allowed))),
        )
    if not changes:
        raise ZcError(phrase("nothing to change"), phrase("Name at least one field"))


def _change(
    session: Session, entity: Entity, record_id: int, verb: str, changes: dict[str, Any], who: str, why: str
) -> None:
    names = sorted(changes)
    columns = ", ".join(f'"{name}"' for name in (*names, "voided_at"))
    found = session.execute(f'SELECT {columns} FROM "{entity.table}" WHERE "id" = ?', (record_id,)).fetchone()  # noqa: S608 - compiled names
    if found is None:
        raise ZcError(
            phrase("{entity} has no record {record_id}", entity=entity.title, record_id=record_id),
            phrase("Look its id up again"),
        )
    *before, voided_at = found
    if voided_at is not None:
        raise ZcError(
            phrase("record {record_id} of {entity} is void", record_id=record_id, entity=entity.title),
            phrase("A void record is not changed any more"),
        )
    settings = ", ".join(f'"{name}" = ?' for name in names)
    after = [changes[name] for name in names]
    session.execute(f'UPDATE "{entity.table}" SET {settings} WHERE "id" = ?', (*after, record_id))  # noqa: S608 - compiled names
    parts.note(session, entity, changes)
    was, became = (json_text(as_record(entity, names, values)) for values in (before, after))
    session.execute(INSERT_EVENT, (entity.id, record_id, now_ms(), verb, who, why, was, became))
