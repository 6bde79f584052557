"""Finding parts of texts, such as half a plate: an index of the distinct values, beside the records.

Trucks come again, so a field with five million values has some hundred thousand distinct ones. Parts are looked for
among these, with SQLite's FTS5 or PostgreSQL's pg_trgm by trigrams, and what is found is looked up in the records by
the ordinary index of the field. Storing a record costs nothing more: values of new records are added in steps by the
chores, and until then they are read from the records; an amended record adds its value at once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.entity.entity import Entity, Field
from core.entity.node import Looks, Node, Test, mapped
from core.store.database import Database, Session

if TYPE_CHECKING:
    from core.store.writer import Writer

log = logging.getLogger("zc.store")

FOUND_MOST = 2_000
"""More values than these are no help: with so many, the records themselves are read in order and soon fill a page."""

NEW_MOST = 200_000  # records whose values are not in the index yet and may be read for them
IDS_A_STEP = 50_000
TRIGRAM = 3


@dataclass(frozen=True, slots=True)
class Parts:
    """The index of one field."""

    entity: Entity
    field: Field

    @property
    def table(self) -> str:
        """Its table: id, value, folded."""
        return f"p_{self.entity.id}_{self.field.name}"

    def folded(self, text: str) -> str:
        """The text with look-alike characters made one, as it is indexed."""
        return Looks.of(text, self.field.type.alike).part


def parts_of(entity: Entity) -> Iterator[Parts]:
    """The indexes that an entity's fields ask for."""
    return (Parts(entity, field) for field in entity.fields.values() if field.type.partial)


def statements(session: Session, parts: Parts) -> list[str]:
    """The SQL that makes the table of one index, and on SQLite its trigrams."""
    text, number = session.dialect.column_type("text"), session.dialect.column_type("integer")
    if session.dialect.name == "sqlite":
        return [
            f'CREATE TABLE "{parts.table}" (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE, folded TEXT NOT NULL)',
            f'CREATE VIRTUAL TABLE "{parts.table}_trigrams" USING fts5'
            " (folded, content='', tokenize='trigram case_sensitive 1')",
        ]
    identity = f"id {number} GENERATED ALWAYS AS IDENTITY PRIMARY KEY"
    return [f'CREATE TABLE "{parts.table}" ({identity}, value {text} NOT NULL UNIQUE, folded {text} NOT NULL)']


def add_trigrams(database: Database, entities: Mapping[str, Entity]) -> None:
    """On PostgreSQL: an index by trigrams, if the server has pg_trgm; else the distinct values are read through."""
    wanted = [parts for entity in entities.values() for parts in parts_of(entity)]
    if database.dialect.name != "postgresql" or not wanted:
        return
    try:
        with database.statements() as session:
            session.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            for parts in wanted:
                name = f'"{parts.table}_trigrams"'
                session.execute(f'CREATE INDEX IF NOT EXISTS {name} ON "{parts.table}" USING gin (folded gin_trgm_ops)')
    except Exception as error:  # noqa: BLE001 - no rights or no extension: found more slowly, and said
        log.warning("parts are found without trigrams: %s", type(error).__name__)


def fill(database: Database, writer: Writer, entities: Mapping[str, Entity]) -> None:
    """Add the values of records that came since the last time."""
    for entity in entities.values():
        for parts in parts_of(entity):
            while _fill_step(database, writer, parts):
                pass


def note(session: Session, entity: Entity, changes: Mapping[str, Any]) -> None:
    """Add what an amendment writes into a record that is in the index already; inside its transaction."""
    for parts in parts_of(entity):
        value = changes.get(parts.field.name)
        if value is not None:
            _add(session, parts, {value})


def resolved(session: Session, entity: Entity, condition: Node) -> Node:
    """The condition with each part of a text replaced by the values that have it, where these are few enough."""
    indexes = {parts.field.name: parts for parts in parts_of(entity)}

    def change(test: Test) -> Node:
        if test.operator not in ("like", "alike") or test.field not in indexes:
            return test
        values = _values(session, indexes[test.field], test)
        return test if values is None else Test(test.field, "in", tuple(sorted(values)))

    return mapped(condition, change) if indexes else condition


def _values(session: Session, parts: Parts, test: Test) -> set[str] | None:
    """The values for which the test holds; None where there are too many, or too many that are not in the index."""
    done = _done(session, parts)
    table, column = parts.entity.table, parts.field.name
    latest = session.execute(f'SELECT max("id") FROM "{table}"').fetchone()[0] or 0  # noqa: S608 - compiled names
    if latest - done > NEW_MOST:
        return None
    found = _indexed(session, parts, test)
    if found is None:
        return None
    fresh = session.execute(f'SELECT "{column}" FROM "{table}" WHERE "id" > ?', (done,))  # noqa: S608 - compiled names
    # DISTINCT is left to Python: for its sake a planner walks the whole index of the field
    found |= {value for value in {row[0] for row in fresh} if value is not None and test.test({column: value})}
    return found if len(found) <= FOUND_MOST else None


def _indexed(session: Session, parts: Parts, test: Test) -> set[str] | None:
    """The values in the index for which the test holds; None where more have the part than help. The index finds the
    part in folded values, the test itself says which of them are meant."""
    part = _literal(parts, test)
    if not part:
        return None
    if session.dialect.name == "sqlite" and len(part) >= TRIGRAM:
        phrase = '"' + part.replace('"', '""') + '"'
        which, given = f'id IN (SELECT rowid FROM "{parts.table}_trigrams" WHERE folded MATCH ?)', phrase  # noqa: S608 - compiled names
    elif session.dialect.name == "sqlite":
        which, given = "instr(folded, ?) > 0", part
    else:
        escaped = part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        which, given = "folded LIKE ?", f"%{escaped}%"
    sql = f'SELECT value FROM "{parts.table}" WHERE {which} LIMIT {FOUND_MOST + 1}'  # noqa: S608 - compiled names
    rows = session.execute(sql, (given,)).fetchall()
    if len(rows) > FOUND_MOST:
        return None
    return {value for (value,) in rows if test.test({parts.field.name: value})}


def _literal(parts: Parts, test: Test) -> str:
    """The longest stretch without wildcards of what is looked for, folded."""
    if isinstance(test.value, Looks):
        return test.value.part
    stretches = test.value.replace("_", "%").split("%")
    return parts.folded(max(stretches, key=len))


def _fill_step(database: Database, writer: Writer, parts: Parts) -> bool:
    """Add the values of the next stretch of record ids; whether there was one."""
    table, column = parts.entity.table, parts.field.name
    with database.reading() as session:
        done = _done(session, parts)
        latest = session.execute(f'SELECT max("id") FROM "{table}"').fetchone()[0] or 0  # noqa: S608 - compiled names
        end = min(latest, done + IDS_A_STEP)
        sql = f'SELECT "{column}" FROM "{table}" WHERE "id" > ? AND "id" <= ?'  # noqa: S608 - compiled names
        values = {value for (value,) in session.execute(sql, (done, end)) if value is not None}
    if end == done:
        return False

    def store(session: Session) -> None:
        _add(session, parts, values)
        session.execute(
            "INSERT INTO parts (name, done) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET done = excluded.done",
            (parts.table, end),
        )

    writer.run(store)
    return True


def _add(session: Session, parts: Parts, values: set[str]) -> None:
    table = parts.table
    last = session.execute(f'SELECT max(id) FROM "{table}"').fetchone()[0] or 0  # noqa: S608 - compiled names
    rows = [(value, parts.folded(value)) for value in sorted(values)]
    if rows:
        session.executemany(f'INSERT INTO "{table}" (value, folded) VALUES (?, ?) ON CONFLICT DO NOTHING', rows)  # noqa: S608 - compiled names
    if session.dialect.name == "sqlite":
        session.execute(
            f'INSERT INTO "{table}_trigrams" (rowid, folded) SELECT id, folded FROM "{table}" WHERE id > ?',  # noqa: S608 - compiled names
            (last,),
        )


def _done(session: Session, parts: Parts) -> int:
    row = session.execute("SELECT done FROM parts WHERE name = ?", (parts.table,)).fetchone()
    return int(row[0]) if row else 0
