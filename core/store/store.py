"""The store: one door to the database for everything above it."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.problem import Place, Problem, ZcError, problem
from core.entity.condition import Test
from core.entity.entity import Entity
from core.store import migrate, parts, schema, search, tally
from core.store.counting import Counting
from core.store.credentials import Credentials
from core.store.database import Database, open_database
from core.store.events import Events
from core.store.file_versions import FileVersions
from core.store.job_runs import JobRuns
from core.store.keys import KeySets
from core.store.log import Log
from core.store.migrate import Pending
from core.store.nonces import Nonces
from core.store.outbox import Outbox
from core.store.people import People
from core.store.refusals import Refusals
from core.store.schema import Plan
from core.store.scope import Scope, holds
from core.store.search import COUNT_CAP, Count, Found, Search
from core.store.state import States
from core.store.statistics import Statistics
from core.store.tables import Migration
from core.store.tally import Tally
from core.store.writer import Writer

SITE_ZONE = ZoneInfo("Asia/Shanghai")


class NoStore(ZcError):
    """The database is there, but no store was ever made in it."""


class Store:
    """An open database with its writer. Every door may be used from any thread."""

    def __init__(self, database: Database, zone: ZoneInfo, queue_rows: int, group_rows: int) -> None:
        self.database = database
        self._keys = KeySets(database)
        counting = Counting()
        self._hearer: Callable[[str], None] | None = None
        self.writer = Writer(database, self._touched, counting, zone, queue_rows, group_rows)
        self.statistics = Statistics(database, self.writer, counting)
        self.refusals = Refusals(database, self.writer)
        self.outbox = Outbox(database, self.writer)
        self.credentials = Credentials(database, self.writer)
        self.nonces = Nonces(database, self.writer)
        self.state = States(database, self.writer)
        self.events = Events(database)
        self.job_runs = JobRuns(database, self.writer)
        self.people = People(database, self.writer)
        self.log = Log(database, self.writer)
        self.file_versions = FileVersions(database, self.writer)

    @classmethod
    def open(
        cls,
        url: str,
        password: str | None = None,
        home: Path | None = None,
        *,
        zone: ZoneInfo = SITE_ZONE,
        queue_rows: int = 50_000,
        group_rows: int = 5_000,
        make: bool = True,
    ) -> Store:
        """Open or make the database, run the store's own migrations, start the writer.

        `zone` is the site's, for the civil day of refusal counts. A relative SQLite path begins at `home`.
        ZcError if the URL names no database, it cannot be reached, or it would not keep what it acknowledged; without
        `make` NoStore if it has no tables of ours yet.
        """
        database = open_database(url, password, home)
        try:
            _make_system_tables(database, make)
        except ZcError:
            raise
        except Exception as error:
            reason = f"the database {url} cannot be opened: {str(error).strip()}"
            raise ZcError(reason, "See that it runs, and that name, user and password are right") from error
        return cls(database, zone, queue_rows, group_rows)

    @classmethod
    def beside(cls, url: str, password: str | None, home: Path, zone: ZoneInfo) -> Store:
        """Open a database that another process serves, to read from: nothing is made or migrated. ZcError if the URL
        names no database."""
        return cls(open_database(url, password, home), zone, queue_rows=1, group_rows=1)

    def heard_by(self, hearer: Callable[[str], None] | None) -> None:
        """Have one listener told of each entity whose records a commit touched, from the writer's thread: it must be
        soon done. None for nobody."""
        self._hearer = hearer

    def _touched(self, entity: str) -> None:
        self._keys.touched(entity)
        if self._hearer is not None:
            self._hearer(entity)

    @property
    def dialect(self) -> str:
        """Which database it is: sqlite or postgresql."""
        return self.database.dialect.name

    def plan(self, entities: Mapping[str, Entity], declarations: Mapping[str, Declaration] | None = None) -> Plan:
        """What tables, columns and indexes are missing, and what cannot be had by adding; changes nothing."""
        with self.database.reading() as session:
            return schema.make_plan(session, entities, declarations)

    def apply(self, plan: Plan) -> None:
        """Add what the plan says. ZcError if it has a problem that is an error; nothing is added then."""
        errors = [wrong for wrong in plan.problems if wrong.level == "error"]
        if errors:
            raise ZcError(f"the tables cannot be brought in line: {errors[0].what}", errors[0].mend)
        self.writer.run(lambda session: schema.add_tables(session, plan))
        indexes = [step for step in plan.steps if step.index]
        if self.dialect == "postgresql":
            schema.add_indexes_concurrently(self.database, indexes)
        elif indexes:
            self.writer.run(lambda session: schema.add_indexes(session, indexes))
        parts.add_trigrams(self.database, plan.entities)
        self.database.renew_readers()

    def pending_migrations(self, folders: Mapping[str, Path]) -> tuple[list[Pending], list[Problem]]:
        """Migrations of {owner: folder} still to run, in order, and problems of the files. Owners: home, plugin ids."""
        with self.database.reading() as session:
            return migrate.find_pending(session, folders)

    def migrate(self, pending: list[Pending]) -> list[Problem]:
        """Run migrations, each in a transaction of its own; stops at the first that fails and returns its problem."""
        for step in pending:
            try:
                self.writer.run(partial(migrate.run_migration, pending=step))
            except Exception as error:  # noqa: BLE001 - a script may raise anything; it was undone
                reason = f"{type(error).__name__}: {str(error).strip()}"
                return [problem("ZC507", Place(str(step.path)), name=step.name, reason=reason)]
        self.database.renew_readers()
        return []

    def fill_parts(self, entities: Mapping[str, Entity]) -> None:
        """Add to the indexes of parts what came since the last time."""
        parts.fill(self.database, self.writer, entities)

    def search(self, search_: Search, scope: Scope, entities: Mapping[str, Entity]) -> Found:
        """One page of the rows in scope; `entities` is the snapshot's mapping, along which scope paths go."""
        with self.database.reading() as session:
            return search.find(session, search_, scope, entities)

    def order(self, search_: Search, scope: Scope, entities: Mapping[str, Entity]) -> array[int]:
        """The ids of all rows in scope in the order asked for, found at once."""
        with self.database.reading() as session:
            return search.order(session, search_, scope, entities)

    def count(self, search_: Search, scope: Scope, entities: Mapping[str, Entity], cap: int = COUNT_CAP) -> Count:
        """How many rows are in scope, counted up to `cap`."""
        with self.database.reading() as session:
            return search.count(session, search_, scope, entities, cap)

    def get(
        self, entity: Entity, record_id: int, scope: Scope, entities: Mapping[str, Entity]
    ) -> dict[str, Any] | None:
        """One record, void or not; None if it is not there or not in scope."""
        wanted = Search(entity, Test("id", "is", record_id), limit=1, voided=True)
        return next(iter(self.search(wanted, scope, entities).rows), None)

    def tally(
        self, search_: Search, scope: Scope, entities: Mapping[str, Entity], field: str, cap: int = COUNT_CAP
    ) -> Tally:
        """The values of a field over the rows in scope, counted in up to `cap` rows."""
        with self.database.reading() as session:
            return tally.tally(session, search_, scope, entities, field, cap)

    def totals(
        self, search_: Search, scope: Scope, entities: Mapping[str, Entity], fields: Sequence[str], cap: int = COUNT_CAP
    ) -> dict[str, int | None]:
        """Sums over the rows in scope; None where there are more than `cap`."""
        with self.database.reading() as session:
            return tally.totals(session, search_, scope, entities, fields, cap)

    def would_hold(
        self, entity: Entity, values: Mapping[str, Any], scope: Scope, entities: Mapping[str, Entity]
    ) -> bool:
        """Whether a record with these values, stored or not, lies in the scope."""
        with self.database.reading() as session:
            return holds(session, entity, values, scope, entities)

    def is_void(self, entity: Entity, record_id: int) -> bool:
        """Whether that record was set aside; one that is not there was not."""
        found = self.get(entity, record_id, Scope.whole(), {})
        return found is not None and found["voided_at"] is not None

    def ids_of(self, entity: Entity, key_hashes: Sequence[bytes]) -> dict[bytes, int]:
        """{key hash: record id} of those keys that are there, void ones too."""
        return {key: record_id for key, (_, record_id) in self.entries_of(entity, key_hashes).items()}

    def entries_of(self, entity: Entity, key_hashes: Sequence[bytes]) -> dict[bytes, tuple[bytes, int]]:
        """{key hash: (content hash, record id)} of those keys that are there, void ones too."""
        with self.database.reading() as session:
            found = session.dialect.find_keys(session, entity.id, list(key_hashes))
        return {bytes(key): (bytes(content), record_id) for key, content, record_id in found}

    def health(self) -> str | None:
        """What is wrong with the store, in words; None when it can be read and was written when last tried."""
        with self.database.reading() as session:
            session.execute("SELECT 1").fetchone()
        if not self.writer.alive:
            return "the writer has ended; restart the server"
        why = self.writer.health().unavailable
        return f"the last records could not be written, partners are told to come again: {why}" if why else None

    def keys(self, entity: Entity) -> frozenset[Any]:
        """Keys of the entity's records that are not void, from memory: values, or tuples of a composite key."""
        return self._keys.get(entity)

    def forget_keys(self) -> None:
        """Read all keys again when next asked for them."""
        self._keys.forget()

    def close(self) -> None:
        """Finish what was accepted and close: the readers first, so that SQLite's log goes into the file with the
        writer, and the file alone is the store."""
        self.database.renew_readers()
        self.writer.close()
        self.database.close()


def _make_system_tables(database: Database, make: bool) -> None:
    try:
        with database.transaction() as session:
            if not make and Migration._meta.table_name not in session.dialect.tables(session):
                raise NoStore("the database has no tables of a store")
            migrate.make_history(session)
            pending, _ = migrate.find_pending(session, {"core": migrate.OWN})
        for step in pending:
            with database.transaction() as session:
                migrate.run_migration(session, step)
    finally:
        database.drop_connection()
