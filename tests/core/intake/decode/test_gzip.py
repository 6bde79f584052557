"""Compressed bodies: whole, in several members, broken, and made to cost much."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.decode.gzip import MOST_MEMBERS, inflate
from core.intake.post import Stop

MIB = 1 << 20


def stopped(body: bytes, encoding: str = "gzip") -> str:
    with pytest.raises(Stop) as told:
        inflate(body, encoding, 1)
    return told.value.outcome


@given(st.lists(st.binary(max_size=3000), max_size=20), st.sampled_from(["gzip", "x-gzip", " GZIP "]))
def test_all_members_are_read(pieces: list[bytes], encoding: str) -> None:
    assert inflate(b"".join(map(gzip.compress, pieces)), encoding, 1) == b"".join(pieces)


@given(st.binary(min_size=1, max_size=3000), st.data())
def test_a_part_is_refused(content: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(content)
    assert stopped(packed[: data.draw(st.integers(1, len(packed) - 1))]) == "body_malformed"


def test_the_bound_is_of_what_comes_out() -> None:
    assert len(inflate(gzip.compress(bytes(MIB)), "gzip", 1)) == MIB
    assert stopped(gzip.compress(bytes(MIB + 1))) == "body_large"
    assert stopped(gzip.compress(bytes(MIB)) + gzip.compress(b"a")) == "body_large"


def test_members_are_counted() -> None:
    empty = gzip.compress(b"")
    assert inflate(empty * MOST_MEMBERS, "gzip", 1) == b""
    assert stopped(empty * (MOST_MEMBERS + 1)) == "body_many"


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"a", mtime=0) + b"rest"])
def test_what_is_no_gzip_is_refused(body: bytes) -> None:
    assert stopped(body) == "body_malformed"


def test_other_encodings_are_named() -> None:
    assert stopped(b"PK", "zip") == "encoding_unknown"
    assert inflate(b"{}", "identity", 1) == b"{}"
