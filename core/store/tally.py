"""How many of what: the values of a field with their counts, and sums, over no more rows than a cap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.entity.entity import Entity
from core.store.database import Session
from core.store.scope import Scope
from core.store.search import Search, selection
from core.store.statements import as_record


@dataclass(frozen=True, slots=True)
class Tally:
    """[(stored value, count)], the most frequent first; `capped` says that there are more rows than were counted."""

    values: list[tuple[Any, int]]
    capped: bool


def tally(
    session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity], field: str, cap: int
) -> Tally:
    """The values of a field over the rows in scope."""
    base, whole = selection(session, search, scope, entities, (field,))
    rows = session.execute(
        f'SELECT "{field}", count(*) FROM ({base} LIMIT ?) AS limited'  # noqa: S608 - compiled names
        " GROUP BY 1 ORDER BY 2 DESC, 1",
        (*base.values, cap + 1),
    )
    found = [(as_record(search.entity, (field,), (value,))[field], int(count)) for value, count in rows]
    return Tally(found, sum(count for _, count in found) > cap or not whole)


def totals(
    session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity], fields: Sequence[str], cap: int
) -> dict[str, int | None]:
    """The sum of each field over the rows in scope; None where there are more than `cap` rows or some out of reach."""
    base, whole = selection(session, search, scope, entities, tuple(fields))
    sums = ", ".join(f'sum("{name}")' for name in fields)
    row = session.execute(
        f"SELECT count(*), {sums} FROM ({base} LIMIT ?) AS limited",  # noqa: S608 - compiled names
        (*base.values, cap + 1),
    ).fetchone()
    known = whole and row[0] <= cap
    return {name: int(value or 0) if known else None for name, value in zip(fields, row[1:], strict=True)}
