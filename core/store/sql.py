"""Pieces of SQL as text with ? for each value, put together once for each question.

Lists are asked for hundreds of times a minute, and a tree of nodes takes longer to write than a database to answer; so
what a search needs is written as text. Names come from compiled entities alone, whatever somebody says is a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple


class Sql(NamedTuple):
    """A piece of SQL, and the values of its ? in order."""

    text: str
    values: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return self.text


ALWAYS, NEVER = Sql("1 = 1"), Sql("1 = 0")


def column(table: str, name: str) -> Sql:
    """A column of a table or its alias."""
    return Sql(f'"{table}"."{name}"')


def written(form: str, *pieces: Sql) -> Sql:
    """The form with a piece in the place of each {}."""
    return Sql(form.format(*pieces), tuple(value for piece in pieces for value in piece.values))


def value(given: Any) -> Sql:
    """A value."""
    return Sql("?", (given,))


def every(tests: Iterable[Sql]) -> Sql:
    """All of these hold; always where there is none."""
    return _joined(" AND ", [test for test in tests if test is not ALWAYS], ALWAYS)


def either(tests: Iterable[Sql]) -> Sql:
    """Any of these holds; none of none. Nothing is beside them: a planner finds no index for `1 = 0 OR …`."""
    return _joined(" OR ", list(tests), NEVER)


def among(tested: Sql, values: Sequence[Any]) -> Sql:
    """It is one of these values."""
    marks = ", ".join("?" * len(values))
    return Sql(f"{tested.text} IN ({marks})", (*tested.values, *values)) if values else NEVER


def _joined(word: str, tests: Sequence[Sql], nothing: Sql) -> Sql:
    if len(tests) < 2:  # noqa: PLR2004 - nothing to join
        return tests[0] if tests else nothing
    text = word.join(test.text for test in tests)
    return Sql(f"({text})", tuple(value for test in tests for value in test.values))
