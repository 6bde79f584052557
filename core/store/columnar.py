"""Questions that no statistic keeps, answered by DuckDB over the archive's files and the records that lie in none.

The latter, the tail, lie in DuckDB's memory and are brought up to the moment before each question: new ids are added,
marked records are read again. All that is read of the store for one question is of one moment.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.entity import Entity
from core.entity.statistic import Statistic
from core.store import duck
from core.store.archive import Archive, MonthFile
from core.store.asked import Asked, Figures
from core.store.database import Database, Session
from core.store.figures import figures_of
from core.store.raw import RawQuery, Source
from core.store.within import clauses, expanded

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

IDS_AT_ONCE = 500
ATTEMPTS = 3
NEW_MARKS = "SELECT id, record_id FROM archive_mark WHERE entity = ? AND id > ? ORDER BY id"


@dataclass(slots=True)
class Tail:
    """What DuckDB has of an entity's records that lie in no file: those up to `last_id`, and marked ones as they were
    at `last_mark`. With other files or columns it is begun again."""

    files: tuple[MonthFile, ...]
    columns: tuple[str, ...]
    last_id: int
    last_mark: int = 0


class Columnar:
    """One DuckDB, for any thread. NoDuckDB where it is not installed."""

    def __init__(self, database: Database, archive: Archive, limit_s: float = duck.LIMIT_S) -> None:
        self._database = database
        self._archive = archive
        self._limit_s = limit_s
        self._tails: dict[str, Tail] = {}
        self._lock = threading.Lock()
        self._connection: DuckDBPyConnection | None = None

    def figures(self, statistic: Statistic, asked: Asked, entities: Mapping[str, Entity]) -> Figures:
        """The figures of a question over the records as they are now. TooLong after the limit, TooMuch,
        TooManyGroups; ZcError where files of the archive come and go."""
        with self._database.reading() as session:
            followed = self._archive.standing(session, statistic.entity).followed
        if not followed:
            self._archive.follow(statistic.entity)  # from now on a question reads only what is new
        for _ in range(ATTEMPTS):
            try:
                return self._figures(statistic, asked, entities)
            except duck.file_is_gone():
                continue  # a month was written again between the look and the question
        raise ZcError(phrase("the archive changes while it is asked"), phrase("Ask again in a few minutes"))

    def close(self) -> None:
        """Break off what is asked, and free the memory."""
        with self._lock:
            if self._connection is not None:
                self._connection.interrupt()
                self._connection.close()
            self._connection, self._tails = None, {}

    def _figures(self, statistic: Statistic, asked: Asked, entities: Mapping[str, Entity]) -> Figures:
        entity = statistic.entity
        with self._lock:
            cursor = self._open().cursor()
            with self._database.reading() as session:
                tail = self._brought_up(cursor, session, entity)
                told = clauses(session, entity, asked.scope, entities)
                condition = expanded(session, statistic.condition, entity, entities)
                here = _expanded(session, asked, entity, entities)
            cursor.begin()
            marked = cursor.execute(f'SELECT count(*) FROM "marked_{entity.id}"').fetchone()  # noqa: S608 - a compiled name
        source = self._source(entity, tail.files, here, has_marks=bool(marked and marked[0]))
        with duck.limited(cursor, self._limit_s):
            query = RawQuery(duck.DuckSession(cursor), statistic, source, here, told, condition, entities)
            return figures_of(query)

    def _open(self) -> DuckDBPyConnection:
        """The connection; the caller holds the lock."""
        if self._connection is None:
            self._connection = duck.connect(self._archive.folder)
        return self._connection

    def _brought_up(self, cursor: DuckDBPyConnection, session: Session, entity: Entity) -> Tail:
        """The tail as the session sees the store; the caller holds the lock."""
        standing = self._archive.standing(session, entity)
        tail = self._tails.get(entity.id)
        columns = tuple(duck.columns_of(entity))
        if tail is None or not standing.followed or (tail.files, tail.columns) != (standing.files, columns):
            tail = Tail(standing.files, columns, standing.live_from - 1)
            duck.create_table(cursor, f"tail_{entity.id}", entity)
            cursor.execute(f'CREATE OR REPLACE TABLE "marked_{entity.id}" (id BIGINT PRIMARY KEY)')
        self._tails.pop(entity.id, None)  # a tail that is broken off half-way is begun again
        self._add_new(cursor, session, entity, tail, standing.months)
        self._read_marked(cursor, session, entity, tail)
        self._tails[entity.id] = tail
        return tail

    def _add_new(
        self, cursor: DuckDBPyConnection, session: Session, entity: Entity, tail: Tail, months: Sequence[int]
    ) -> None:
        last = session.execute(f'SELECT coalesce(max("id"), 0) FROM "{entity.table}"').fetchone()[0]  # noqa: S608 - a compiled name
        if last <= tail.last_id:
            return
        archived = ", ".join(map(str, months)) or "-1"
        sql = (
            f'SELECT {_listed(tail.columns)} FROM "{entity.table}" WHERE "id" > {tail.last_id} AND "id" <= {last}'  # noqa: S608 - compiled names
            f' AND coalesce("day", 0) / 100 NOT IN ({archived}) ORDER BY "id"'
        )
        duck.pour(cursor, f"tail_{entity.id}", entity, session.dialect.stream(session, sql), self._archive.folder)
        tail.last_id = last

    def _read_marked(self, cursor: DuckDBPyConnection, session: Session, entity: Entity, tail: Tail) -> None:
        marks = session.execute(NEW_MARKS, (entity.id, tail.last_mark)).fetchall()
        ids = sorted({record_id for _, record_id in marks})
        for start in range(0, len(ids), IDS_AT_ONCE):
            chosen = ", ".join(map(str, ids[start : start + IDS_AT_ONCE]))
            cursor.execute(f'DELETE FROM "tail_{entity.id}" WHERE "id" IN ({chosen})')  # noqa: S608 - numbers
            values = f"(SELECT unnest([{chosen}]) AS id)"
            cursor.execute(f'INSERT OR IGNORE INTO "marked_{entity.id}" SELECT id FROM {values}')  # noqa: S608 - numbers
            sql = f'SELECT {_listed(tail.columns)} FROM "{entity.table}" WHERE "id" IN ({chosen})'  # noqa: S608 - numbers
            rows = iter(session.execute(sql).fetchall())
            duck.pour(cursor, f"tail_{entity.id}", entity, rows, self._archive.folder)
        tail.last_mark = marks[-1][0] if marks else tail.last_mark

    def _source(self, entity: Entity, files: Sequence[MonthFile], asked: Asked, has_marks: bool) -> Source:
        """The records as they are: those of the files that the window meets, but for marked ones, and the tail."""
        columns, tail, window = duck.columns_of(entity), f"tail_{entity.id}", asked.window
        arms = [f'SELECT {_listed(columns)} FROM "{tail}"']  # noqa: S608 - compiled names
        met = [file for file in files if window is None or window.first // 100 <= file.month <= window.last // 100]
        alike: dict[tuple[str, ...], list[str]] = {}
        for file in met:
            path = self._archive.folder_of(entity.id).absolute() / file.file
            alike.setdefault(file.columns, []).append(str(path))
        unmarked = f' ANTI JOIN "marked_{entity.id}" AS m ON m."id" = f."id"' if has_marks else ""
        for there, paths in alike.items():
            kept = {"id", *there}
            named = (
                f'f."{name}"' if name in kept else f'CAST(NULL AS {duck.TYPES[kind]}) AS "{name}"'
                for name, kind in columns.items()
            )  # fmt: skip
            arms.append(f"SELECT {', '.join(named)} FROM read_parquet({duck.literal(paths)}) AS f{unmarked}")  # noqa: S608 - our own files
        return Source(" UNION ALL ".join(arms), tail, [file.month for file in met])


def _expanded(session: Session, asked: Asked, entity: Entity, entities: Mapping[str, Entity]) -> Asked:
    """The question with each subtree as the keys in it."""
    parts = tuple(replace(part, where=expanded(session, part.where, entity, entities)) for part in asked.parts)
    return replace(asked, condition=expanded(session, asked.condition, entity, entities), parts=parts)


def _listed(columns: Any) -> str:
    return ", ".join(f'"{name}"' for name in columns)
