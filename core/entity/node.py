"""The tree of a condition and its truth: what a mapping says about one record.

The logic is two-valued: a test of a field that is null is false, except `present: false` and `not` a value, which is
true for null (what was not measured is not that value). Not turns the truth of the part inside it, so
Not(gross_kg above 0) holds for a null gross_kg. The store's SQL says the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

Record = Mapping[str, Any]
Tester = Callable[[Record], bool]


@dataclass(frozen=True)
class All:
    """Every part holds; true when it has none."""

    parts: tuple[Node, ...]

    @cached_property
    def test(self) -> Tester:
        """`test(record) -> bool`, record in stored form."""
        testers = tuple(part.test for part in self.parts)
        if len(testers) == 1:
            return testers[0]
        return lambda record: all(tester(record) for tester in testers)


@dataclass(frozen=True)
class Any_:  # noqa: N801 - the underscore keeps typing.Any readable beside it
    """At least one part holds; false when it has none."""

    parts: tuple[Node, ...]

    @cached_property
    def test(self) -> Tester:
        """`test(record) -> bool`, record in stored form."""
        testers = tuple(part.test for part in self.parts)
        return lambda record: any(tester(record) for tester in testers)


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Node

    @cached_property
    def test(self) -> Tester:
        """`test(record) -> bool`, record in stored form."""
        tester = self.part.test
        return lambda record: not tester(record)


@dataclass(frozen=True)
class Looks:
    """What a text must have in it, where each character of `given` counts as the one of `taken` at its place; `part` is
    in taken characters already."""

    part: str
    given: str
    taken: str

    @classmethod
    def of(cls, text: str, alike: Mapping[str, str]) -> Looks:
        """The looks of a text, by a field type's `alike`."""
        looks = cls("", "".join(alike), "".join(alike.values()))
        return replace(looks, part=looks.of_text(text))

    def of_text(self, text: str) -> str:
        """The text in taken characters."""
        return text.translate(str.maketrans(self.given, self.taken))


@dataclass(frozen=True)
class Test:
    """One test of one field; `value` is in stored form.

    operator and value: is, not, above, below, from (≥), to (≤): a value, never null; between: (low, high), both
    inclusive; in: a tuple of values; like: a text in which % stands for any text and _ for one character,
    case-sensitive, without an escape character, the whole value; starts: a text, case-sensitive; alike: a Looks;
    within_time: (start_ms, end_ms), half-open; within_tree: a root key, or the frozenset of keys it stands for
    (`expand`); present: a bool.
    """

    __test__ = False  # not a test class for pytest

    field: str
    operator: str
    value: Any

    @cached_property
    def test(self) -> Tester:
        """`test(record) -> bool`, record in stored form. ValueError for a root key that was not expanded."""
        return TESTERS[self.operator](self.field, self.value)


Node = All | Any_ | Not | Test


def fields(node: Node) -> Iterator[str]:
    """Names of the fields that the condition tests, each time it does."""
    for test in tests(node):
        yield test.field


def tests(node: Node) -> Iterator[Test]:
    """Every test in the condition, in order."""
    match node:
        case Test():
            yield node
        case Not(part):
            yield from tests(part)
        case All(parts) | Any_(parts):
            for part in parts:
                yield from tests(part)


def mapped(node: Node, change: Callable[[Test], Node]) -> Node:
    """The condition with `change(test)` in place of each test."""
    match node:
        case Test():
            return change(node)
        case Not(part):
            return Not(mapped(part, change))
        case All(parts):
            return All(tuple(mapped(part, change) for part in parts))
        case Any_(parts):
            return Any_(tuple(mapped(part, change) for part in parts))


def expand(node: Node, subtree: Callable[[str, str], frozenset[str]]) -> Node:
    """The condition with each within_tree root replaced by `subtree(field, root)`: the root and all under it."""

    def change(test: Test) -> Node:
        is_root = test.operator == "within_tree" and isinstance(test.value, str)
        return Test(test.field, "within_tree", subtree(test.field, test.value)) if is_root else test

    return mapped(node, change)


def _equal(field: str, value: Any) -> Tester:
    return lambda record: (found := record.get(field)) is not None and found == value


def _not_equal(field: str, value: Any) -> Tester:
    return lambda record: (found := record.get(field)) is None or found != value


def _above(field: str, value: Any) -> Tester:
    return lambda record: (found := record.get(field)) is not None and found > value


def _below(field: str, value: Any) -> Tester:
    return lambda record: (found := record.get(field)) is not None and found < value


def _from(field: str, value: Any) -> Tester:
    return lambda record: (found := record.get(field)) is not None and found >= value


def _to(field: str, value: Any) -> Tester:
    return lambda record: (found := record.get(field)) is not None and found <= value


def _between(field: str, value: tuple[Any, Any]) -> Tester:
    low, high = value
    return lambda record: (found := record.get(field)) is not None and low <= found <= high


def _in(field: str, value: tuple[Any, ...]) -> Tester:
    values = frozenset(value)
    return lambda record: record.get(field) in values


def _like(field: str, value: str) -> Tester:
    pattern = "".join({"%": ".*", "_": "."}.get(sign, re.escape(sign)) for sign in value)
    matches = re.compile(pattern, re.DOTALL).fullmatch
    return lambda record: (found := record.get(field)) is not None and matches(found) is not None


def _starts(field: str, value: str) -> Tester:
    return lambda record: (found := record.get(field)) is not None and found.startswith(value)


def _alike(field: str, value: Looks) -> Tester:
    return lambda record: (found := record.get(field)) is not None and value.part in value.of_text(found)


def _within_time(field: str, value: tuple[int, int]) -> Tester:
    start, end = value
    return lambda record: (found := record.get(field)) is not None and start <= found < end


def _within_tree(field: str, value: frozenset[str] | str) -> Tester:
    if isinstance(value, frozenset):
        return lambda record: record.get(field) in value
    raise ValueError(f"within '{value}' on {field}: expand the root key to its subtree first")


def _present(field: str, value: bool) -> Tester:
    return lambda record: (record.get(field) is not None) is value


TESTERS: Mapping[str, Callable[[str, Any], Tester]] = {
    "is": _equal,
    "not": _not_equal,
    "above": _above,
    "below": _below,
    "from": _from,
    "to": _to,
    "between": _between,
    "in": _in,
    "like": _like,
    "starts": _starts,
    "alike": _alike,
    "within_time": _within_time,
    "within_tree": _within_tree,
    "present": _present,
}
