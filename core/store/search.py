"""The one door to records: condition, columns, sort and scope in, a page of rows out, keyset-paged.

Null sorts as the smallest value on every database. The first sort column is walked in two stretches, null and not
null, so that each is one range of an index.
"""

from __future__ import annotations

import base64
import binascii
import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any, NamedTuple

import peewee

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.condition import All, Node
from core.entity.entity import Entity
from core.store import parts, reach
from core.store.database import Session
from core.store.scope import Scope, visible
from core.store.statements import as_record
from core.store.where import NEVER, Where, known_column

COUNT_CAP = 10_000
GREATEST_ID = (1 << 63) - 1
NEAR = 5_000  # rows that are looked through first, where a question may look through more
RECORDS = "r"  # the alias of the table of records


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked. No columns: all. `sort` names columns, a leading minus for descending; id breaks ties.

    `after` is Found.after of the page before; with another sort it is a ZcError. `skip` is for page numbers: so many
    rows are left out at the beginning, which costs as much as reading them. `reach` is how many rows may be looked
    through, in the order of the entity's time, where no index leads to what is asked for; 0 for all.
    """

    entity: Entity
    condition: Node = All(())
    columns: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    limit: int = 100
    after: str | None = None
    voided: bool = False
    skip: int = 0
    reach: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One page: rows as {column: stored value} with id, and the mark of the next page, None on the last. `reached` is
    the time up to which was looked where the page is not full for that; the mark goes on from there."""

    rows: list[dict[str, Any]]
    after: str | None
    reached: int | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows there are; `capped` says that there are more than `number`."""

    number: int
    capped: bool


class Order(NamedTuple):
    """One sort column."""

    name: str
    descending: bool


def find(session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity]) -> Found:
    """One page of the rows in scope."""
    orders = _orders(search.sort)
    mark = _read_mark(search.after, search.sort, len(orders)) if search.after else None
    names = tuple(dict.fromkeys(("id", *(search.columns or search.entity.columns))))
    fetched = tuple(dict.fromkeys((*names, *(order.name for order in orders))))
    where, condition, base = _selection(session, search, scope, entities, fetched)
    timed = [order.name for order in orders] == [search.entity.time, "id"]
    past_times = mark is not None and mark[0] is None and orders[0].descending
    steps = sorted({min(NEAR, search.reach), search.reach}) if timed and not past_times else [0]
    for step in steps:  # what is common fills its page near by, where the end costs less to find
        start = mark[0] if mark else None
        end = reach.end_of(session, where, condition, step, orders[0].descending, start)
        stretches = _stretches(where, orders, mark, end) if not search.skip else [_until(where, orders[0], end)]
        rows = _rows(session, search, where, orders, base, stretches, fetched)
        if end is None or len(rows) > search.limit:
            break
    page = [{name: row[name] for name in names} for row in rows[: search.limit]]
    if len(rows) > search.limit:
        return Found(page, _write_mark(search.sort, [rows[search.limit - 1][order.name] for order in orders]))
    if end is None:
        return Found(page, None)
    return Found(page, _write_mark(search.sort, [end, 0 if orders[0].descending else GREATEST_ID]), end)


def _rows(
    session: Session,
    search: Search,
    where: Where,
    orders: Sequence[Order],
    base: Any,
    stretches: Iterable[list[Any]],
    fetched: Sequence[str],
) -> list[dict[str, Any]]:
    """The rows of a page and one more, from one stretch after the other."""
    rows: list[dict[str, Any]] = []
    for stretch in stretches:
        query = reduce(lambda query, test: query.where(test), stretch, base)
        query = query.order_by(*(_ordering(where, order) for order in orders)).limit(search.limit + 1 - len(rows))
        query = query.offset(search.skip) if search.skip else query
        rows += [as_record(search.entity, fetched, row) for row in session.run(query.tuples())]
        if len(rows) > search.limit:
            break
    return rows


def count(session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity], cap: int) -> Count:
    """How many rows there are in scope, counted up to `cap`, or within reach."""
    base, whole = selection(session, search, scope, entities, ("id",))
    limited = base.limit(cap + 1).alias("limited")
    query = peewee.Select((limited,), (peewee.fn.COUNT(peewee.SQL("*")),))
    number = session.run(query.tuples())[0][0]
    return Count(min(number, cap), number > cap or not whole)


def order(session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity]) -> array[int]:
    """The ids of all rows in scope, sorted; eight bytes each."""
    where, _, query = _selection(session, search, scope, entities, ("id",))
    query = query.order_by(*(_ordering(where, one) for one in _orders(search.sort)))
    return array("q", (row[0] for row in session.run(query.tuples()).iterator()))


def selection(
    session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity], columns: Sequence[str]
) -> tuple[Any, bool]:
    """The query of these columns of all rows asked for and in scope, without sort and limit, of the newest within
    reach; and whether these are all."""
    where, condition, query = _selection(session, search, scope, entities, columns)
    end = reach.end_of(session, where, condition, search.reach)
    return (query, True) if end is None else (query.where(where.column(str(search.entity.time)) >= end), False)


def _selection(
    session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity], columns: Sequence[str]
) -> tuple[Where, Node, Any]:
    """The condition as it is looked for, and the query of all rows asked for and in scope, without sort and limit."""
    table = peewee.Table(search.entity.table).alias(RECORDS)
    where = Where(search.entity, table, entities, session.dialect.name)
    condition = parts.resolved(session, search.entity, search.condition)
    query = table.select(peewee.SQL(_listed(search.entity, columns))).where(where.sql(condition))
    if not search.voided:
        query = query.where(where.column("voided_at").is_null())
    seen = visible(search.entity, table, scope, entities)
    return where, condition, query if seen is None else query.where(seen)


def _listed(entity: Entity, columns: Sequence[str]) -> str:
    """The columns as text, since Peewee takes as long to write thirty of them as a database to read a page."""
    return ", ".join(f'"{RECORDS}"."{known_column(entity, name)}"' for name in columns)


def _orders(sort: Sequence[str]) -> list[Order]:
    """The sort columns, each once, and id last."""
    orders: dict[str, Order] = {}
    for name in sort:
        orders.setdefault(name.removeprefix("-"), Order(name.removeprefix("-"), name.startswith("-")))
    descending = next(reversed(orders.values())).descending if orders else False
    orders.setdefault("id", Order("id", descending))
    return list(orders.values())


def _ordering(where: Where, order: Order) -> Any:
    column = where.column(order.name)
    if order.name == "id":
        return column.desc() if order.descending else column.asc()
    return column.desc(nulls="LAST") if order.descending else column.asc(nulls="FIRST")


def _stretches(where: Where, orders: Sequence[Order], mark: list[Any] | None, end: int | None) -> Iterator[list[Any]]:
    """The stretches still to read, in order, each as expressions that all hold in it; none beyond `end`."""
    first = where.column(orders[0].name)
    if orders[0].name == "id":
        yield [_beyond(where, orders, mark)] if mark else []
        return
    for null in (True, False) if not orders[0].descending else (False, True):
        if null and end is not None and orders[0].descending:
            continue
        stretch = [first.is_null(null), *([] if null else _until(where, orders[0], end))]
        if mark is None or (mark[0] is None) is not null:
            passed = mark is not None and null is not orders[0].descending
            if not passed:
                yield stretch
        elif null:
            yield [*stretch, _beyond(where, orders[1:], mark[1:])]
        else:
            bound = first <= mark[0] if orders[0].descending else first >= mark[0]
            yield [*stretch, bound, _beyond(where, orders, mark)]


def _until(where: Where, first: Order, end: int | None) -> list[Any]:
    """What is looked through before `end`, and at it."""
    if end is None:
        return []
    column = where.column(first.name)
    return [column >= end if first.descending else (column <= end) | column.is_null()]


def _beyond(where: Where, orders: Sequence[Order], mark: Sequence[Any]) -> Any:
    """Rows that come after the marked one."""
    column, value = where.column(orders[0].name), mark[0]
    if value is None:
        later, same = (NEVER if orders[0].descending else column.is_null(False)), column.is_null()
    elif orders[0].descending:
        later, same = (column < value) | column.is_null(), column == value
    else:
        later, same = column > value, column == value
    return later if len(orders) == 1 else later | reduce(and_, (same, _beyond(where, orders[1:], mark[1:])))


def _write_mark(sort: Sequence[str], values: list[Any]) -> str:
    text = json.dumps([list(sort), values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_mark(mark: str, sort: Sequence[str], length: int) -> list[Any]:
    try:
        marked_sort, values = json.loads(base64.b64decode(mark, altchars=b"-_", validate=True))
        if marked_sort == list(sort) and isinstance(values, list) and len(values) == length:
            return values
    except (ValueError, TypeError, binascii.Error):
        pass
    raise ZcError(phrase("the page mark does not belong to this list"), phrase("Begin again at the first page"))
