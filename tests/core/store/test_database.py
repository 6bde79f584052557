"""Opening: URLs, durability asserted, connections that break."""

from __future__ import annotations

import psycopg
import pytest

from core.declare.problem import ZcError
from core.store.database import open_database
from core.store.sqlite import Sqlite
from core.store.store import Store


def test_durability_settings_are_in_force(sqlite_url):
    store = Store.open(sqlite_url)

    def pragmas(session):
        names = ("journal_mode", "synchronous", "cache_size", "wal_autocheckpoint", "busy_timeout")
        return [session.execute(f"PRAGMA {name}").fetchone()[0] for name in names]

    assert store.writer.run(pragmas) == ["wal", 2, -65_536, 4_000, 5_000]
    store.close()


def test_postgresql_settings_are_in_force(postgresql_url):
    store = Store.open(postgresql_url)
    shown = [
        store.writer.run(lambda session, name=name: session.execute(f"SHOW {name}").fetchone()[0])
        for name in ("synchronous_commit", "fsync", "lock_timeout")
    ]
    assert shown == ["on", "on", "5s"]
    store.close()


def test_a_server_that_would_lose_records_is_refused(postgresql_server, postgresql_url):
    with psycopg.connect(postgresql_server.format(name="postgres"), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET full_page_writes = off")
        connection.execute("SELECT pg_reload_conf()")
        try:
            _wait_for(connection, "full_page_writes", "off")
            with pytest.raises(ZcError, match="full_page_writes = off"):
                Store.open(postgresql_url)
        finally:
            connection.execute("ALTER SYSTEM RESET full_page_writes")
            connection.execute("SELECT pg_reload_conf()")
            _wait_for(connection, "full_page_writes", "on")


def _wait_for(connection, setting, value):
    while connection.execute(f"SHOW {setting}").fetchone()[0] != value:
        connection.execute("SELECT pg_sleep(0.01)")


def test_a_file_without_write_ahead_log_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("core.store.sqlite.PRAGMAS", {"journal_mode": "delete", "synchronous": "full"})
    with pytest.raises(ZcError, match="journal_mode delete"):
        Store.open(f"sqlite:///{tmp_path / 'zc.db'}")


def test_a_sync_that_is_off_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("core.store.sqlite.PRAGMAS", {"journal_mode": "wal", "synchronous": "normal"})
    with pytest.raises(ZcError, match="synchronous 1"):
        Store.open(f"sqlite:///{tmp_path / 'zc.db'}")


def test_a_relative_path_begins_at_the_home(tmp_path):
    store = Store.open("sqlite:///data/zc.db", home=tmp_path)
    assert (tmp_path / "data" / "zc.db").is_file()
    store.close()


@pytest.mark.parametrize(
    "url",
    ["", "zc.db", "sqlite:", "sqlite://", "sqlite:///", "sqlite://host/zc.db", "mysql://host/zc", "postgresql://host/"],
)
def test_a_url_that_names_no_database_is_refused(url):
    with pytest.raises(ZcError, match="names no database"):
        open_database(url, None, None)


def test_a_password_in_the_url_is_refused_and_not_repeated():
    with pytest.raises(ZcError, match=r"secrets\.yaml") as refused:
        open_database("postgresql://zc:test-secret@host/zc", None, None)
    assert "test-secret" not in str(refused.value)


def test_a_server_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ZcError, match="cannot be opened"):
        Store.open(f"postgresql://zc@/zc?host={tmp_path}")


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "zc.db").write_bytes(b"not a database " * 100)
    with pytest.raises(ZcError, match="cannot be opened"):
        Store.open(f"sqlite:///{tmp_path / 'zc.db'}")


def test_an_old_sqlite_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 31, 0))
    with pytest.raises(ZcError, match="too old"):
        Sqlite(tmp_path / "zc.db")


def test_opening_again_finds_what_was_there(store_url):
    store = Store.open(store_url)
    store.state.put("note", [1, "二"])
    store.close()
    again = Store.open(store_url)
    assert again.state.get("note") == [1, "二"]
    again.close()


@pytest.mark.parametrize("url", ["postgresql://[::1/zc", "postgresql://host:many/zc", "postgresql://host:99999/zc"])
def test_what_is_no_url_is_told(url):
    with pytest.raises(ZcError, match="is no URL"):
        open_database(url, None, None)
