"""Texts in a body that are bodies themselves, forms among what holds them, and gzip around all."""

from __future__ import annotations

import base64
import gzip
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.decode import decode, open_inside
from core.intake.decode.gzip import inflate
from core.intake.decode.layout import Content, Csv, Inside, Layout
from core.intake.encode import encode
from core.intake.post import Stop
from tests.core.intake.decode.bodies import LIMITS, NAMES, WRITABLE, decoded, only_stops, stopped

OBJECT = Inside(("object",), "base64", "json")
SIGNED = Layout("json", inside=OBJECT)
FORM = Layout("form", inside=OBJECT)


def coded(text: str, charset: str = "utf-8") -> str:
    return base64.b64encode(text.encode(charset)).decode()


def test_json_in_base64_in_json_and_as_it_was_sent() -> None:
    text = coded('[{"a": "湘"}]')
    body = f'{{"object": "{text}", "sign": "x"}}'.encode()
    data = decode(Content(body, SIGNED, LIMITS))
    inside = open_inside(data, Content(body, SIGNED, LIMITS))
    assert data == {"object": [{"a": "湘"}], "sign": "x"}
    assert inside == text


@pytest.mark.parametrize("spoil", [lambda text: text.replace("+", " "), lambda text: f"{text[:8]}\r\n{text[8:]}"])
def test_base64_as_forms_and_mails_write_it(spoil: Any) -> None:
    text = coded('{"a": ">>>???>>>"}')
    assert "+" in text
    assert decoded(f"object={spoil(text).replace('+', '%2B')}".encode(), FORM) == {"object": {"a": ">>>???>>>"}}


def test_other_formats_and_deeper_places() -> None:
    layout = Layout("json", "gbk", Csv(";"), inside=Inside(("data", "csv"), "base64", "csv"))
    text = coded("车;重\n湘A;1\n", "gbk")
    assert decoded(f'{{"data": {{"csv": "{text}"}}}}'.encode("gbk"), layout) == {
        "data": {"csv": [{"车": "湘A", "重": "1"}]}
    }


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"{}", "records_missing"),
        (b'{"object": 5}', "records_missing"),
        (b'{"object": null}', "records_missing"),
        (b"[]", "records_missing"),
        (b'{"object": ""}', "records_missing"),
        (b'{"object": "%%%"}', "body_malformed"),
        (b'{"object": "YQ"}', "body_malformed"),
        (b'{"object": "\xe6\xb9\x98"}', "body_malformed"),
        (b'{"object": "YQ=="}', "body_malformed"),
        (b'{"object": "/////w=="}', "body_malformed"),
        (f'{{"object": "{coded("[" * 9 + "]" * 9)}"}}'.encode(), "body_deep"),
    ],
)
def test_what_is_not_inside(body: bytes, outcome: str) -> None:
    assert stopped(body, SIGNED).outcome == outcome


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"a=1&" * 10_001, "body_many"),
        (b"a=" + b"%41" * 1_000_001, "body_many"),
        (b"a=%FF", "body_malformed"),
        ("a=湘".encode(), "body_malformed"),
    ],
    ids=["many", "much", "escaped", "bare"],
)
def test_what_is_no_form(body: bytes, outcome: str) -> None:
    assert stopped(body, Layout("form")).outcome == outcome


@given(st.dictionaries(NAMES, WRITABLE, max_size=5), st.sampled_from(["utf-8", "gbk", "gb18030"]))
def test_forms_round_trip(fields: dict[str, str], charset: str) -> None:
    layout = Layout("form", charset)
    try:
        body = encode(fields, layout)
    except UnicodeEncodeError:
        assert charset == "gbk"
        return
    assert decoded(body, layout) == fields


@given(st.dictionaries(NAMES, WRITABLE), st.sampled_from(["form", "json"]), st.sampled_from(["text", "base64"]))
def test_what_is_inside_round_trips(record: dict[str, str], outer: str, encoding: str) -> None:
    layout = Layout(outer, inside=Inside(("object",), encoding, "json"))
    data = {"object": record, "sign": "x"}
    assert decoded(encode(data, layout), layout) == data


@given(st.binary(max_size=60), st.text('[]{}":ob=%A/+ \n', max_size=30))
def test_only_stops(junk: bytes, text: str) -> None:
    for layout in (SIGNED, FORM):
        only_stops(junk, layout)
        only_stops(text.encode(), layout)
    only_stops(f'{{"object": "{base64.b64encode(junk).decode()}"}}'.encode(), SIGNED)


def test_gzip_is_inflated_members_and_all() -> None:
    assert inflate(gzip.compress(b"ab") + gzip.compress(b"cd"), " GZip ", 1) == b"abcd"
    assert inflate(b"ab", "", 1) == inflate(b"ab", "identity", 1) == b"ab"
    assert inflate(gzip.compress(b"x" * (1 << 20)), "gzip", 1) == b"x" * (1 << 20)


WHOLE = gzip.compress(b"ab" * 100)


@pytest.mark.parametrize(
    ("body", "encoding", "outcome"),
    [
        (gzip.compress(b"x" * ((1 << 20) + 1)), "gzip", "body_large"),
        (gzip.compress(gzip.compress(bytes(1 << 26))), "gzip", None),
        (gzip.compress(bytes(1 << 28)), "gzip", "body_large"),
        (gzip.compress(bytes(1 << 19)) * 400, "gzip", "body_large"),
        (WHOLE[:-4], "gzip", "body_malformed"),
        (WHOLE[:5], "gzip", "body_malformed"),
        (WHOLE + b"rest", "gzip", "body_malformed"),
        (WHOLE[:-8] + bytes(8), "gzip", "body_malformed"),
        (zlib.compress(b"ab"), "gzip", "body_malformed"),
        (b"ab", "gzip", "body_malformed"),
        (b"ab", "br", "encoding_unknown"),
        (WHOLE, "gzip, gzip", "encoding_unknown"),
    ],
    ids=range(12),
)
def test_what_is_not_inflated(body: bytes, encoding: str, outcome: str | None) -> None:
    if outcome is None:
        assert len(inflate(body, encoding, 1)) <= 1 << 20
        return
    with pytest.raises(Stop) as caught:
        inflate(body, encoding, 1)
    assert caught.value.outcome == outcome


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_gzip_round_trips_and_only_stops(data: bytes, junk: bytes) -> None:
    assert inflate(gzip.compress(data), "gzip", 1) == data
    for body in (junk, gzip.compress(data)[: len(junk)] + junk):
        outcome = "body_malformed"
        try:
            inflate(body, "gzip", 1)
        except Stop as stop:
            outcome = stop.outcome
        assert outcome == "body_malformed"
