"""How far a question may look that no index answers: through so many rows in the order of time, then it says where it
ended. So no question, however rare what it asks for, holds a thread and a disk for seconds."""

from __future__ import annotations

from collections.abc import Iterator

from core.entity.condition import All, Node, Test
from core.entity.entity import Entity
from core.store.database import Session
from core.store.sql import Sql, every
from core.store.where import Where

LEADING = frozenset({"is", "in", "starts", "within_tree"})
"""Tests that an index which begins with their field answers."""


def end_of(
    session: Session, where: Where, condition: Node, reach: int, descending: bool = True, start: int | None = None
) -> int | None:
    """The time (UTC milliseconds) at which looking ends after `reach` rows, from the newest on, or from the oldest;
    behind the time `start` where one is given. None where there are fewer rows in the time asked about, where an index
    leads to what is asked for, or nothing is asked for but a time."""
    entity, tests = where.entity, list(_conjuncts(condition))
    if not reach or entity.time is None or _is_led(entity, tests):
        return None
    column = where.column(entity.time)
    timed = [where.sql(test) for test in tests if isinstance(test, Test) and test.field == entity.time]
    ahead = [Sql(f"{column} {'<' if descending else '>'} ?", (start,))] if start is not None else []
    behind = every([*timed, Sql(f"{column} IS NOT NULL"), *ahead])
    order = "DESC NULLS LAST" if descending else "ASC NULLS FIRST"
    row = session.execute(
        f'SELECT {column} FROM "{entity.table}" AS "{where.table}" WHERE {behind}'  # noqa: S608 - compiled names
        f" ORDER BY {column} {order} LIMIT 1 OFFSET ?",
        (*behind.values, reach),
    ).fetchone()
    return int(row[0]) if row is not None else None


def _is_led(entity: Entity, tests: list[Node]) -> bool:
    """Whether an index leads to all that these ask for together, or time alone does."""
    leads = {index[0] for index in entity.all_indexes} | {"id"}
    others = [test for test in tests if not (isinstance(test, Test) and test.field == entity.time)]
    led = any(isinstance(test, Test) and test.operator in LEADING and test.field in leads for test in others)
    return led or not others


def _conjuncts(node: Node) -> Iterator[Node]:
    """What must hold together."""
    if isinstance(node, All):
        for part in node.parts:
            yield from _conjuncts(part)
    else:
        yield node
