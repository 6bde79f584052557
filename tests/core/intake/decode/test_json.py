"""JSON and JSON Lines."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.decode.layout import Layout
from core.intake.encode import encode
from tests.core.intake.decode.bodies import CHARSETS, WRITABLE, decoded, only_stops, stopped

JSON, LINES = Layout("json"), Layout("lines")


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ('{"a": 1}\n{"a": 2}\n', [{"a": 1}, {"a": 2}]),
        ('\ufeff{"a": 1}\r\n\r\n  {"a": 2}', [{"a": 1}, {"a": 2}]),
        ('{"a": 1}\n{"a": \n5\n', [{"a": 1}, '{"a":', 5]),
        ("[" * 9 + "]" * 9, ["[" * 9 + "]" * 9]),
        ("[" * 100_000, ["[" * 100_000]),
        (" \n \n", []),
    ],
    ids=range(6),
)
def test_a_line_stands_for_itself(body: str, data: Any) -> None:
    assert decoded(body.encode(), LINES) == data


def test_lines_are_counted_and_in_the_charset() -> None:
    assert stopped(b"1\n" * 51, LINES).outcome == "records_many"
    assert stopped(b"\xff\xff", LINES).outcome == "body_malformed"


def test_a_number_out_of_range_is_that_records_own_matter() -> None:
    body = b'{"list": [{"kg": 1e400, "axles": -1E+999}, {"kg": 1.5}, 1e308]}'
    assert decoded(body, JSON) == {"list": [{"kg": "1e400", "axles": "-1E+999"}, {"kg": 1.5}, 1e308]}
    assert decoded(b'{"kg": 1e400}\n{"kg": 1}', LINES) == [{"kg": "1e400"}, {"kg": 1}]
    digits = b"1" * 5000
    stop = stopped(b'{"kg": %s}' % digits, JSON)
    assert (stop.outcome, stop.values) == ("body_malformed", {"detail": "有整数位数过多"})
    assert decoded(b'{"kg": %s}\n{"kg": 1}' % digits, LINES) == [f'{{"kg": {digits.decode()}}}', {"kg": 1}]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | WRITABLE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WRITABLE, inner, max_size=3),
    max_leaves=10,
)


@given(VALUES, CHARSETS)
def test_round_trips(data: Any, charset: str) -> None:
    layout = Layout("json", charset)
    body = encode(data, layout)
    if levels(data) > 8:
        assert stopped(body, layout).outcome == "body_deep"
    else:
        assert decoded(body, layout) == data


def levels(data: Any) -> int:
    """How deep lists and mappings lie in each other."""
    held = data.values() if isinstance(data, dict) else data if isinstance(data, list) else None
    return 0 if held is None else 1 + max(map(levels, held), default=0)


def test_lists_without_number() -> None:
    assert stopped(b"[" + b"[]," * 10_000 + b"[]]", JSON).outcome == "body_many"
    assert decoded(b"[" + b"[]," * 10_000 + b"[]]", LINES) == ["[" + "[]," * 10_000 + "[]]"]


@given(st.lists(st.dictionaries(WRITABLE, WRITABLE), max_size=6), CHARSETS)
def test_lines_round_trip(records: list[dict[str, str]], charset: str) -> None:
    layout = Layout("lines", charset)
    assert decoded(encode(records, layout), layout) == records


@given(st.one_of(st.binary(max_size=60), st.text('[]{}",:0e-\n\\u', max_size=40).map(str.encode)), CHARSETS)
def test_only_stops(body: bytes, charset: str) -> None:
    only_stops(body, Layout("json", charset))
    only_stops(body, Layout("lines", charset))
