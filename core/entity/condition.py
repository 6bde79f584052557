"""The one grammar of conditions, for checks, categories, statistics, roles, alarms, flows and trials.

A condition is a mapping of field → test, all of which must hold, beside `all: [...]`, `any: [...]` and `not: {...}`.
A test is a value (equal) or a mapping of operators: is, not, above, below, from, to, between, in, like, starts,
alike, within, present. Several operators of one field must all hold. Values are written as we show them: kilograms,
km/h, times in the site's zone. `is: null` is `present: false`, `not: null` is `present: true`; core.entity.node says
what each operator means and how null counts.

`within` is a window on times and dates (the words of core.entity.window, such as today or this_month, "7 days",
"3 hours", "2026-11-01", "2026-11", {from: A, to: B} where a whole day or month is taken whole) and a subtree on refs
(the key at its root).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.phrase import phrase
from core.declare.wording import quoted
from core.entity.entity import Entity, Field
from core.entity.field_type import Reading, ValueRefused
from core.entity.near import instead
from core.entity.node import All, Any_, Looks, Node, Not, Test, expand, fields, tests
from core.entity.system import all_fields
from core.entity.types import CORE
from core.entity.types.time import LATEST_MS, moment
from core.entity.window import WORDS, moves, window

__all__ = [
    "All",
    "Any_",
    "Condition",
    "Fault",
    "Looks",
    "Node",
    "Not",
    "Test",
    "compiled",
    "expand",
    "fields",
    "parse",
    "tests",
]

Path = tuple[str | int, ...]
Fault = tuple[Path, str, dict[str, Any]]
"""(path inside the condition, problem code, the catalogue's values)."""

OPERATORS = (
    "is", "not", "above", "below", "from", "to", "between", "in", "like", "starts", "alike", "within", "present",
)  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """A condition found good. Its windows, such as today, are fixed anew at each use."""

    sample: Node  # the tree at some moment: which fields and operators it has
    moves: bool  # whether its windows follow the clock
    _parse: Callable[[int], tuple[Node | None, list[Fault]]]

    def at(self, now_ms: int) -> Node:
        """The condition as it stands at that moment, UTC milliseconds."""
        node = self._parse(now_ms)[0] if self.moves else self.sample
        assert node is not None  # noqa: S101 - what was good once is good at any moment
        return node


def parse(
    data: Any, entity: Entity, zone: ZoneInfo, now_ms: int, fields: Mapping[str, Field] | None = None
) -> tuple[Node | None, list[Fault]]:
    """The tree of `data`, and what is wrong with it; None when anything is.

    `fields` are those one may ask by; the entity's and the system's when not said.
    """
    parser = _Parser(all_fields(entity) if fields is None else fields, entity.id, zone, now_ms)
    node = parser.condition(data, ())
    return (None if parser.faults else node), parser.faults


def compiled(
    data: Any, entity: Entity, zone: ZoneInfo, fields: Mapping[str, Field] | None = None
) -> tuple[Condition | None, list[Fault]]:
    """A condition to keep with a snapshot, and what is wrong with it; None when anything is."""
    parser = _Parser(all_fields(entity) if fields is None else fields, entity.id, zone, _SOME_MS)
    node = parser.condition(data, ())
    if parser.faults:
        return None, parser.faults
    return Condition(node, parser.moves, partial(parse, data, entity, zone, fields=fields)), []


_SOME_MS = 1_600_000_000_000  # any moment does to see whether windows can be read


class _UnfitError(Exception):
    """The operator means nothing for the field's type."""


class _Parser:
    """One pass over a condition; notes every fault and goes on."""

    def __init__(self, fields: Mapping[str, Field], entity: str, zone: ZoneInfo, now_ms: int) -> None:
        self.fields, self.entity, self.zone, self.now_ms = fields, entity, zone, now_ms
        self.faults: list[Fault] = []
        self.moves = False

    def condition(self, data: Any, path: Path) -> Node:
        """A mapping of field and test, all, any or not."""
        if not isinstance(data, Mapping):
            self.fault(path, "ZC321", what=phrase("a condition is a mapping of field and test"))
            return All(())
        parts: list[Node] = []
        for name, test in data.items():
            if name in ("all", "any"):
                inner = tuple(self.conditions(test, (*path, name)))
                parts.append(All(inner) if name == "all" else Any_(inner))
            elif name == "not":
                parts.append(Not(self.condition(test, (*path, name))))
            elif name in self.fields:
                parts += self.field_tests(self.fields[name], test, (*path, name))
            else:
                mend = instead(str(name), self.fields)
                self.fault((*path, name), "ZC320", name=name, entity=self.entity, mend=mend)
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def conditions(self, data: Any, path: Path) -> list[Node]:
        """The list under all or any."""
        if not isinstance(data, list) or not data:
            self.fault(path, "ZC321", what=phrase("{word} takes a list of conditions", word=path[-1]))
            return []
        return [self.condition(item, (*path, index)) for index, item in enumerate(data)]

    def field_tests(self, field: Field, data: Any, path: Path) -> list[Node]:
        """The tests of one field: a value, or a mapping of operators."""
        if not isinstance(data, Mapping):
            return self.one(field, "is", data, path)
        if not data:
            self.fault(path, "ZC321", what=phrase("a test needs an operator"))
        found: list[Node] = []
        for operator, value in data.items():
            if operator in OPERATORS:
                found += self.one(field, operator, value, (*path, operator))
            else:
                mend = instead(str(operator), OPERATORS)
                self.fault(
                    (*path, operator),
                    "ZC321",
                    what=phrase("unknown operator '{operator}'", operator=operator),
                    mend=mend,
                )
        return found

    def one(self, field: Field, operator: str, value: Any, path: Path) -> list[Node]:
        """The test in a list; an empty list when it is at fault."""
        try:
            return [self.test(field, operator, value)]
        except _UnfitError:
            self.fault(path, "ZC323", operator=operator, name=field.name)
        except ValueRefused:
            self.fault(path, "ZC322", value=quoted(value), name=field.name)
        except ValueError as error:
            self.fault(path, "ZC322", value=quoted(value), name=field.name, mend=error.args[0])
        return []

    def test(self, field: Field, operator: str, value: Any) -> Node:
        """ValueError with what to write, ValueRefused, or _UnfitError."""
        name, kind = field.name, field.type
        read = partial(_read, field, self.zone)
        if operator in ("is", "not") and value is None:
            return Test(name, "present", operator == "not")
        if operator in ("is", "not"):
            return Test(name, operator, read(value))
        if operator == "present":
            return Test(name, operator, _boolean(value))
        if operator == "in":
            return Test(name, operator, tuple(read(item) for item in _list(value)))
        if operator == "within":
            return self.within(field, value)
        if operator in ("like", "starts"):
            _fit(kind.column == "text" and not kind.ordered)
            return Test(name, operator, _text(value))
        if operator == "alike":
            _fit(bool(kind.alike))
            return Test(name, operator, Looks.of(_text(read(value)), kind.alike))
        _fit(kind.ordered)
        if operator == "between":
            low, high = (read(item) for item in _list(value, exactly=2))
            if low > high:
                raise ValueError(phrase("write the lower value first"))
            return Test(name, operator, (low, high))
        return Test(name, operator, read(value))

    def within(self, field: Field, value: Any) -> Node:
        """A subtree of a ref, a window on a time or a date."""
        if field.to:
            return Test(field.name, "within_tree", _text(value))
        _fit(field.type.timed)
        start, end = self.span(value)
        if field.type.column == "integer":
            return Test(field.name, "within_time", (start, end))
        days = tuple(moment(ms, self.zone).date().isoformat() for ms in (start, end - 1))
        return Test(field.name, "between", days)

    def span(self, value: Any) -> tuple[int, int]:
        """(start_ms, end_ms) of a window, or of {from, to}."""
        if not isinstance(value, Mapping):
            return self.window(value)
        if not value or set(value) - {"from", "to"}:
            raise ValueError(phrase("write {{from: A, to: B}}"))
        start = self.edge(value["from"], 0) if "from" in value else 0
        end = self.edge(value["to"], 1) if "to" in value else LATEST_MS
        return start, end

    def edge(self, value: Any, side: int) -> int:
        """One end of {from, to}: of a day or month its start (side 0) or end (side 1), else a moment."""
        try:
            return self.window(value)[side]
        except ValueError:
            return _moment(value, self.zone)

    def window(self, value: Any) -> tuple[int, int]:
        """(start_ms, end_ms); ValueError with what to write."""
        self.moves = self.moves or moves(value)
        try:
            return window(value, self.zone, self.now_ms)
        except ValueError:
            raise ValueError(
                phrase("write {words}, a day such as 2026-11-01 or a month such as 2026-11", words=WORDS)
            ) from None

    def fault(self, path: Path, code: str, **values: Any) -> None:
        """Note what is wrong at `path`."""
        self.faults.append((path, code, values))


def _read(field: Field, zone: ZoneInfo, value: Any) -> Any:
    """The stored form of a value in a condition; the field's bounds do not bind what one may ask."""
    if value is None:
        raise ValueError(phrase("ask for null with `present: false`"))
    free = replace(
        field, options={name: option for name, option in field.options.items() if name not in ("min", "max")}
    )
    return field.type.reader(free, Reading(zone=zone))(value)


def _moment(value: Any, zone: ZoneInfo) -> int:
    read: Callable[[Any], int] = CORE["time"].reader(Field("", CORE["time"], ""), Reading(zone=zone))
    return read(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(phrase("write true or false"))


def _text(value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError(phrase("write a text"))


def _list(value: Any, exactly: int | None = None) -> list[Any]:
    if not isinstance(value, list) or not value or (exactly is not None and len(value) != exactly):
        raise ValueError(phrase("write a list of {count} values", count=exactly or phrase("one or more")))
    return value


def _fit(fits: bool) -> None:
    if not fits:
        raise _UnfitError
