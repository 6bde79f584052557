"""Our own migrations that change rows: what an older version stored is known afterwards."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec import msgpack

from core.store.dump import dump
from core.store.request import State
from core.store.restore import OF_ROWS, restore
from core.store.store import Store
from tests.core.store.records import ENTITIES, WEIGHING, weighing, write

CODES = ("A1", "A2", "码" * 30, "A-3")
NOBODYS = "00" * 16


def former(values: dict[str, Any]) -> bytes:
    """The key as versions before 0006 had it."""
    return blake2b(msgpack.encode([values[name] for name in WEIGHING.key]), digest_size=16).digest()


def fill(store: Store) -> None:
    """Records and a hint as an older version stored them, whose migration has still to run."""
    rows = [weighing(code) for code in CODES]
    hint = {"entity": WEIGHING.id, "keys": [*(former(row.values).hex() for row in rows[:3]), NOBODYS]}
    assert set(sent(store, outbox=[("derive", hint)])) == {State.STORED}

    def age(session: Any) -> None:
        pairs = [(former(row.values), row.key_hash) for row in rows]
        assert session.executemany("UPDATE ledger SET key_hash = ? WHERE key_hash = ?", pairs) == len(rows)
        session.execute("DELETE FROM migration WHERE name = '0006_ordered_keys'")

    store.writer.run(age)


def sent(store: Store, **more: Any) -> list[State]:
    return store.writer.put(write(WEIGHING, *map(weighing, CODES), **more)).result().states


def assert_known(url: str) -> None:
    """Once the store was opened, what is sent again is there, and hints lead to the records."""
    opened = Store.open(url)
    try:
        opened.apply(opened.plan(ENTITIES))
        assert sent(opened) == [State.DUPLICATE] * len(CODES)
        (hint,) = opened.outbox.take("derive")
        assert hint.body["keys"] == [*(weighing(code).key_hash.hex() for code in CODES[:3]), NOBODYS]
    finally:
        opened.close()


def test_keys_of_an_older_version_are_made_anew(store: Store, store_url: str) -> None:
    fill(store)
    store.close()
    assert_known(store_url)


def test_a_dump_of_an_older_version_is_brought_up_when_the_store_is_opened_next(store: Store, tmp_path: Path) -> None:
    fill(store)
    manifest = dump(store, tmp_path / "dump")
    url = f"sqlite:///{tmp_path / 'target.db'}"
    target = Store.open(url)
    restore(target, tmp_path / "dump", manifest)
    target.close()
    assert_known(url)


def test_migrations_of_rows_are_our_own(store: Store) -> None:
    with store.database.reading() as session:
        ran = {name for (name,) in session.execute("SELECT name FROM migration WHERE owner = 'core'")}
    assert ran >= OF_ROWS
