"""From entities to tables: what is missing is planned and added; nothing is ever altered or dropped.

On PostgreSQL indexes are built CONCURRENTLY, outside a transaction, each tried again when a lock is not free or an
attempt left an invalid one behind. Tables are made plain; one that a migration has partitioned goes on working. Its
indexes are built on each partition first, which then become those of the table's own index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.declare.declaration import Declaration
from core.declare.problem import Problem
from core.entity.entity import Entity
from core.store import parts
from core.store.database import Database, Dialect, Session
from core.store.fingerprint import Comparison, Shape, shape_of
from core.store.happened import lying
from core.store.tables import Fingerprint, Migration

NAME_BYTES = 60  # PostgreSQL cuts names after 63
INDEX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to add: words for people and SQL. `index` is the index's name for a step that builds one."""

    words: str
    sql: tuple[str, ...]
    index: str = ""

    def __str__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be added to the tables of `entities`, what cannot be, and the shapes that hold afterwards."""

    steps: tuple[Step, ...]
    problems: tuple[Problem, ...]
    shapes: Mapping[str, Shape]
    entities: Mapping[str, Entity]

    @property
    def possible(self) -> bool:
        """True if no problem is an error."""
        return all(problem.level != "error" for problem in self.problems)


def make_plan(
    session: Session, entities: Mapping[str, Entity], declarations: Mapping[str, Declaration] | None = None
) -> Plan:
    """Compare the entities with the tables and fingerprints; reads only."""
    stored = {row["entity"]: row["body"] for row in session.run(Fingerprint.select().dicts())}
    tables = set(session.dialect.tables(session))
    steps: list[Step] = []
    problems: list[Problem] = []
    shapes: dict[str, Shape] = {}
    for entity in entities.values():
        there = session.dialect.columns(session, entity.table) if entity.table in tables else {}
        steps += _table_steps(session.dialect, entity, there) + _index_steps(session, entity)
        steps += _parts_steps(session, entity, tables)
        before = stored.get(entity.id)
        declaration = (declarations or {}).get(entity.id)
        comparison = Comparison(entity, declaration, _next_number(session, declaration))
        wanted = {name: _catalogue_type(session.dialect, kind) for name, kind in entity.columns.items()}
        problems += comparison.changes(before, there, wanted) if before else comparison.column_changes(there, wanted)
        shape = shape_of(entity, before)
        if shape != before:
            shapes[entity.id] = shape
    return Plan(tuple(steps), tuple(problems), shapes, entities)


def add_tables(session: Session, plan: Plan) -> None:
    """Make the plan's tables and columns and note the shapes."""
    for step in plan.steps:
        if not step.index:
            for statement in step.sql:
                session.execute(statement)
    for entity, shape in plan.shapes.items():
        session.run(
            Fingerprint.insert(entity=entity, body=shape).on_conflict(
                conflict_target=[Fingerprint.entity], update={Fingerprint.body: shape}
            )
        )


def add_indexes(session: Session, steps: Sequence[Step]) -> None:
    """Build the steps' indexes."""
    for step in steps:
        for statement in step.sql:
            session.execute(statement)


def add_indexes_concurrently(database: Database, steps: Sequence[Step]) -> None:
    """Build the steps' indexes on PostgreSQL while others write; an attempt that fails is cleared and made again."""
    for step in steps:
        for attempt in range(1, INDEX_ATTEMPTS + 1):
            try:
                with database.statements() as session:
                    session.execute(f'DROP INDEX CONCURRENTLY IF EXISTS "{step.index}"')
                    session.execute(step.sql[0])
                break
            except Exception as error:
                if attempt == INDEX_ATTEMPTS or not database.is_unavailable(error):
                    raise


def index_name(entity: Entity, columns: Sequence[str]) -> str:
    """Name of an index: readable, unique and not longer than the database takes."""
    return shortened(f"i_{entity.id}__{'__'.join(columns)}")


def shortened(name: str) -> str:
    """The name, cut and with a hash at its end where the database would cut it."""
    if len(name) <= NAME_BYTES:
        return name
    return f"{name[: NAME_BYTES - 9]}_{hashlib.blake2b(name.encode(), digest_size=4).hexdigest()}"


def _table_steps(dialect: Dialect, entity: Entity, there: Mapping[str, str]) -> list[Step]:
    definitions = {name: f'"{name}" {dialect.column_type(kind)}' for name, kind in entity.columns.items()}
    if not there:
        create = dialect.create_table(entity.table, ", ".join(definitions.values()))
        return [Step(f"make the table {entity.table} with {len(definitions)} columns", tuple(create))]
    return [
        Step(f"add the column {name} to {entity.table}", (f'ALTER TABLE "{entity.table}" ADD COLUMN {definition}',))
        for name, definition in definitions.items()
        if name not in there
    ]


def _index_steps(session: Session, entity: Entity) -> list[Step]:
    dialect = session.dialect
    there = dialect.indexes(session, entity.table)
    parts = dialect.partitions(session, entity.table)
    steps = []
    for columns in entity.all_indexes:
        name = index_name(entity, columns)
        if name not in there:
            target, words = f"({dialect.index_columns(columns)})", f"({', '.join(columns)})"
            steps += _building(dialect, entity.table, parts, name, target, words)
    name = index_name(entity, ("lying",))
    if entity.time and name not in there:
        target, words = f'("received_at") WHERE {lying(entity.time)}', "(received_at) of records with a lying clock"
        steps += _building(dialect, entity.table, parts, name, target, words)
    return steps


def _building(dialect: Dialect, table: str, parts: Sequence[str], name: str, target: str, words: str) -> list[Step]:
    """The steps of one index; that of a partitioned table takes over those of its partitions, and is there at once."""
    names = {part: shortened(f"{name}__{part}") for part in parts} | {table: name}
    steps = []
    for on, index in names.items():
        how = "CONCURRENTLY " if dialect.name == "postgresql" and not (parts and on == table) else ""
        sql = f'CREATE INDEX {how}"{index}" ON "{on}" {target}'
        steps.append(Step(f"build the index {on} {words}", (sql,), index))
    return steps


def _parts_steps(session: Session, entity: Entity, tables: set[str]) -> list[Step]:
    return [
        Step(f"make the index of parts of {entity.id}.{one.field.name}", tuple(parts.statements(session, one)))
        for one in parts.parts_of(entity)
        if one.table not in tables
    ]


def _catalogue_type(dialect: Dialect, kind: str) -> str:
    return dialect.column_type(kind).split(" COLLATE")[0]


def _next_number(session: Session, declaration: Declaration | None) -> int:
    owner = declaration.owner if declaration else "home"
    names: list[Any] = list(session.run(Migration.select(Migration.name).where(Migration.owner == owner).tuples()))
    return max((int(name[:4]) for (name,) in names), default=0) + 1
