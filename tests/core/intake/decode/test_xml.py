"""XML: what becomes of elements and attributes, what a document may not do, round trips."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.intake.decode.layout import Layout
from core.intake.encode import encode
from tests.core.intake.decode.bodies import CHARSETS, NAMES, WRITABLE, decoded, only_stops, stopped

XML = Layout("xml")


@pytest.mark.parametrize(
    ("body", "data"),
    [
        ("<a>x</a>", {"a": "x"}),
        ("<a/>", {"a": ""}),
        ("<a><b>1</b><b>2</b><c/></a>", {"a": {"b": ["1", "2"], "c": ""}}),
        ("<a>\n  <b>1</b>\n</a>", {"a": {"b": "1"}}),
        ('<a n="1"/>', {"a": {"@n": "1"}}),
        ('<a n="1"> x </a>', {"a": {"@n": "1", "#text": " x "}}),
        ('<p:a xmlns:p="urn:p"><p:b xml:lang="zh">1</p:b></p:a>', {"a": {"b": {"@lang": "zh", "#text": "1"}}}),
        ('<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><b i:nil="true"/></a>', {"a": {"b": ""}}),
        ("<a><![CDATA[<b>&]]></a>", {"a": "<b>&"}),
        ("<a>&lt;&#x6E58;</a>", {"a": "<湘"}),
        ('<?xml version="1.0" encoding="GBK"?><a>湘</a>', {"a": "湘"}),
        ("\ufeff<a/>", {"a": ""}),
    ],
)
def test_elements_become_data(body: str, data: Any) -> None:
    assert decoded(body.encode(), XML) == data


@pytest.mark.parametrize("charset", ["gbk", "gb18030"])
def test_the_declared_charset_counts(charset: str) -> None:
    body = '<?xml version="1.0" encoding="utf-8"?><a 号="湘"/>'
    assert decoded(body.encode(charset), Layout("xml", charset)) == {"a": {"@号": "湘"}}
    assert stopped(b"<a>\xff\xff</a>", Layout("xml", charset)).outcome == "body_malformed"


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a>&l9;</a>', "body_malformed"),
        (f'<!DOCTYPE a [<!ENTITY l0 "{"x" * 60_000}">]><a>{"&l0;" * 1000}</a>', "body_malformed"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "body_malformed"),
        ('<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>', "body_malformed"),
        ('<!DOCTYPE a [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;]><a/>', "body_malformed"),
        ("<a>&x;</a>", "body_malformed"),
        ("<a>" * 20_000 + "</a>" * 10, "body_deep"),
        ("<a>" * 9 + "</a>" * 9, "body_deep"),
        ("<a>" * 200_000, "body_many"),
        (f"<a>{'<b/>' * 20_000}</a>", "body_many"),
        ("<a " + " ".join(f'n{n}=""' for n in range(20_000)) + "/>", "body_many"),
        ("<a " + " ".join(f'xmlns:n{n}="u"' for n in range(20_000)) + "/>", "body_many"),
        ('<a n="1" n="2"/>', "body_malformed"),
        ("<a><b></a>", "body_malformed"),
        ("<a/><b/>", "body_malformed"),
        ("a", "body_malformed"),
        ("<p:a/>", "body_malformed"),
        ("<a>\x01</a>", "body_malformed"),
    ],
    ids=lambda value: value[:30],
)
def test_what_a_document_may_not_do(body: str, outcome: str) -> None:
    begun = time.process_time()
    assert stopped(body.encode(), XML).outcome == outcome
    assert time.process_time() - begun < 30  # no blow-up; a bound that no machine is too slow for


def test_as_deep_as_the_site_allows() -> None:
    assert decoded(b"<a>" * 8 + b"</a>" * 8, XML)["a"]["a"]["a"]["a"]["a"]["a"]["a"] == {"a": ""}


CONTENT = st.recursive(
    WRITABLE,
    lambda inner: st.dictionaries(NAMES, inner | st.lists(inner, min_size=2, max_size=3), min_size=1, max_size=3),
    max_leaves=8,
)


@given(NAMES, CONTENT, CHARSETS)
def test_round_trips(root: str, content: Any, charset: str) -> None:
    layout = Layout("xml", charset)
    assume(depth(content) < 7)
    assert decoded(encode({root: content}, layout), layout) == {root: content}


def depth(content: Any) -> int:
    held = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return max((depth(one) + isinstance(content, dict) for one in held), default=0)


FRAGMENTS = st.lists(
    st.sampled_from(["<a>", "</a>", "<a n='1'>", "<!DOCTYPE a>", "&amp;", "&x;", "<![CDATA[", "]]>", "<?x?>", "<!--",
                     "-->", "x", " ", "\x00", "<p:a xmlns:p=''>", "\ufeff", "湘"])
).map("".join)  # fmt: skip


@given(st.one_of(st.binary(max_size=60), FRAGMENTS.map(str.encode)))
def test_only_stops(body: bytes) -> None:
    only_stops(body, XML)
