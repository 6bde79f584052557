"""Nonces of signed posts; they get in with the Write of their post."""

from __future__ import annotations

from core.store.database import Database
from core.store.request import Nonce
from core.store.tables import Nonce as Line
from core.store.writer import Writer


class Nonces:
    """The door to used nonces."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def standing(self, at_ms: int) -> list[Nonce]:
        """Those whose time is not over."""
        query = Line.select(Line.partner, Line.digest, Line.expires_at).where(Line.expires_at > at_ms).tuples()
        with self._database.reading() as session:
            return [Nonce(partner, bytes(digest), expires_at) for partner, digest, expires_at in session.run(query)]

    def purge(self, at_ms: int) -> int:
        """Forget those whose time was over then. How many were."""
        query = Line.delete().where(Line.expires_at <= at_ms)
        with self._database.reading() as session:
            if not list(session.run(Line.select(Line.partner).where(Line.expires_at <= at_ms).limit(1))):
                return 0
        return int(self._writer.run(lambda session: session.run(query)))
