"""What a statistic says: the parts of its measures, folded from the cells of a window that are in scope, by group."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from msgspec import json

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.entity.condition import All, Node, Test
from core.entity.node import mapped
from core.entity.statistic import Statistic
from core.store import calendar
from core.store.asked import Asked, Figures, Part
from core.store.database import Session
from core.store.levels import DAY, HOUR, MONTH, MONTH_HOUR, Span, spans
from core.store.members import members_of
from core.store.presence import Hours, presence_of
from core.store.scope import visible_along
from core.store.sql import Sql
from core.store.where import Where

SOME_DAY = 20_000_101


@dataclass(frozen=True, slots=True)
class CellWhere(Where):
    """Conditions over grains, dimensions and what is reached through them, as SQL over cells."""

    columns: Mapping[str, Sql] = field(default_factory=dict)

    def column(self, name: str) -> Sql:
        """The expression of what is asked by; ZcError for a name that the statistic does not have."""
        if name not in self.columns:
            known = ", ".join(self.columns)
            raise ZcError(
                phrase("'{name}' is no dimension of this statistic", name=name),
                phrase("Name one of {known}", known=known),
            )
        return self.columns[name]


def find(session: Session, statistic: Statistic, name: str, asked: Asked, entities: Mapping[str, Any]) -> Figures:
    """The figures of a statistic whose cells are in the table `name`."""
    return figures_of(Query(session, statistic, name, asked, entities))


def figures_of(query: Query) -> Figures:
    """The figures of a question, a row for each group that has cells."""
    asked = query.asked
    found: Figures = {}
    plain = [at for at, part in enumerate(asked.parts) if not part.distinct]
    for row in query.rows([asked.parts[at] for at in plain] or [Part("count")]):
        values: list[Any] = [0 if part.distinct and query.tells_apart else None for part in asked.parts]
        for at, value in zip(plain, row[len(asked.by) :], strict=False):
            values[at] = asked.parts[at].stored(value)
        found[query.key(row)] = values
    for at, part in enumerate(asked.parts):
        if part.distinct and query.tells_apart:
            for row in query.different(part):
                found[query.key(row)][at] = int(row[-1])
    return found


def find_hours(session: Session, statistic: Statistic, name: str, asked: Asked, entities: Mapping[str, Any]) -> Hours:
    """The hours of each day that have records, of a statistic that keeps them beside the table `name`. The condition
    is on scope and provenance alone; of a window its days count, not its hours."""
    return Query(session, statistic, presence_of(name), asked, entities).hours()


class Asks(Protocol):
    """What a question needs of a session."""

    @property
    def dialect(self) -> Any:
        """Its `name`, and `pieces`."""

    def execute(self, sql: str, params: Sequence[Any] = ()) -> Any:
        """Run one statement; its rows."""


class Query:
    """One question as SQL."""

    def __init__(
        self, session: Asks, statistic: Statistic, name: str, asked: Asked, entities: Mapping[str, Any]
    ) -> None:
        self.session, self.statistic, self.name, self.asked = session, statistic, name, asked
        self.entities = entities
        self.through = {each: at for at, each in enumerate(asked.through)}

    def rows(self, parts: Sequence[Part]) -> list[tuple[Any, ...]]:
        """The group's values, then those of the parts."""
        by = range(len(self.asked.by))
        arms, values = [], []
        for span in self.spans:
            text, inside = self._arm(span, parts)
            arms.append(text)
            values += inside
        columns = [f'"g{at}"' for at in by]
        columns += [self.folded(part).format(f'"p{at}"') for at, part in enumerate(parts)]
        with_, before = self.tables()
        grouped = f" GROUP BY {', '.join(columns[: len(by)])}{self.limited}" if by else ""
        sql = f"{with_}SELECT {', '.join(columns)} FROM ({' UNION ALL '.join(arms)}) AS asked{grouped}"  # noqa: S608 - compiled names
        return list(self.session.execute(sql, (*before, *values)))

    @property
    def limited(self) -> str:
        """How many groups are read at most, as SQL: all, since cells are few."""
        return ""

    def folded(self, part: Part) -> str:
        """The fold of a part of cells, its column in braces."""
        return f"{part.fold}({{}})"

    def hours(self) -> Hours:
        """The hours of each day, the table being one of core.store.presence."""
        window = self.asked.window
        span = Span(None, window.first, window.last) if window else Span(None)
        joins = "".join(self._join(name) for name in self.through if name in self.asked.used)
        tests, values = self._tests(span, self._where(span))
        with_, before = self.tables()
        found: Hours = {}
        sql = f'{with_}SELECT s."by_{self.statistic.presence}", s."day", s."hours" FROM "{self.name}" AS s{joins} WHERE {tests}'  # noqa: S608, E501 - compiled names
        for key, day, hours in self.session.execute(sql, (*before, *values)):
            days = found.setdefault(key, {})
            days[day] = days.get(day, 0) | hours
        return found

    def different(self, part: Part) -> list[tuple[Any, ...]]:
        """The group's values, then how many different members its cells have."""
        by = range(len(self.asked.by))
        arms, values = [], []
        for span in self.spans:
            text, inside = self._arm(span, [], part)
            arms.append(text)
            values += inside
        with_, before = self.tables()
        columns = [f'"g{at}"' for at in by]
        grouped = f" GROUP BY {', '.join(columns)}" if by else ""
        counted = ", ".join([*columns, 'count(DISTINCT "member")'])
        sql = f"{with_}SELECT {counted} FROM ({' UNION ALL '.join(arms)}) AS asked{grouped}"  # noqa: S608 - compiled names
        return list(self.session.execute(sql, (*before, *values)))

    @property
    def tells_apart(self) -> bool:
        """Whether members are kept as finely as is asked: by days and months."""
        return all(span.level in (DAY, MONTH) for span in self.spans)

    def key(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """The values of `by` at the beginning of a row, as they are stored."""
        return tuple(read(value) for read, value in zip(self._readers, row, strict=False))

    @property
    def spans(self) -> list[Span]:
        """The cells that are asked."""
        finest = HOUR if self.statistic.grain == "hour" else DAY
        coarsest = max(finest, self.asked.coarsest)
        if coarsest == MONTH_HOUR and not self._has_hours_of_day:
            coarsest = HOUR
        return spans(self.asked.window, finest, coarsest)

    @property
    def _has_hours_of_day(self) -> bool:
        """Whether hours of the day are kept, of the zone that is asked."""
        return self.statistic.has_hours_of_day and self.statistic.zone == self.asked.zone

    def _arm(self, span: Span, parts: Sequence[Part], members: Part | None = None) -> tuple[str, list[Any]]:
        """The cells of one span: their groups and parts, or the members of one part."""
        columns: list[str] = []
        values: list[Any] = []
        where = self._where(span)
        for at, name in enumerate(self.asked.by):
            column = where.column(name)
            columns.append(f'{column} AS "g{at}"')
            values += column.values
        for at, part in enumerate(parts):
            text, inside = self._part(part, where)
            columns.append(f'{text} AS "p{at}"')
            values += inside
        joins = [self._join(name) for name in self.through if name in self.asked.used]
        tests, inside = self._tests(span, where)
        if members is not None:
            column_of, join = self.member(members.column)
            columns.append(f'{column_of} AS "member"')
            joins.append(join)
            of_members = where.sql(mapped(members.where, self._translated))
            tests, inside = f"{tests} AND ({of_members})", [*inside, *of_members.values]
        sql = f'SELECT {", ".join(columns)} FROM "{self.name}" AS s{"".join(joins)} WHERE {tests}'  # noqa: S608 - compiled names
        return sql, values + inside

    def _part(self, part: Part, where: CellWhere) -> tuple[str, list[Any]]:
        if part.where == All(()):
            return f's."{part.column}"', []
        text, values = where.sql(mapped(part.where, self._translated))
        return f'CASE WHEN {text} THEN s."{part.column}" END', list(values)

    def _tests(self, span: Span, where: CellWhere) -> tuple[str, list[Any]]:
        """The span, the condition and the scope."""
        text, values = span.sql()
        seen = self.seen
        condition = mapped(self.asked.condition, self._translated)
        for node in (where.sql(condition), *(() if seen is None else (seen,))):
            text, values = f"{text} AND ({node})", [*values, *node.values]
        return text, values

    def member(self, field: str) -> tuple[str, str]:
        """The column of a field's members, and the join that brings it."""
        at = self.statistic.distinct.index(field)
        # + hides a column from SQLite, which would otherwise look for days of the window, not for that of the cell
        same = 'm."level" = +s."level" AND m."day" = +s."day" AND m."cell" = s."cell"'
        first = "CROSS JOIN" if self.session.dialect.name == "sqlite" else "JOIN"  # SQLite would begin at members
        return 'm."value"', f' {first} "{members_of(self.name)}" AS m ON m."field" = {at} AND {same}'

    @property
    def seen(self) -> Sql | None:
        """The scope as a condition; None for the whole."""
        scope = self.statistic.entity.scope
        owner = Sql(f's."by_{scope}"') if scope else None
        return visible_along(self.statistic.entity, owner, self.asked.scope, self.entities)

    def _translated(self, test: Test) -> Node:
        """A test of what is reached through a ref as one of places in its values; of weeks as their numbers."""
        if test.field in self.through:
            values = self.asked.through[test.field].values
            return Test(
                test.field, "in", tuple(at for at, value in enumerate(values) if test.test({test.field: value}))
            )
        if test.field == "week" and test.operator != "present":
            many = isinstance(test.value, tuple)
            value = tuple(map(calendar.week_number, test.value)) if many else calendar.week_number(test.value)
            return Test(test.field, test.operator, value)
        return test

    def _where(self, span: Span) -> CellWhere:
        """What is asked by, as columns of the cells of a span."""
        grains = self.statistic.grains
        columns = {name: Sql(text) for name, text in calendar.EXPRESSIONS.items() if name in grains}
        if "hour_of_day" in grains and "hour_of_day" in self.asked.used:
            columns["hour_of_day"] = Sql(self._hour_of_day(span))
        columns |= {name: Sql(f's."by_{name}"') for name in self.statistic.dimensions}
        columns |= {name: Sql(f'coalesce(through{at}."place", 0)') for name, at in self.through.items()}
        return CellWhere(self.statistic.entity, "s", self.entities, self.session.dialect.name, columns)

    def _hour_of_day(self, span: Span) -> str:
        if span.level == MONTH_HOUR:
            return 's."hour"'
        window = self.asked.window
        first, last = (window.first, window.last) if window else self.known_days()
        return calendar.hour_of_day(self.asked.zone, first, last)

    def known_days(self) -> tuple[int, int]:
        """The first and the last day of the cells: between them the zone's changes have to be known."""
        with_, before = self.tables()
        sql = f'{with_}SELECT min("day"), max("day") FROM "{self.name}"'  # noqa: S608 - a compiled name
        first, last = next(iter(self.session.execute(sql, before)))
        return (first, last) if first is not None else (SOME_DAY, SOME_DAY)

    def tables(self) -> tuple[str, list[Any]]:
        """The tables of what is reached through refs."""
        if not self.through:
            return "", []
        tables = [f"through{at} AS ({self.session.dialect.pieces()})" for at in self.through.values()]
        values = [json.encode(list(each.pieces)).decode() for each in self.asked.through.values()]
        return f"WITH {', '.join(tables)} ", values

    def _join(self, name: str) -> str:
        table, ref = f"through{self.through[name]}", self.asked.through[name].ref
        then = f's."day" >= {table}."since" AND s."day" < {table}."until"'
        return f' LEFT JOIN {table} ON {table}."key" = s."by_{ref}" AND {then}'

    @cached_property
    def _readers(self) -> list[Callable[[Any], Any]]:
        return [self._reader(name) for name in self.asked.by]

    def _reader(self, name: str) -> Callable[[Any], Any]:
        if name in self.through:
            values = self.asked.through[name].values
            return lambda place: values[int(place)]
        if name == "week":
            return lambda number: calendar.week(int(number))
        kinds = {shape.name: shape.column for shape in self.statistic.shapes}
        return READERS.get(kinds.get(name, "integer"), _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value


READERS: Mapping[str, Callable[[Any], Any]] = {
    "integer": lambda value: None if value is None else int(value),
    "boolean": lambda value: None if value is None else bool(value),
}
"""A dimension as it is stored; SQLite has no booleans."""
