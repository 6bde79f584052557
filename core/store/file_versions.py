"""What each file of the declarations said whenever it was put in force: who, when, why, and the text itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import peewee

from core.store.database import Database, Session, now_ms
from core.store.tables import FileVersion as Row
from core.store.writer import Writer


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One version: `at` is UTC milliseconds, `text` None where the file was taken away."""

    id: int
    path: str
    snapshot: int
    at: int
    who: str
    note: str
    text: str | None


class FileVersions:
    """The door to them. Versions are added and read, never changed."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def keep(self, texts: Mapping[str, str], snapshot: int, who: str, note: str) -> None:
        """Add a version of each file whose text is not that of its newest one, and of each that is gone."""
        now = now_ms()

        def add(session: Session) -> None:
            newest = dict(session.run(_newest().tuples()))
            changed = {path: text for path, text in texts.items() if newest.get(path) != text}
            gone = {path: None for path, text in newest.items() if text is not None and path not in texts}
            said = {"snapshot": snapshot, "at": now, "who": who, "note": note}
            for path, text in sorted({**changed, **gone}.items()):
                session.run(Row.insert({**said, "path": path, "text": text}))

        self._writer.run(add)

    def of(self, path: str, limit: int) -> list[FileVersion]:
        """The newest versions of a file, newest first."""
        query = Row.select().where(Row.path == path).order_by(Row.id.desc()).limit(limit)
        with self._database.reading() as session:
            return [FileVersion(*row) for row in session.run(query.tuples())]

    def one(self, id_: int) -> FileVersion | None:
        """The version of that id; None where there is none."""
        with self._database.reading() as session:
            found = list(session.run(Row.select().where(Row.id == id_).tuples()))
        return FileVersion(*found[0]) if found else None


def _newest() -> peewee.ModelSelect[Row]:
    last = Row.select(peewee.fn.MAX(Row.id)).group_by(Row.path)
    return Row.select(Row.path, Row.text).where(Row.id.in_(last))
