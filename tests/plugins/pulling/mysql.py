"""A server that speaks MySQL's protocol (mysql-mimic) over a SQLite database in memory; the client is the real one."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from mysql_mimic import IdentityProvider, MysqlServer, NativePasswordAuthPlugin, Session, User
from mysql_mimic.errors import MysqlError

SECRET = "test-mysql-secret"
MOMENT = "%Y-%m-%d %H:%M:%S"


@dataclass
class Mysql:
    """A running server: its port, its database, the statements that were asked."""

    database: sqlite3.Connection
    port: int = 0
    asked: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)


class Who(IdentityProvider):
    """One user with a password."""

    def get_plugins(self) -> list[Any]:
        return [NativePasswordAuthPlugin()]

    async def get_user(self, username: str) -> User | None:
        if username != "zc":
            return None
        known = NativePasswordAuthPlugin.create_auth_string(SECRET)
        return User(name=username, auth_string=known, auth_plugin=NativePasswordAuthPlugin.name)


def session_of(server: Mysql) -> type[Session]:
    """Sessions that ask the database; texts that are moments come as DATETIME."""

    class Asking(Session):
        async def handle_query(self, sql: str, attrs: dict[str, str]) -> Any:
            if sql.startswith("SET SESSION TRANSACTION"):
                server.settings.append(sql)
                return [], []
            return await super().handle_query(sql, attrs)

        async def query(self, expression: Any, sql: str, attrs: dict[str, str]) -> Any:
            server.asked.append(sql)
            try:
                cursor = server.database.execute(expression.sql(dialect="sqlite"))
            except sqlite3.Error as error:
                raise MysqlError(str(error)) from error
            return [tuple(map(_typed, row)) for row in cursor], [column[0] for column in cursor.description or ()]

    return Asking


def _typed(value: Any) -> Any:
    try:
        return datetime.strptime(value, MOMENT)  # noqa: DTZ007 - a DATETIME has no zone
    except (TypeError, ValueError):
        return value


class Closing(MysqlServer):
    """One that closes the connection of a client that is done."""

    async def _client_connected_cb(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await super()._client_connected_cb(reader, writer)
        finally:
            writer.close()


@contextmanager
def serving() -> Iterator[Mysql]:
    """A server on a free port of this machine."""
    server, ready = Mysql(sqlite3.connect(":memory:", check_same_thread=False)), threading.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        mimic = Closing(session_factory=session_of(server), identity_provider=Who())
        await mimic.start_server(host="127.0.0.1", port=0)
        server.port = mimic._server.sockets[0].getsockname()[1]
        ready.set()
        try:
            await asyncio.Event().wait()
        finally:
            mimic.close()
            await mimic.wait_closed()

    async def end() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for one in others:
            one.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)  # what was closed is let go of in the next turn

    running = asyncio.run_coroutine_threadsafe(serve(), loop)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield server
    running.cancel()
    asyncio.run_coroutine_threadsafe(end(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    server.database.close()
