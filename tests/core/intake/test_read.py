"""Reading a body: formats, charsets, limits, where token and records lie."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.decode.json import check_depth
from core.intake.decode.layout import Content, Layout
from core.intake.plan import Interface
from core.intake.post import Partner, Post, Stop
from core.intake.read import read
from tests.core.intake.homes import LIMITS, NOW, PREVIEW, good

FORM = PREVIEW.replace("records: bodys", "format: form")


def taken(interface: Interface, body: bytes, headers: dict[str, str] | None = None) -> Post:
    post = Post(body, headers or {}, "127.0.0.1", NOW, interface)
    asyncio.run(read(post, lambda _: Partner("test"), LIMITS))
    return post


def stopped(interface: Interface, body: bytes) -> Stop:
    with pytest.raises(Stop) as caught:
        taken(interface, body)
    return caught.value


@pytest.fixture(scope="module")
def listed(tmp_path_factory: pytest.TempPathFactory) -> Interface:
    """Records in a list under bodys, token in the body."""
    return good(tmp_path_factory.mktemp("home"))


def test_a_list_of_records(listed: Interface) -> None:
    post = taken(listed, b'{"token": "t", "bodys": [{"a": 1}, {"a": 2}]}')
    assert post.raws == [{"a": 1}, {"a": 2}]
    assert post.token == "t"
    assert not post.alone


def test_one_record_where_a_list_may_be(listed: Interface) -> None:
    post = taken(listed, b'{"bodys": {"a": 1}}', {"authorization": "Bearer  abc "})
    assert post.raws == [{"a": 1}]
    assert post.token == "abc"
    assert post.alone


@pytest.mark.parametrize(
    ("records", "body", "raws"),
    [
        ("data.list", '{"data": {"list": [{"a": 1}]}}', [{"a": 1}]),
        ('""', '[{"a": 1}, 5]', [{"a": 1}, 5]),
        ('""', '{"token": "t", "a": 1}', [{"a": 1}]),
        ("data", '{"data": []}', []),
    ],
)
def test_where_records_lie(tmp_path: Path, records: str, body: str, raws: list[Any]) -> None:
    interface = good(tmp_path, PREVIEW.replace("records: bodys", f"records: {records}"))
    assert taken(interface, body.encode()).raws == raws


def test_the_token_is_cut_out_wherever_it_lies(tmp_path: Path) -> None:
    interface = good(tmp_path, PREVIEW.replace("records: bodys", "records: body\ntoken: head.token"))
    post = taken(interface, b'{"head": {"token": 123, "v": 1}, "body": {"token": "mine"}}')
    assert post.token == "123"
    assert post.data == {"head": {"v": 1}, "body": {"token": "mine"}}


def test_an_interface_without_a_token_in_its_body(tmp_path: Path) -> None:
    interface = good(tmp_path, PREVIEW.replace("records: bodys", 'records: ""\ntoken: null'))
    post = taken(interface, b'{"token": "t"}')
    assert post.token is None
    assert post.raws == [{"token": "t"}]


@pytest.mark.parametrize("token", ["null", "true", "{}", '""', "[]"])
def test_what_is_no_token(listed: Interface, token: str) -> None:
    assert taken(listed, f'{{"token": {token}, "bodys": []}}'.encode()).token is None


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (b"", "body_missing"),
        (b" \r\n", "body_missing"),
        (b"x" * ((1 << 20) + 1), "body_large"),
        (b'{"bodys": [', "body_malformed"),
        (b'{"bodys": [NaN]}', "body_malformed"),
        (b'{"bodys": ["\xb3\xac"]}', "body_malformed"),
        (b'{"bodys": [{"a": "\\ud800"}]}', "body_malformed"),
        (b"[" * 9 + b"]" * 9, "body_deep"),
        (b"[" * 20_000, "body_deep"),
        (b"[" * 200_000, "body_many"),
        (b'["' + b'","' * 40_000 + b'"]', "body_many"),
        (b"[" * 8 + b"]" * 7, "body_malformed"),
        (b"[" * 20_000 + b"]" * 20_000, "body_deep"),
        (b'{"body": []}', "records_missing"),
        (b'{"bodys": "x"}', "records_missing"),
        (b'{"bodys": null}', "records_missing"),
        (b"5", "records_missing"),
        (msgspec.json.encode({"bodys": [{}] * 51}), "records_many"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[:20].decode("latin-1"),
)
def test_refused_as_a_whole(listed: Interface, body: bytes, outcome: str) -> None:
    assert stopped(listed, body).outcome == outcome


def test_a_byte_order_mark_is_passed_over(listed: Interface) -> None:
    assert taken(listed, b'\xef\xbb\xbf{"bodys": []}').raws == []


@pytest.mark.parametrize("charset", ["gbk", "gb18030"])
def test_chinese_charsets(tmp_path: Path, charset: str) -> None:
    interface = good(tmp_path, PREVIEW.replace("records: bodys", f"records: bodys\ncharset: {charset}"))
    body = '{"bodys": [{"truckno": "湘D12345", "note": "乗[{"}]}'
    assert taken(interface, body.encode(charset)).raws == [{"truckno": "湘D12345", "note": "乗[{"}]
    assert stopped(interface, b'{"bodys": ["\xff\xff"]}').outcome == "body_malformed"


def test_a_form_with_one_record(tmp_path: Path) -> None:
    interface = good(tmp_path, FORM)
    body = urlencode({"token": "t", "truckno": "湘D12345", "axisnum": 6, "empty": ""}).encode()
    post = taken(interface, body)
    assert post.raws == [{"truckno": "湘D12345", "axisnum": "6", "empty": ""}]
    assert post.token == "t"


def test_a_form_with_a_list_in_a_parameter(tmp_path: Path) -> None:
    interface = good(tmp_path, FORM.replace("format: form", "format: form\nrecords: list"))
    body = urlencode({"token": "t", "list": '[{"a": 1}, {"a": 2}]'}).encode()
    assert taken(interface, body).raws == [{"a": 1}, {"a": 2}]
    assert stopped(interface, urlencode({"list": "[" * 20 + "]" * 20}).encode()).outcome == "body_deep"
    assert stopped(interface, b"list=%5B").outcome == "body_malformed"
    assert stopped(interface, b"lists=%5B%5D").outcome == "records_missing"


def test_a_form_in_gbk(tmp_path: Path) -> None:
    interface = good(tmp_path, FORM.replace("format: form", "format: form\ncharset: gbk"))
    body = urlencode({"truckno": "湘D12345"}, encoding="gbk").encode()
    assert taken(interface, body).raws == [{"truckno": "湘D12345"}]
    assert stopped(interface, b"truckno=%FF%FF").outcome == "body_malformed"


def test_identify_may_be_asynchronous(listed: Interface) -> None:
    async def identify(post: Post) -> Partner:
        return Partner(f"of {post.token}")

    post = Post(b'{"token": "t", "bodys": []}', {}, "127.0.0.1", NOW, listed)
    asyncio.run(read(post, identify, LIMITS))
    assert post.partner.id == "of t"


def levels(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(levels, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(levels, value), default=0)
    return 0


TREES = st.recursive(
    st.text(max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=12,
)


@given(TREES, st.integers(0, 6))
def test_depth_is_counted_exactly(tree: Any, bound: int) -> None:
    content = Content(b"", Layout(), {**LIMITS, "depth": bound})
    if levels(tree) > bound:
        with pytest.raises(Stop):
            check_depth(tree, content)
    else:
        check_depth(tree, content)


def test_brackets_in_texts_are_no_depth(listed: Interface) -> None:
    body = msgspec.json.encode({"bodys": [{"a": "[" * 12, "b": '"]}[{'}]})
    assert taken(listed, body).raws == [{"a": "[" * 12, "b": '"]}[{'}]
