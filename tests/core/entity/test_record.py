"""Key and content hashes."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.entity.entity import Entity, Field
from core.entity.record import content_hash, hasher, key_hash
from core.entity.types import CORE

NAMES = ("a", "b", "c")
STORED = st.floats(allow_nan=False).map(lambda value: value + 0.0)  # a field's type never leaves a -0.0
VALUES = st.one_of(st.none(), st.text(max_size=3), st.integers(-3, 300), st.booleans(), STORED)


def entity(*names: str, derived: str = "") -> Entity:
    fields = {name: Field(name, CORE["text"], name, derived=name == derived) for name in names}
    return Entity("e", "e", ("a", "b"), None, None, None, (), MappingProxyType(fields))


def seen(values: dict[str, Any]) -> list[tuple[str, str, Any]]:
    return sorted((name, type(value).__name__, value) for name, value in values.items() if value is not None)


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)), st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)))
def test_content_hashes_are_equal_where_the_content_is(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = seen(one) == seen(other)
    assert (content_hash(entity(*NAMES), one) == content_hash(entity(*NAMES), other)) is same


@given(st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)))
def test_a_field_that_is_not_sent_changes_no_hash(values: dict[str, Any]) -> None:
    before = content_hash(entity(*NAMES), values)
    assert content_hash(entity("new", *reversed(NAMES)), {**values, "new": None}) == before
    assert content_hash(entity(*NAMES, "judged", derived="judged"), {**values, "judged": "x"}) == before


@given(st.fixed_dictionaries(dict.fromkeys("ab", VALUES)), st.fixed_dictionaries(dict.fromkeys("ab", VALUES)))
def test_key_hashes_are_equal_where_the_keys_are(one: dict[str, Any], other: dict[str, Any]) -> None:
    same = all(repr(one[name]) == repr(other[name]) for name in "ab")
    assert (key_hash(entity(*NAMES), one) == key_hash(entity(*NAMES), other)) is same


@given(st.lists(st.text(max_size=20), min_size=2, max_size=2))
def test_numbers_of_one_station_lie_in_their_order(codes: list[str]) -> None:
    first, second = sorted(codes, key=str.encode)
    assert key_hash(entity(*NAMES), {"a": "S1", "b": first}) <= key_hash(entity(*NAMES), {"a": "S1", "b": second})


def test_hashes_are_bounded_and_keys_do_not_run_together() -> None:
    assert len(content_hash(entity(*NAMES), {})) == 16
    assert len(key_hash(entity(*NAMES), {"a": "x" * 500, "b": "码" * 21})) == 8 + 63
    assert len(key_hash(entity(*NAMES), {"a": "x" * 500, "b": "码" * 22})) == 8 + 1 + 16
    assert key_hash(entity(*NAMES), {"a": "x", "b": "yz"}) != key_hash(entity(*NAMES), {"a": "xy", "b": "z"})
    with pytest.raises(KeyError):
        key_hash(entity(*NAMES), {"a": "x"})


def test_the_key_alone_makes_the_key_hash() -> None:
    other = replace(entity(*NAMES), key=("a",))
    assert key_hash(other, {"a": "x", "b": 1}) == key_hash(other, {"a": "x", "b": 2})


@pytest.mark.parametrize("names", [NAMES, ("a", "b"), ("b", "a", "class", "from", "f0")])
@given(values=st.fixed_dictionaries(dict.fromkeys((*NAMES, "class", "from", "f0"), VALUES)))
def test_the_quick_way_says_the_same(names: tuple[str, ...], values: dict[str, Any]) -> None:
    for of in (entity(*names), replace(entity(*names), key=("a",)), entity(*names, derived="b")):
        assert hasher(of)(values) == (key_hash(of, values), content_hash(of, values))
