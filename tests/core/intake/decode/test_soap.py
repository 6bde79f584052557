"""SOAP 1.1: parameters, faults, which operation is called."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.decode.layout import Inside, Layout, Soap
from core.intake.decode.soap import ENVELOPE, operation_of
from core.intake.encode import encode
from tests.core.intake.decode.bodies import CHARSETS, FLAT, WRITABLE, decoded, only_stops, stopped

SEND = Soap("urn:test", "Send", {"Info": "string"}, "SendResult")
SOAP = Layout("soap", soap=SEND)
XML_INSIDE = Layout("soap", soap=SEND, inside=Inside(("Info",), "text", "xml"))


def envelope(body: str, namespace: str = ENVELOPE) -> bytes:
    return f'<s:Envelope xmlns:s="{namespace}"><s:Header/><s:Body>{body}</s:Body></s:Envelope>'.encode()


CALL = '<Send xmlns="urn:test"><Info>{}</Info></Send>'


@pytest.mark.parametrize(
    ("called", "data"),
    [
        ("<Send><Info>x</Info></Send>", {"Info": "x"}),
        ('<t:Send xmlns:t="urn:test"><t:Info>x</t:Info></t:Send>', {"Info": "x"}),
        ("<Send/>", {}),
        ("<Send>x</Send>", {}),
    ],
)
def test_parameters(called: str, data: Any) -> None:
    assert decoded(envelope(called), SOAP) == data


@pytest.mark.parametrize(
    "inside",
    [
        "&lt;R&gt;&lt;a&gt;湘&lt;/a&gt;&lt;/R&gt;",
        "<![CDATA[<?xml version='1.0' encoding='GBK'?><R><a>湘</a></R>]]>",
        "<R><a>湘</a></R>",
    ],
    ids=["escaped", "cdata", "elements"],
)
def test_xml_in_a_parameter(inside: str) -> None:
    assert decoded(envelope(CALL.format(inside)), XML_INSIDE) == {"Info": {"R": {"a": "湘"}}}


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (envelope("<Other/>"), "operation_unknown"),
        (envelope(""), "body_malformed"),
        (envelope("<Send/>", "http://www.w3.org/2003/05/soap-envelope"), "body_malformed"),
        (b"<Envelope/>", "body_malformed"),
        (b"<a/>", "body_malformed"),
        (b"{}", "body_malformed"),
    ],
)
def test_what_is_no_call(body: bytes, outcome: str) -> None:
    assert stopped(body, SOAP).outcome == outcome


@pytest.mark.parametrize(
    ("inside", "outcome"),
    [
        ("", "records_missing"),
        ("x", "body_malformed"),
        ("&lt;!DOCTYPE a&gt;&lt;a/&gt;", "body_malformed"),
        ("&lt;a&gt;" * 9, "body_deep"),
        ("<a>" * 9 + "</a>" * 9, "body_deep"),
    ],
)
def test_the_text_inside_is_hardened_too(inside: str, outcome: str) -> None:
    assert stopped(envelope(CALL.format(inside)), XML_INSIDE).outcome == outcome


@pytest.mark.parametrize(
    ("headers", "body", "operation"),
    [
        ({"soapaction": '"urn:test/SynTime"'}, b"", "SynTime"),
        ({"soapaction": "urn:test#SynTime"}, b"", "SynTime"),
        ({"soapaction": "SynTime"}, b"", "SynTime"),
        ({"soapaction": '""'}, envelope("<Send>"), "Send"),
        ({}, envelope('<t:Send xmlns:t="urn:test"/>'), "Send"),
        ({}, envelope("<Send/><Other/>"), "Send"),
        ({}, envelope(""), ""),
        ({}, b"<!DOCTYPE a><a/>", ""),
        ({}, b"", ""),
        ({}, b"<Envelope>" + b"<a>" * 100_000, ""),
        ({}, envelope("<Send/>").replace(b"<s:Header/>", b"<s:Header>" + b"<b/>" * 2000 + b"</s:Header>"), ""),
        ({}, b"\xff\xfe<", ""),
    ],
)
def test_which_operation_is_called(headers: dict[str, str], body: bytes, operation: str) -> None:
    assert operation_of(body, headers, "utf-8") == operation


@given(FLAT, WRITABLE, CHARSETS)
def test_round_trips(record: dict[str, str], note: str, charset: str) -> None:
    soap = Soap("urn:test", "Send", {"Info": "string", "Note": "string"}, "SendResult")
    layout = Layout("soap", charset, soap=soap, inside=Inside(("Info",), "text", "xml"))
    data = {"Info": {"ROOT": record}, "Note": note}
    assert decoded(encode(data, layout), layout) == data


@given(st.one_of(st.binary(max_size=60), st.text(max_size=40).map(lambda text: envelope(CALL.format(text)))))
def test_only_stops(body: bytes) -> None:
    only_stops(body, XML_INSIDE)
    assert isinstance(operation_of(body, {}, "gbk"), str)
