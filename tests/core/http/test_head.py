"""Heads that are plain, those that are not, and that a plain one says the same to Tornado."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.httputil import HTTPHeaders, parse_request_start_line

from core.http.head import plain

GOOD = ["POST /api/x HTTP/1.1", "Host: a", "Content-Length: 12", "Content-Type: application/json"]
NOT_PLAIN = {
    "another method": ["PUT /api/x HTTP/1.1", *GOOD[1:]],
    "a method in small letters": ["post /api/x HTTP/1.1", *GOOD[1:]],
    "an older version": ["POST /api/x HTTP/1.0", *GOOD[1:]],
    "a query": ["POST /api/x?a=1 HTTP/1.1", *GOOD[1:]],
    "a whole address": ["POST http://a/api/x HTTP/1.1", *GOOD[1:]],
    "two blanks": ["POST  /api/x HTTP/1.1", *GOOD[1:]],
    "no host": [GOOD[0], *GOOD[2:]],
    "a host that is none": [GOOD[0], "Host: a/b", *GOOD[2:]],
    "hosts in one": [GOOD[0], "Host: a, b", *GOOD[2:]],
    "no length": [*GOOD[:2], GOOD[3]],
    "the length twice": [*GOOD, "content-length: 12"],
    "two lengths": [*GOOD, "Content-Length: 0"],
    "lengths in one": [*GOOD[:2], "Content-Length: 12, 12"],
    "a length with a sign": [*GOOD[:2], "Content-Length: +12"],
    "a length in hexadecimal": [*GOOD[:2], "Content-Length: 0xc"],
    "a length with an underscore": [*GOOD[:2], "Content-Length: 1_2"],
    "a length with a leading zero": [*GOOD[:2], "Content-Length: 012"],
    "a length beyond all": [*GOOD[:2], "Content-Length: 99999999999"],
    "chunks": [*GOOD, "Transfer-Encoding: chunked"],
    "chunks said oddly": [*GOOD, "Transfer-Encoding: xchunked"],
    "a blank before the colon": [*GOOD, "Transfer-Encoding : chunked"],
    "a line that goes on": [*GOOD, " chunked"],
    "a header twice": [*GOOD, "X-Forwarded-For: a", "x-forwarded-for: b"],
    "a question first": [*GOOD, "Expect: 100-continue"],
    "another protocol": [*GOOD, "Upgrade: h2c"],
    "the end announced": [*GOOD, "Connection: close"],
    "a compressed body": [*GOOD, "Content-Encoding: gzip"],
    "a lone line feed": [*GOOD, "A: b\nTransfer-Encoding: chunked"],
    "a lone carriage return": [*GOOD, "A: b\rTransfer-Encoding: chunked"],
    "a zero byte": [*GOOD, "A: b\0"],
    "no colon": [*GOOD, "chunked"],
    "no name": [*GOOD, ": chunked"],
    "an empty line": ["", *GOOD],
}


def head(lines: list[str]) -> bytes:
    return "\r\n".join(lines).encode("latin-1")


def test_a_plain_head_is_read() -> None:
    found = plain(head([*GOOD, "Authorization:  Bearer a.b \t", "Connection: Keep-Alive", "X-Empty:"]))
    assert found is not None
    assert (found.path, found.length) == ("/api/x", 12)
    assert found.headers["authorization"] == "Bearer a.b"
    assert found.headers["x-empty"] == ""


@pytest.mark.parametrize("lines", NOT_PLAIN.values(), ids=NOT_PLAIN)
def test_what_could_mean_two_things_is_not_plain(lines: list[str]) -> None:
    assert plain(head(lines)) is None


def test_bytes_above_ascii_are_not_plain() -> None:
    assert plain(head(GOOD) + "\r\nX-Name: 湘".encode()) is None


PIECES = st.sampled_from(
    [*GOOD[1:], "A: b", "a: c", "Transfer-Encoding: chunked", "X:", "", " x", "é: x", "A:\tb c\t "]
)


@given(lines=st.lists(PIECES | st.text(st.characters(max_codepoint=255), max_size=12), max_size=8))
def test_tornado_reads_the_same_from_a_plain_head(lines: list[str]) -> None:
    raw = head([*GOOD[:3], *lines])
    found = plain(raw)
    if found is None:
        return
    first, _, rest = raw.decode("latin-1").partition("\r\n")
    asked = parse_request_start_line(first)
    theirs = HTTPHeaders.parse(rest)
    assert (asked.method, asked.path, asked.version) == ("POST", found.path, "HTTP/1.1")
    assert {name.lower(): value for name, value in theirs.get_all()} == found.headers
    assert len(list(theirs.get_all())) == len(found.headers)
