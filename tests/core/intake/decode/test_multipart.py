"""multipart/form-data: fields, files, and bodies that end in the middle."""

from __future__ import annotations

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from core.intake.decode.layout import Inside, Layout
from core.intake.encode import TYPES, encode
from tests.core.intake.decode.bodies import NAMES, WRITABLE, decoded, only_stops, stopped

FORM = Layout("multipart")
INSIDE = Layout("multipart", inside=Inside(("result",), "text", "json"))
TYPE = "multipart/form-data; boundary=b"


def sent(**files: object) -> tuple[bytes, str]:
    """What requests makes of files and fields."""
    made = requests.Request("POST", "http://test.invalid/", files=files).prepare()
    assert isinstance(made.body, bytes)
    return made.body, made.headers["Content-Type"]


def test_fields_and_files() -> None:
    body, kind = sent(a=(None, "1"), b=(None, "湘"), photo=("车.jpg", b"\xff\xd8", "image/jpeg"))
    assert decoded(body, FORM, kind) == {"a": "1", "b": "湘", "photo": "车.jpg"}


@pytest.mark.parametrize("part", [(None, '[{"a": 1}]'), ("r.json", b'[{"a": 1}]', "application/json")])
def test_json_in_a_part_or_a_file(part: object) -> None:
    body, kind = sent(result=part, other=(None, "x"))
    assert decoded(body, INSIDE, kind) == {"result": [{"a": 1}], "other": "x"}


def test_xml_in_a_part_in_gbk() -> None:
    layout = Layout("multipart", "gbk", inside=Inside(("x",), "text", "xml"))
    body, kind = sent(x=(None, "<R><a>湘</a></R>".encode("gbk")), n=(None, "衡阳".encode("gbk")))
    assert decoded(body, layout, kind) == {"x": {"R": {"a": "湘"}}, "n": "衡阳"}


PART = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1'


@pytest.mark.parametrize(
    ("body", "kind", "outcome"),
    [
        (PART, TYPE, "body_malformed"),
        (PART + b"\r\n--b", TYPE, "body_malformed"),
        (PART + b"\r\n--b--", "multipart/form-data", "body_malformed"),
        (PART + b"\r\n--b--", "application/json", "body_malformed"),
        (PART + b"\r\n--b--", "", "body_malformed"),
        (PART + b"\r\n--b--", "multipart/form-data; boundary=other", "body_malformed"),
        (PART + b"\r\n--b--", "multipart/form-data; boundary=\xff\xf0\u0100", "body_malformed"),
        (b"--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--", TYPE, "body_malformed"),
        (b"--b\r\n" + b"x" * 100_000, TYPE, "body_many"),
        (b"--b\r\n" + b"A: b\r\n" * 100, TYPE, "body_many"),
        ((PART + b"\r\n") * 1001 + b"--b--", TYPE, "body_many"),
        (PART + b"\xff\xff\r\n--b--", TYPE, "body_malformed"),
        (b"x" * 100_000, TYPE, "body_malformed"),
    ],
    ids=range(13),
)
def test_what_is_no_form(body: bytes, kind: str, outcome: str) -> None:
    assert stopped(body, FORM, kind).outcome == outcome


def test_what_follows_the_end_is_passed_over() -> None:
    assert decoded(PART + b"\r\n--b--\r\nmore", FORM, TYPE) == {"a": "1"}


def test_the_part_inside_must_be_there() -> None:
    assert stopped(PART + b"\r\n--b--", INSIDE, TYPE).outcome == "records_missing"


@given(st.dictionaries(NAMES, WRITABLE, min_size=1, max_size=5))
def test_round_trips(fields: dict[str, str]) -> None:
    assert decoded(encode(fields, FORM), FORM, TYPES["multipart"]) == fields


PIECES = st.lists(st.sampled_from([PART, b"\r\n", b"--b", b"--", b"\r", b"\n", b"x", b":", b'name="', b"\xff"])).map(
    b"".join
)


@given(st.one_of(st.binary(max_size=80), PIECES), st.sampled_from([TYPE, "", "multipart/form-data; boundary=\n"]))
def test_only_stops(body: bytes, kind: str) -> None:
    only_stops(body, INSIDE, kind)
