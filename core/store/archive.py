"""Which months of an entity's records lie as Parquet files under data/archive, and which of these changed since.

A file holds all records of a civil month, void ones too, as they were at one moment. The table `archived` says which
file stands for a month; one without a name is being written for the first time. From then on the writer marks what
comes into that month or changes (core.store.marks), so that at every moment the records of an entity are those of its
files whose ids are not marked, and of the store those that are marked or lie in no file. A file never changes: a month
is written again under another name, and the former file goes at the end of the round.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from core.entity.entity import Entity
from core.store.database import Database, Session, now_ms
from core.store.happened import DAY_MS, around, lying
from core.store.writer import Writer

MANIFEST = "manifest.json"
CHUNK = 1 << 20
FIRST_DAY, LAST_DAY = 1, 31
LAST_MARK = "SELECT coalesce(max(id), 0) FROM archive_mark"
BEGIN = (
    "INSERT INTO archived (entity, month, file, columns, records, bytes, sha256, written_at)"
    " VALUES (?, ?, '', '[]', 0, 0, '', 0) ON CONFLICT DO NOTHING"
)
KEPT = "SELECT month, file, columns, records, bytes, sha256, written_at FROM archived WHERE entity = ? AND file <> ''"
KEEP = (
    "UPDATE archived SET file = ?, columns = ?, records = ?, bytes = ?, sha256 = ?, written_at = ?"
    " WHERE entity = ? AND month = ?"
)
UNMARK = "DELETE FROM archive_mark WHERE entity = ? AND month = ? AND id <= ?"
MARKED_MONTHS = "SELECT month, count(DISTINCT record_id) FROM archive_mark WHERE entity = ? GROUP BY month"


@dataclass(frozen=True, slots=True)
class MonthFile:
    """The file of a month (202610), in the folder of its entity: the columns that it has beside id, how many records,
    its size, its SHA-256, when it was written (UTC milliseconds)."""

    month: int
    file: str
    columns: tuple[str, ...]
    records: int
    bytes: int
    sha256: str
    written_at: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How an entity stands at one moment: the files that serve, the least id of the records that lie in none, whether
    its changes are marked."""

    files: tuple[MonthFile, ...]
    live_from: int
    followed: bool

    @property
    def months(self) -> tuple[int, ...]:
        """The months that the files hold."""
        return tuple(file.month for file in self.files)


class Archive:
    """The door to what the store knows of the archive in `folder`, from any thread."""

    def __init__(self, database: Database, writer: Writer, folder: Path) -> None:
        self._database = database
        self._writer = writer
        self.folder = folder

    def folder_of(self, entity: str) -> Path:
        """Where the files of an entity are."""
        return self.folder / entity

    def follow(self, entity: Entity) -> None:
        """Have the writer mark what changes in the records of an entity from now on."""
        self._writer.run(partial(_follow, self._writer, entity.id))

    def standing(self, session: Session, entity: Entity) -> Standing:
        """How an entity stands; files that are not there, or not of their size, do not serve: the store does."""
        row = session.execute("SELECT id FROM archive_from WHERE entity = ?", (entity.id,)).fetchone()
        known = _files(session, entity.id)
        there = tuple(file for file in known if self._is_there(entity.id, file))
        whole = row is not None and len(there) == len(known)
        return Standing(there, row[0] if whole else 0, row is not None)

    def due(self, entity: Entity, before: int) -> list[int]:
        """Months before the month `before` that want writing: those with records in no file, and those with marks."""
        with self._database.reading() as session:
            standing = self.standing(session, entity)
            marked = {month for month, _ in session.execute(MARKED_MONTHS, (entity.id,)).fetchall()}
            sql = f'SELECT DISTINCT "day" / 100 FROM "{entity.table}" WHERE "id" >= ?'  # noqa: S608 - a compiled name
            found = {month or 0 for (month,) in session.execute(sql, (standing.live_from,))}
        return sorted(month for month in (found - set(standing.months)) | marked if 0 < month < before)

    def begin(self, entity: Entity, month: int) -> int:
        """Mark what comes into a month from now on; the last mark so far."""
        return self._writer.run(partial(_begin, self._writer, entity.id, month))

    def keep(self, entity: Entity, file: MonthFile, last_mark: int) -> None:
        """Let a file, whose records were read after `last_mark`, stand for its month."""
        self._writer.run(partial(_keep, self._writer, entity.id, file, last_mark))
        self._write_manifest(entity)

    def settle(self, entity: Entity) -> None:
        """Look from which id on records lie in no file, and remove files that stand for no month any more."""
        with self._database.reading() as session:
            standing = self.standing(session, entity)
            least = _least_live(session, entity, standing)
        self._writer.run(partial(_set_from, entity.id, least))
        serving = {file.file for file in standing.files} | {MANIFEST}
        for path in self.folder_of(entity.id).glob("*"):
            if path.name not in serving:
                path.unlink()

    def status(self, entity: Entity) -> list[dict[str, Any]]:
        """[{entity, month, file, records, bytes, sha256, written_at, changed}] by month; `changed` records are read
        from the store until the month is written again."""
        with self._database.reading() as session:
            changed = dict(session.execute(MARKED_MONTHS, (entity.id,)).fetchall())
            files = _files(session, entity.id)
        return [
            {"entity": entity.id, **_told(file), "changed": changed.get(file.month, 0)}
            for file in sorted(files, key=lambda file: file.month)
        ]

    def forget_all(self) -> None:
        """Have no file stand for anything: records were changed past the writer."""
        self._writer.run(partial(forget_all, self._writer))

    def _is_there(self, entity: str, file: MonthFile) -> bool:
        path = self.folder_of(entity) / file.file
        return path.is_file() and path.stat().st_size == file.bytes

    def _write_manifest(self, entity: Entity) -> None:
        """The same beside the files, so that they can be proved without the store."""
        with self._database.reading() as session:
            files = _files(session, entity.id)
        path = self.folder_of(entity.id) / MANIFEST
        scratch = path.with_suffix(".new")
        lines = {str(file.month): _told(file) for file in files}
        scratch.write_text(json.dumps(lines, ensure_ascii=False, indent=1), encoding="utf-8")
        scratch.replace(path)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_month(entity: Entity, month: int) -> str:
    """The records of a civil month in the order of their ids, as SQL: those with a good clock along the index of their
    time, the others along that of receipt."""
    first, last = month * 100 + FIRST_DAY, month * 100 + LAST_DAY
    start, after_first_day = around(first)
    end = after_first_day + LAST_DAY * DAY_MS
    columns = ", ".join(f'"{name}"' for name in ("id", *entity.columns))
    inside = f'"day" BETWEEN {first} AND {last}'
    if entity.time is None:
        return f'SELECT {columns} FROM "{entity.table}" WHERE {inside} ORDER BY "id"'  # noqa: S608 - compiled names
    timely = f'"clock" = \'ok\' AND "{entity.time}" >= {start} AND "{entity.time}" < {end}'
    return (
        f'SELECT {columns} FROM "{entity.table}" WHERE {timely} AND {inside} UNION ALL'  # noqa: S608 - compiled names
        f' SELECT {columns} FROM "{entity.table}" WHERE ({lying(entity.time)}) AND {inside} ORDER BY 1'
    )


def forget_all(writer: Writer, session: Session) -> None:
    """Have no file stand for anything, in the writer's thread."""
    for table in ("archived", "archive_from", "archive_mark"):
        session.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
    writer.marks.forget()


def _follow(writer: Writer, entity: str, session: Session) -> None:
    session.execute("INSERT INTO archive_from (entity, id) VALUES (?, 0) ON CONFLICT DO NOTHING", (entity,))
    writer.marks.forget()


def _begin(writer: Writer, entity: str, month: int, session: Session) -> int:
    _follow(writer, entity, session)
    session.execute(BEGIN, (entity, month))
    return int(session.execute(LAST_MARK).fetchone()[0])


def _keep(writer: Writer, entity: str, file: MonthFile, last_mark: int, session: Session) -> None:
    said = (file.file, json.dumps(file.columns), file.records, file.bytes, file.sha256, now_ms())
    session.execute(KEEP, (*said, entity, file.month))
    session.execute(UNMARK, (entity, file.month, last_mark))
    writer.marks.forget()


def _set_from(entity: str, least: int, session: Session) -> None:
    session.execute("UPDATE archive_from SET id = ? WHERE entity = ?", (least, entity))


def _least_live(session: Session, entity: Entity, standing: Standing) -> int:
    """The least id from which on a record lies in no file; beyond the greatest where all do."""
    archived = ", ".join(map(str, standing.months)) or "-1"
    sql = f'SELECT "id" FROM "{entity.table}" WHERE "id" >= ? AND coalesce("day", 0) / 100 NOT IN ({archived})'  # noqa: S608 - compiled names
    found = session.execute(f'{sql} ORDER BY "id" LIMIT 1', (standing.live_from,)).fetchone()
    if found is not None:
        return int(found[0])
    last = session.execute(f'SELECT coalesce(max("id"), 0) FROM "{entity.table}"').fetchone()[0]  # noqa: S608 - a compiled name
    return int(last) + 1


def _files(session: Session, entity: str) -> list[MonthFile]:
    rows = session.execute(KEPT + " ORDER BY month", (entity,)).fetchall()
    return [MonthFile(month, file, tuple(json.loads(columns)), *rest) for month, file, columns, *rest in rows]


def _told(file: MonthFile) -> Mapping[str, Any]:
    return {name: value for name, value in asdict(file).items() if name != "columns"}
