"""Numbered migrations: `NNNN_name.py` with `def up(database)`, each run once, in order, in a transaction of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playhouse.migrations import Migration as Script

from core.declare.problem import Place, Problem, problem
from core.store.database import Session, now_ms
from core.store.tables import Fingerprint, Migration

OWN = Path(__file__).with_name("migrations")
NAME = re.compile(r"\d{4}_[a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Pending:
    """A migration that has still to run. `owner` is "core", "home" or the id of a plugin."""

    owner: str
    name: str
    path: Path

    def __str__(self) -> str:
        return f"run migration {self.path}"


class MigrationDatabase:
    """What a migration script gets: `execute`, `executemany`, the dialect's name, a table's `columns`, and `accept` for
    entities whose shape it changed."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.dialect = session.dialect.name

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """Run one statement, parameters marked by ?; a cursor."""
        return self._session.execute(sql, params)

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> int:
        """Run one statement for each row; how many rows it changed in all."""
        return self._session.executemany(sql, rows)

    def columns(self, table: str) -> list[str]:
        """Names of a table's columns; none without such a table."""
        return list(self._session.dialect.columns(self._session, table))

    def column_type(self, kind: str) -> str:
        """The SQL type of text, integer, real, boolean or bytes."""
        return self._session.dialect.column_type(kind)

    def accept(self, entity: str) -> None:
        """Take the entity as it is declared from now on: its table is what the script made of it."""
        self._session.run(Fingerprint.delete().where(Fingerprint.entity == entity))


def find_pending(session: Session, folders: Mapping[str, Path]) -> tuple[list[Pending], list[Problem]]:
    """Migrations of {owner: folder} that did not run yet, in order, and what is wrong with the files there."""
    found: list[Pending] = []
    problems: list[Problem] = []
    rows = session.run(Migration.select(Migration.owner, Migration.name).tuples())
    done = set(rows)
    for owner, folder in folders.items():
        numbers: dict[int, str] = {}
        for script in Script.load_directory(str(folder)):
            place = Place(script.path)
            if not NAME.fullmatch(script.name):
                problems.append(problem("ZC505", place, name=f"{script.name}.py"))
            elif script.idx in numbers:
                problems.append(problem("ZC506", place, number=f"{script.idx:04}", other=numbers[script.idx]))
            elif (owner, script.name) not in done:
                found.append(Pending(owner, script.name, Path(script.path)))
            numbers.setdefault(script.idx, f"{script.name}.py")
    return found, problems


def run_migration(session: Session, pending: Pending) -> None:
    """Run one migration and note that it ran. What the script raises is raised."""
    script = Script(0, pending.name, str(pending.path), None).load()
    script.up(MigrationDatabase(session))
    session.run(Migration.insert(owner=pending.owner, name=pending.name, applied_at=now_ms()))


def make_history(session: Session) -> None:
    """The table that remembers which migrations ran."""
    text, integer = session.dialect.column_type("text"), session.dialect.column_type("integer")
    session.execute(
        f"CREATE TABLE IF NOT EXISTS migration"
        f" (owner {text} NOT NULL, name {text} NOT NULL, applied_at {integer} NOT NULL, PRIMARY KEY (owner, name))"
    )
