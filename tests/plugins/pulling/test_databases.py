"""The same poll on PostgreSQL, and on a server that speaks MySQL's protocol."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import psycopg
import pytest

from core.declare.problem import ZcError
from tests.core.run import homes
from tests.plugins.pulling import mysql
from tests.plugins.pulling.conftest import codes, pull

TABLE = {
    "by": "table_poll",
    "columns": ["no", "gate", "at", "kg"],
    "watermark": "changed",
    "key": ["station", "id"],
    "look_back": "10 minutes",
    "batch": 2,
}
CREATE = (
    "CREATE TABLE weighing (station TEXT, id INTEGER, no TEXT, gate TEXT, at {moment}, kg {number}, changed {moment})"
)
Execute = Callable[[str], Any]


@contextmanager
def on_postgresql(request: pytest.FixtureRequest) -> Iterator[tuple[Execute, dict[str, Any]]]:
    url = request.getfixturevalue("postgresql_url")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA partner")
        connection.execute("SET search_path = partner")
        connection.execute(CREATE.format(moment="TIMESTAMPTZ", number="NUMERIC(8, 1)"))
        yield connection.execute, {**TABLE, "url": url, "table": "partner.weighing"}


@contextmanager
def on_mysql(request: pytest.FixtureRequest) -> Iterator[tuple[Execute, dict[str, Any]]]:
    with mysql.serving() as server:
        server.database.execute(CREATE.format(moment="TEXT", number="NUMERIC"))
        url = f"mysql://zc@127.0.0.1:{server.port}/partner"
        yield server.database.execute, {**TABLE, "url": url, "table": "weighing", "password": "database"}
        assert set(server.settings) == {"SET SESSION TRANSACTION READ ONLY"}
        assert all(sql.startswith("SELECT `no`, `gate`") for sql in server.asked)


@pytest.fixture(params=[on_postgresql, on_mysql])
def partner(request: pytest.FixtureRequest) -> Iterator[tuple[Execute, dict[str, Any]]]:
    """(runs SQL in the partner's database, what the interface says under pull)."""
    with request.param(request) as made:
        yield made


def insert(*codes: str, at: str, start: int = 0) -> str:
    """SQL that adds rows of one moment."""
    rows = [
        f"('S{index % 2}', {start + index}, '{code}', 'G1', '{at}', 900, '{at}')" for index, code in enumerate(codes)
    ]
    return f"INSERT INTO weighing VALUES {', '.join(rows)}"


def test_a_poll_takes_each_row_once_and_late_ones_too(
    partner: tuple[Execute, dict[str, Any]], pulling: Callable[..., Any]
) -> None:
    execute, said = partner
    execute(insert("A0", "A1", "A2", "A3", "A4", at="2026-11-01 08:30:00"))
    with pulling(said, {"database": mysql.SECRET}) as platform:
        assert pull(platform)["stored"] == 5
        execute(insert("SAME", at="2026-11-01 08:30:00", start=9))
        execute(insert("LATE", at="2026-11-01 08:21:00", start=10))
        execute(insert("NEXT", at="2026-11-01 08:31:00", start=11))
        done = pull(platform)
        assert (done["stored"], done["duplicates"]) == (3, 5)
        assert codes(platform) == ["A0", "A1", "A2", "A3", "A4", "LATE", "NEXT", "SAME"]
        assert {row["weight_kg"] for row in homes.found(platform)} == {900}
    with pulling(said, {"database": mysql.SECRET}) as platform:
        assert pull(platform)["stored"] == 0


def test_what_the_database_refuses_is_told(
    partner: tuple[Execute, dict[str, Any]], pulling: Callable[..., Any]
) -> None:
    execute, said = partner
    execute("DROP TABLE weighing")
    with pulling(said, {"database": mysql.SECRET}) as platform, pytest.raises(ZcError, match="does not give the rows"):
        pull(platform)


def test_a_wrong_password_is_told_without_it(pulling: Callable[..., Any]) -> None:
    with mysql.serving() as server:
        said = {**TABLE, "table": "weighing", "url": f"mysql://zc@127.0.0.1:{server.port}/x", "password": "database"}
        with pulling(said, {"database": "test-wrong"}) as platform, pytest.raises(ZcError) as raised:
            pull(platform)
    assert "cannot be reached" in raised.value.reason
    assert "test-wrong" not in str(raised.value)


@pytest.mark.parametrize("scheme", ["postgresql", "mysql", "sqlserver"])
def test_a_database_that_is_not_there_is_told(pulling: Callable[..., Any], scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    url = f"{scheme}://zc@127.0.0.1:{port}/x"
    said = {**TABLE, "table": "weighing", "url": url, "timeout_s": 3}
    with pulling(said) as platform, pytest.raises(ZcError, match=r"127\.0\.0\.1 cannot be reached"):
        pull(platform)


def test_a_session_cannot_write(postgresql_url: str, plugin_of: Callable[[str], ModuleType]) -> None:
    databases = __import__(f"{plugin_of('pulling').__name__}.databases", fromlist=["DATABASES"])
    said = {"url": postgresql_url, "timeout_s": 5}
    with (
        databases.DATABASES["postgresql"].session(said, None) as session,
        pytest.raises(ZcError, match="read-only transaction"),
    ):
        session.read("CREATE TABLE written (id INTEGER)", ())


BEHIND = {
    "postgresql": 'SELECT "a", "w", "k" FROM "s"."t" WHERE ("w" > %s) OR ("w" = %s AND "k" > %s)'
    ' ORDER BY "w", "k" LIMIT 5',
    "mysql": "SELECT `a`, `w`, `k` FROM `s`.`t` WHERE (`w` > %s) OR (`w` = %s AND `k` > %s) ORDER BY `w`, `k` LIMIT 5",
    "sqlserver": "SELECT TOP (5) [a], [w], [k] FROM [s].[t] WHERE ([w] > %s) OR ([w] = %s AND [k] > %s)"
    " ORDER BY [w], [k]",
}


@pytest.mark.parametrize(("dialect", "sql"), BEHIND.items())
def test_each_dialect_says_it_its_own_way(plugin_of: Callable[[str], ModuleType], dialect: str, sql: str) -> None:
    name = plugin_of("pulling").__name__
    databases = __import__(f"{name}.databases", fromlist=["DATABASES"])
    statement = __import__(f"{name}.statement", fromlist=["Statement"])
    made = statement.Statement(databases.DATABASES[dialect].dialect, "s.t", ("a", "w", "k"), "w", ("k",))
    assert made.after(statement.Bound(1, (2,)), 5) == (sql, (1, 1, 2))
    with pytest.raises(ValueError, match="is no name"):
        statement.Statement(databases.DATABASES[dialect].dialect, 't"; DROP', ("a",), "a", ()).after(None, 1)
