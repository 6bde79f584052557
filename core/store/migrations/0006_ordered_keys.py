"""Keys in the ledger that lie in the order of the partners' numbers, in place of hashes that lie anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

from msgspec import msgpack

from core.store.migrate import MigrationDatabase

AT_ONCE = 10_000
REPLACE = "UPDATE ledger SET key_hash = ? WHERE entity = ? AND key_hash = ?"
HINTS = "SELECT id, body FROM outbox WHERE topic = 'derive'"


def up(database: MigrationDatabase) -> None:
    """Give every record its new key, and the hints that name records by their keys. About 10 seconds a million."""
    hints = {line: json.loads(body) for line, body in database.execute(HINTS).fetchall()}
    named = {key for body in hints.values() for key in body["keys"]}
    renamed: dict[str, str] = {}
    for entity, body in database.execute("SELECT entity, body FROM fingerprint").fetchall():
        for pairs in _pairs(database, entity, json.loads(body)):
            database.executemany(REPLACE, [(new, entity, old) for old, new in pairs])
            renamed |= {old.hex(): new.hex() for old, new in pairs if old.hex() in named}
    for line, body in hints.items():
        body["keys"] = [renamed.get(key, key) for key in body["keys"]]
        database.execute("UPDATE outbox SET body = ? WHERE id = ?", (json.dumps(body), line))


def _pairs(database: MigrationDatabase, entity: str, shape: dict[str, Any]) -> Iterator[list[tuple[bytes, bytes]]]:
    """(former key, new key) of every record of the entity, some at once."""
    names, table, after = shape["key"], f"r_{entity}", 0
    if not {"id", *names} <= set(database.columns(table)):
        return
    booleans = [shape["fields"][name]["column"] == "boolean" for name in names]
    columns = ", ".join(f'"{name}"' for name in names)
    query = f'SELECT "id", {columns} FROM "{table}" WHERE "id" > ? ORDER BY "id" LIMIT {AT_ONCE}'  # noqa: S608 - names of the catalogue
    while rows := database.execute(query, (after,)).fetchall():
        keys = [_key(row[1:], booleans) for row in rows]
        yield [(_former(key), _new(key)) for key in keys]
        after = rows[-1][0]


def _key(values: Sequence[Any], booleans: Sequence[bool]) -> list[Any]:
    """In stored form; SQLite gives a boolean as 0 or 1."""
    return [bool(value) if is_ and value is not None else value for value, is_ in zip(values, booleans, strict=True)]


def _former(key: list[Any]) -> bytes:
    return blake2b(msgpack.encode(key), digest_size=16).digest()


def _new(key: list[Any]) -> bytes:
    *first, last = key
    head = blake2b(msgpack.encode(first), digest_size=8).digest() if first else b""
    if isinstance(last, str) and len(text := last.encode()) <= 64:
        return head + text
    return head + b"\xff" + blake2b(msgpack.encode(last), digest_size=16).digest()
