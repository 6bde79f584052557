"""Partners' databases: how each is reached, read only where it knows such sessions, and read from."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from core import api

from .phrase import phrase
from .statement import Dialect


@dataclass(frozen=True)
class Session:
    """An open connection of a driver, and the errors that it raises."""

    connection: Any
    errors: tuple[type[Exception], ...]
    host: str

    def read(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All rows. PullFailed where the database refuses."""
        try:
            with closing(self.connection.cursor()) as cursor:
                cursor.execute(sql, tuple(values))
                return [tuple(row) for row in cursor.fetchall()]
        except self.errors as error:
            mend = phrase("See the names of the table and its columns, and what the account may read.")
            raise api.PullFailed(
                phrase("{host} does not give the rows: {error}", host=self.host, error=_first_line(error)), mend
            ) from error


Connect = Callable[[Mapping[str, Any], str | None, api.PullDoor], tuple[Any, type[Exception]]]
"""A connection by the declaration and the password, and the class of the driver's errors. May raise one of them."""


@dataclass(frozen=True)
class Database:
    """One sort of database. `driver` is the module to be installed as `package`, None where Python has it."""

    connect: Connect
    dialect: Dialect
    driver: str | None = None
    package: str = ""
    verifies: bool = False

    @contextmanager
    def session(self, said: Mapping[str, Any], door: api.PullDoor) -> Iterator[Session]:
        """A connection for one pull. PullFailed where there is none to be had."""
        host = urlsplit(said["url"]).hostname or "the database"
        password = door.secret(said["password"]) if "password" in said else None
        try:
            connection, errors = self.connect(said, password, door)
        except Exception as error:  # each driver has classes of its own, known only once it is imported
            mend = phrase("See the address, the account and its password, and whether it may connect from here.")
            raise api.PullFailed(
                phrase("{host} cannot be reached: {error}", host=host, error=_first_line(error)), mend
            ) from error
        with closing(connection):
            yield Session(connection, (errors, OSError), host)


def _first_line(error: Exception) -> str:
    """What a driver says, short. Drivers do not repeat passwords."""
    text = str(error.args[-1] if error.args else "") or type(error).__name__
    return text.strip().splitlines()[0][:200]


def _sqlite(said: Mapping[str, Any], _password: str | None, door: api.PullDoor) -> tuple[Any, type[Exception]]:
    file = door.home / unquote(said["url"].removeprefix("sqlite:///"))
    connection = sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True, timeout=said["timeout_s"])
    connection.execute("PRAGMA query_only = ON")
    return connection, sqlite3.Error


def _postgresql(said: Mapping[str, Any], password: str | None, door: api.PullDoor) -> tuple[Any, type[Exception]]:
    import psycopg

    options = f"-c default_transaction_read_only=on -c statement_timeout={said['timeout_s'] * 1000}"
    trust = {}
    if "certificates" in said:
        trust = {"sslmode": "verify-full", "sslrootcert": str(door.home / said["certificates"])}
    connection = psycopg.connect(
        said["url"],
        password=password,
        connect_timeout=said["timeout_s"],
        options=options,
        application_name="zc",
        autocommit=True,
        **trust,
    )
    return connection, psycopg.Error


def _mysql(said: Mapping[str, Any], password: str | None, door: api.PullDoor) -> tuple[Any, type[Exception]]:
    import pymysql

    trust = {}
    if "certificates" in said:
        trust = {"ssl_ca": str(door.home / said["certificates"]), "ssl_verify_cert": True, "ssl_verify_identity": True}
    connection = pymysql.connect(
        **_parts(said["url"], 3306),
        password=password or "",
        charset="utf8mb4",
        connect_timeout=said["timeout_s"],
        read_timeout=said["timeout_s"],
        write_timeout=said["timeout_s"],
        autocommit=True,
        init_command="SET SESSION TRANSACTION READ ONLY",
        **trust,
    )
    return connection, pymysql.Error


def _sqlserver(said: Mapping[str, Any], password: str | None, _door: api.PullDoor) -> tuple[Any, type[Exception]]:
    import pymssql

    parts = _parts(said["url"], 1433)
    connection = pymssql.connect(
        server=parts["host"],
        port=str(parts["port"]),
        user=parts["user"],
        database=parts["database"],
        password=password or "",
        login_timeout=said["timeout_s"],
        timeout=said["timeout_s"],
        appname="zc",
        autocommit=True,
        read_only=True,
    )
    return connection, pymssql.Error


def _parts(url: str, port: int) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "host": parts.hostname or "localhost",
        "port": parts.port or port,
        "user": unquote(parts.username or ""),
        "database": unquote(parts.path.lstrip("/")),
    }


DATABASES: Mapping[str, Database] = {
    "sqlite": Database(_sqlite, Dialect("[]", "?")),  # in double quotes a name that is none would be a text
    "postgresql": Database(_postgresql, Dialect('""', "%s"), "psycopg", "psycopg[binary]", verifies=True),
    "mysql": Database(_mysql, Dialect("``", "%s"), "pymysql", "PyMySQL", verifies=True),
    "sqlserver": Database(_sqlserver, Dialect("[]", "%s", limits_first=True), "pymssql", "pymssql"),
}
