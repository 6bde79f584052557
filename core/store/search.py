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
from typing import Any, NamedTuple

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.condition import All, Node
from core.entity.entity import Entity
from core.store import parts, reach
from core.store.database import Session
from core.store.scope import Scope, visible
from core.store.sql import NEVER, Sql, either, every
from core.store.statements import as_record
from core.store.where import Where, known_column

COUNT_CAP = 10_000
GREATEST_ID = (1 << 63) - 1
NEAR = (5_000, 20_000)  # rows that are looked through first, where a question may look through more
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
    where, condition, test = _asked(session, search, scope, entities)
    descending, end, looked = orders[0].descending, None, 0
    rows: list[dict[str, Any]] = []
    for step in _steps(search, orders, mark):
        start = mark[0] if mark else None
        end = reach.end_of(session, where, condition, step - looked, descending, start)
        stretches = _stretches(where, orders, mark, end) if not search.skip else [_until(where, orders[0], end)]
        _read(session, search, where, orders, test, stretches, fetched, rows)
        if end is None or len(rows) > search.limit:
            break
        mark, looked = [end, 0 if descending else GREATEST_ID], step
    page = rows[: search.limit]
    page = page if fetched == names else [{name: row[name] for name in names} for row in page]
    if len(rows) > search.limit:
        return Found(page, _write_mark(search.sort, [rows[search.limit - 1][order.name] for order in orders]))
    if end is None or mark is None:
        return Found(page, None)
    return Found(page, _write_mark(search.sort, mark), end)


def _steps(search: Search, orders: Sequence[Order], mark: list[Any] | None) -> Sequence[int]:
    """How many rows are looked through in all after each step, where the order is that of time: what is common fills
    its page near by, where the end costs less to find. 0 for all."""
    timed = [order.name for order in orders] == [search.entity.time, "id"]
    past_times = mark is not None and mark[0] is None and orders[0].descending
    if not timed or past_times or not search.reach:
        return (0,)
    return (search.reach,) if search.skip else (*(near for near in NEAR if near < search.reach), search.reach)


def _read(
    session: Session,
    search: Search,
    where: Where,
    orders: Sequence[Order],
    test: Sql,
    stretches: Iterable[list[Sql]],
    fetched: Sequence[str],
    rows: list[dict[str, Any]],
) -> None:
    """Add to the rows what is still missing of a page and one more, from one stretch after the other."""
    for stretch in stretches:
        query = _query(search.entity, fetched, every([*stretch, test]))
        values = (*query.values, search.limit + 1 - len(rows), search.skip)
        found = session.execute(f"{query}{_ordered(where, orders)} LIMIT ? OFFSET ?", values)
        rows += [as_record(search.entity, fetched, row) for row in found]
        if len(rows) > search.limit:
            break


def count(session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity], cap: int) -> Count:
    """How many rows there are in scope, counted up to `cap`, or within reach; behind the mark `after` where the search
    names one, whatever its reach."""
    if search.after:
        return _count_behind(session, search, scope, entities, cap)
    base, whole = selection(session, search, scope, entities, ("id",))
    number = _number(session, base, cap + 1)
    return Count(min(number, cap), number > cap or not whole)


def _count_behind(session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity], cap: int) -> Count:
    orders = _orders(search.sort)
    mark = _read_mark(str(search.after), search.sort, len(orders))
    where, _, test = _asked(session, search, scope, entities)
    number = 0
    for stretch in _stretches(where, orders, mark, None):
        number += _number(session, _query(search.entity, ("id",), every([*stretch, test])), cap + 1 - number)
    return Count(min(number, cap), number > cap)


def _number(session: Session, base: Sql, cap: int) -> int:
    sql = f"SELECT count(*) FROM ({base} LIMIT ?) AS limited"  # noqa: S608 - compiled names
    return int(session.execute(sql, (*base.values, cap)).fetchone()[0])


def order(session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity]) -> array[int]:
    """The ids of all rows in scope, sorted; eight bytes each."""
    where, _, test = _asked(session, search, scope, entities)
    query = _query(search.entity, ("id",), test)
    rows = session.execute(f"{query}{_ordered(where, _orders(search.sort))}", query.values)
    return array("q", (row[0] for row in rows))


def selection(
    session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity], columns: Sequence[str]
) -> tuple[Sql, bool]:
    """The query of these columns of all rows asked for and in scope, without sort and limit, of the newest within
    reach; and whether these are all."""
    where, condition, test = _asked(session, search, scope, entities)
    end = reach.end_of(session, where, condition, search.reach)
    if end is None:
        return _query(search.entity, columns, test), True
    within = Sql(f"{where.column(str(search.entity.time))} >= ?", (end,))
    return _query(search.entity, columns, every([test, within])), False


def _asked(session: Session, search: Search, scope: Scope, entities: Mapping[str, Entity]) -> tuple[Where, Node, Sql]:
    """The condition as it is looked for, and what holds for every row asked for and in scope."""
    where = Where(search.entity, RECORDS, entities, session.dialect.name)
    condition = parts.resolved(session, search.entity, search.condition)
    stands = [] if search.voided else [Sql(f"{where.column('voided_at')} IS NULL")]
    seen = visible(search.entity, RECORDS, scope, entities)
    return where, condition, every([where.sql(condition), *stands, *([] if seen is None else [seen])])


def _query(entity: Entity, columns: Sequence[str], test: Sql) -> Sql:
    listed = ", ".join(f'"{RECORDS}"."{known_column(entity, name)}"' for name in columns)
    return Sql(f'SELECT {listed} FROM "{entity.table}" AS "{RECORDS}" WHERE {test}', test.values)  # noqa: S608 - compiled names


def _orders(sort: Sequence[str]) -> list[Order]:
    """The sort columns, each once, and id last."""
    orders: dict[str, Order] = {}
    for name in sort:
        orders.setdefault(name.removeprefix("-"), Order(name.removeprefix("-"), name.startswith("-")))
    descending = next(reversed(orders.values())).descending if orders else False
    orders.setdefault("id", Order("id", descending))
    return list(orders.values())


def _ordered(where: Where, orders: Sequence[Order]) -> str:
    nulls = {True: " DESC NULLS LAST", False: " ASC NULLS FIRST"}
    plain = {True: " DESC", False: " ASC"}
    columns = (f"{where.column(name)}{(plain if name == 'id' else nulls)[down]}" for name, down in orders)
    return f" ORDER BY {', '.join(columns)}"


def _stretches(where: Where, orders: Sequence[Order], mark: list[Any] | None, end: int | None) -> Iterator[list[Sql]]:
    """The stretches still to read, in order, each as tests that all hold in it; none beyond `end`."""
    first = where.column(orders[0].name)
    if orders[0].name == "id":
        yield [_beyond(where, orders, mark)] if mark else []
        return
    for null in (True, False) if not orders[0].descending else (False, True):
        if null and end is not None and orders[0].descending:
            continue
        # bounds first: of several on one column SQLite goes by the one that it reads first
        stretch = [*([] if null else _until(where, orders[0], end)), _null(first, null)]
        if mark is None or (mark[0] is None) is not null:
            passed = mark is not None and null is not orders[0].descending
            if not passed:
                yield stretch
        elif null:
            yield [*stretch, _beyond(where, orders[1:], mark[1:])]
        else:
            bound = Sql(f"{first} {'<=' if orders[0].descending else '>='} ?", (mark[0],))
            yield [bound, *stretch, _beyond(where, orders, mark)]


def _null(column: Sql, null: bool) -> Sql:
    return Sql(f"{column} IS {'NULL' if null else 'NOT NULL'}")


def _until(where: Where, first: Order, end: int | None) -> list[Sql]:
    """What is looked through before `end`, and at it."""
    if end is None:
        return []
    column = where.column(first.name)
    return [Sql(f"{column} >= ?" if first.descending else f"({column} <= ? OR {column} IS NULL)", (end,))]


def _beyond(where: Where, orders: Sequence[Order], mark: Sequence[Any]) -> Sql:
    """Rows that come after the marked one."""
    column, value = where.column(orders[0].name), mark[0]
    if value is None:
        later, same = (NEVER if orders[0].descending else _null(column, False)), _null(column, True)
    elif orders[0].descending:
        later, same = Sql(f"({column} < ? OR {column} IS NULL)", (value,)), Sql(f"{column} = ?", (value,))
    else:
        later, same = Sql(f"{column} > ?", (value,)), Sql(f"{column} = ?", (value,))
    return later if len(orders) == 1 else either([later, every([same, _beyond(where, orders[1:], mark[1:])])])


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
