"""The log that the database keeps, wrong attempts and indexes of parts of texts."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.entity.condition import All, Looks, Test
from core.entity.entity import Entity, Field
from core.entity.types.text import Text
from core.store import parts
from core.store.scope import Scope
from core.store.search import Search
from core.store.store import Store
from tests.core.store.records import entity, field, put, row

_numbers = itertools.count(1)


def test_nobody_changes_or_deletes_a_line_of_the_log(store):
    store.log.add("login", "tester", "127.0.0.1", "tester", why="a test")
    for statement in (
        "DELETE FROM log",
        "DELETE FROM log WHERE id = 1",
        "UPDATE log SET who = 'somebody else'",
        "INSERT INTO log (id, kind, at, who, address, what, detail) VALUES (1, 'x', 1, 'x', 'x', 'x', '{}')",
        "INSERT OR REPLACE INTO log (id, kind, at, who, address, what, detail) VALUES (1, 'x', 1, 'x', 'x', 'x', '{}')"
        if store.dialect == "sqlite"
        else "TRUNCATE log",
    ):
        with pytest.raises(Exception, match=r"append-only|duplicate key"):
            store.writer.run(lambda session, statement=statement: session.execute(statement))
    [line] = store.log.lines()
    assert (line.who, line.address, line.detail) == ("tester", "127.0.0.1", {"why": "a test"})


def test_the_log_is_read_by_kind_person_time_and_page(store):
    for number, (kind, who) in enumerate((("login", "a"), ("export", "b"), ("login", "b"))):
        store.log.add(kind, who, "", str(number))
    assert [line.what for line in store.log.lines(kinds=["login"])] == ["2", "0"]
    assert [line.what for line in store.log.lines(who="b")] == ["2", "1"]
    newest = store.log.lines(limit=1)[0]
    assert [line.what for line in store.log.lines(before=newest.id)] == ["1", "0"]
    assert store.log.lines(start=newest.at + 1) == store.log.lines(end=0) == []


def test_attempts_are_counted_until_the_lock_and_forgotten_after(store):
    def attempt(at):
        return store.people.attempt(["login:a", "address:x"], at, 2, 1000)

    assert [attempt(at) for at in (10, 20, 30, 1019, 1020)] == [0, 0, 990, 1, 0]
    store.people.forget_failures(["login:a", "address:x"])
    assert [attempt(at) for at in (1030, 1040, 1050)] == [0, 0, 990]


class Tag(Text):
    """A text with an index of its parts."""

    partial: ClassVar[bool] = True
    alike: ClassVar[Mapping[str, str]] = {"B": "8", "D": "0", "O": "0"}


TAGGED: Entity = entity("tagged", field("code"), Field("tag", Tag(), "标牌"), indexes=(("tag",),))
ENTITIES = {"tagged": TAGGED}
tags = st.text(st.sampled_from("AB8D0O1%_\"'湘"), max_size=7)


@pytest.fixture
def tagged(empty_store) -> Store:
    empty_store.apply(empty_store.plan(ENTITIES))
    assert empty_store.plan(ENTITIES).steps == ()
    return empty_store


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.none() | tags, min_size=1, max_size=6),
    part=tags.filter(bool),
    fill=st.integers(0, 2),
    amended=st.none() | tags.filter(bool),
)
def test_parts_are_found_with_the_index_as_without(tagged, values, part, fill, amended):
    """The index finds what the test itself holds for, filled before, half-way or not at all, and after an amendment."""
    rows = [row(TAGGED, code=f"C{next(_numbers)}", tag=value) for value in values]
    for number, each in enumerate(rows):
        put(tagged, each, of=TAGGED)
        if number < fill:
            tagged.fill_parts(ENTITIES)
    everything = tagged.search(Search(TAGGED, All(()), limit=10_000), Scope.whole(), ENTITIES).rows
    if amended is not None:
        tagged.writer.amend(TAGGED, everything[0]["id"], {"tag": amended}, "test", "test").result()
        everything[0]["tag"] = amended
    tests = (
        Test("tag", "like", f"%{part}%"),
        Test("tag", "like", part),
        Test("tag", "alike", Looks.of(part, Tag.alike)),
    )
    for test in tests:
        found = tagged.search(Search(TAGGED, test, limit=10_000), Scope.whole(), ENTITIES).rows
        assert [each["id"] for each in found] == [each["id"] for each in everything if test.test(each)]


def test_where_too_many_values_have_the_part_the_records_are_read(tagged, monkeypatch):
    monkeypatch.setattr(parts, "FOUND_MOST", 2)
    for number in range(5):
        put(tagged, row(TAGGED, code=f"M{number}", tag=f"A1{number}"), of=TAGGED)
    tagged.fill_parts(ENTITIES)
    for test in (Test("tag", "like", "A1%"), Test("tag", "alike", Looks.of("A1", Tag.alike))):
        assert len(tagged.search(Search(TAGGED, test, limit=10), Scope.whole(), ENTITIES).rows) == 5
