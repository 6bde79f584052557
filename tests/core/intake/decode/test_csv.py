"""CSV: headings, numbers, declared names, lines that do not fit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.decode.layout import Csv, Layout
from core.intake.encode import encode
from tests.core.intake.decode.bodies import CHARSETS, NAMES, WRITABLE, decoded, only_stops, stopped

HEADED = Layout("csv")
NUMBERED = Layout("csv", csv=Csv(heading=False))
NAMED = Layout("csv", csv=Csv(";", heading=False, columns=("no", "kg")))


@pytest.mark.parametrize(
    ("layout", "body", "data"),
    [
        (HEADED, "no,kg\r\nA,1\r\nB,2\r\n", [{"no": "A", "kg": "1"}, {"no": "B", "kg": "2"}]),
        (HEADED, "\ufeff no , kg\nA,1", [{"no": "A", "kg": "1"}]),
        (HEADED, 'no,kg\n"A,\n""x""",1\n\n,\n', [{"no": 'A,\n"x"', "kg": "1"}]),
        (HEADED, "no,kg\nA\nB,2,\nC,3,4\n", [{"no": "A"}, {"no": "B", "kg": "2"}, ["C", "3", "4"]]),
        (HEADED, "no,kg\n", []),
        (NUMBERED, "A,1\nB\n", [{"1": "A", "2": "1"}, {"1": "B"}]),
        (NAMED, "A;1\nB,2\n", [{"no": "A", "kg": "1"}, {"no": "B,2"}]),
    ],
)
def test_lines_become_records(layout: Layout, body: str, data: Any) -> None:
    assert decoded(body.encode(), layout) == data


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('no,kg\nA,"1', "body_malformed"),
        ('no,kg\nA,"1"x\n', "body_malformed"),
        ("no,no\nA,1\n", "body_malformed"),
        (" , \nA,1\n", "body_malformed"),
        ("no\n" + "A\n" * 51, "records_many"),
        ("no\n" + "," * 20_000, "body_many"),
        ("no\n" + '"\n",' * 20_000, "body_many"),
        ("no\n" + "x" * 200_000, "body_malformed"),
        ("no\nA\x00\n\xff", "body_malformed"),
    ],
    ids=range(9),
)
def test_what_is_no_csv(body: str, outcome: str) -> None:
    assert stopped(body.encode("latin-1"), HEADED).outcome == outcome


ROWS = st.integers(1, 4).flatmap(
    lambda width: st.tuples(
        st.lists(NAMES, min_size=width, max_size=width, unique=True),
        st.lists(st.lists(WRITABLE, min_size=width, max_size=width), max_size=5),
    )
)


@given(ROWS, CHARSETS, st.sampled_from([",", ";", "\t", "|"]))
def test_round_trips(made: tuple[list[str], list[list[str]]], charset: str, delimiter: str) -> None:
    names, rows = made
    layout = Layout("csv", charset, Csv(delimiter, heading=False, columns=tuple(names)))
    records = [dict(zip(names, row, strict=True)) for row in rows if any(row)]
    assert decoded(encode(records, layout), layout) == records


@given(st.one_of(st.binary(max_size=60), st.text('"\r\n, a\x00', max_size=40).map(str.encode)))
def test_only_stops(body: bytes) -> None:
    for layout in (HEADED, NUMBERED, NAMED):
        only_stops(body, layout)
