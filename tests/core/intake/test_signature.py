"""Signatures: what an independent signer signs is taken, and nothing else is."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from hypothesis import assume, given
from hypothesis import strategies as st

from core.entity.types.time import Time
from core.intake.decode.layout import Inside, Layout
from core.intake.post import Post
from core.intake.signature import Signature, in_body

INTERFACE = SimpleNamespace(path="/api/preview", layout=Layout())
NAMES = {"appid": "X-Appid", "timestamp": "X-Timestamp", "nonce": "X-Nonce", "sign": "X-Sign"}
WORDS = st.text("abcABC123", min_size=1, max_size=12)
ALGORITHMS = st.sampled_from(["hmac-sha256", "hmac-sm3", "sm3", "md5"])
FIELDS = st.permutations(["appid", "timestamp", "nonce", "method", "path", "body"])


def signature(**said: Any) -> Signature:
    """A signature as declared; hmac-sha256 over appid, timestamp, nonce and body unless said otherwise."""
    usual: dict[str, Any] = {
        "algorithm": "hmac-sha256", "fields": ("appid", "timestamp", "nonce", "body"), "style": "values",
        "separator": "\n", "salt": "after", "salt_name": "", "encoding": "hex", "place": "header",
        "names": NAMES, "read_time": Time().reader, "window_s": 300,
    }  # fmt: skip
    return Signature(**{**usual, **said})


def post(values: dict[str, str], body: bytes = b'{"a": 1}', place: str = "header") -> Post:
    """A post with the four values in their place."""
    data = json.loads(body)
    return Post(
        body=body,
        headers={name.lower(): value for name, value in values.items()} if place == "header" else {},
        address="127.0.0.1",
        received_at=0,
        interface=INTERFACE,
        query=urlencode(values) if place == "query" else "",
        data={**data, **values} if place == "body" else data,
    )


def sm3(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def by_hand(algorithm: str, text: bytes, key: str) -> bytes:
    """The digest as somebody without our code computes it; `text` has the salt in it where there is one."""
    if algorithm == "hmac-sha256":
        return hmac.new(key.encode(), text, hashlib.sha256).digest()
    if algorithm == "md5":
        return hashlib.md5(text).digest()
    if algorithm == "sm3":
        return sm3(text)
    padded = key.encode().ljust(64, b"\0") if len(key) <= 64 else sm3(key.encode()).ljust(64, b"\0")
    inner = sm3(bytes(byte ^ 0x36 for byte in padded) + text)
    return sm3(bytes(byte ^ 0x5C for byte in padded) + inner)


def test_sm3_is_that_of_the_standard() -> None:
    signed = signature(algorithm="sm3", fields=("body.a",), salt="before", separator="").sign([b"bc"], "a")
    assert signed.hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_hmac_sha256_is_that_of_rfc_4231() -> None:
    signed = signature(fields=("body.a",)).sign([b"what do ya want for nothing?"], "Jefe")
    assert signed.hex() == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


@given(
    ALGORITHMS, FIELDS, st.sampled_from(["", "\n", "&", "|"]), st.sampled_from(["before", "after", "both"]),
    st.sampled_from(["", "key"]), st.sampled_from(["hex", "base64"]), st.sampled_from(["values", "pairs"]),
    st.sampled_from(["header", "query"]), WORDS, WORDS, WORDS,
)  # fmt: skip
def test_what_is_signed_by_hand_is_taken(
    algorithm, fields, separator, salt, salt_name, encoding, style, place, appid, nonce, key
):
    values = {"appid": appid, "timestamp": "1793493000", "nonce": nonce, "method": "POST", "path": "/api/preview"}
    values["body"] = '{"a": 1}'
    written = {"appid": "X-Appid", "timestamp": "X-Timestamp", "nonce": "X-Nonce"}
    parts = [f"{written.get(name, name)}={values[name]}" if style == "pairs" else values[name] for name in fields]
    if not algorithm.startswith("hmac"):
        salted = [f"{salt_name}={key}" if salt_name else key]
        parts = (salted if salt != "after" else []) + parts + (salted if salt != "before" else [])
    digest = by_hand(algorithm, separator.join(parts).encode(), key)
    sign = digest.hex().upper() if encoding == "hex" else base64.b64encode(digest).decode()
    declared = signature(
        algorithm=algorithm, fields=tuple(fields), separator=separator, salt=salt, salt_name=salt_name,
        encoding=encoding, style=style, place=place,
    )  # fmt: skip
    sent = {NAMES[role]: values[role] for role in ("appid", "timestamp", "nonce")} | {"X-Sign": sign}
    taken = post(sent, place=place)
    claims = declared.claims(taken)
    assert declared.is_of_any(taken, claims, ["another", key])
    assert not declared.is_of_any(taken, claims, ["another"])
    assert declared.written(declared.sign(declared.text(taken, claims), key)).upper() == sign.upper()


@given(ALGORITHMS, st.sampled_from(["X-Appid", "X-Timestamp", "X-Nonce", "X-Sign", "body"]), WORDS, WORDS)
def test_what_is_changed_on_its_way_is_refused(algorithm, changed, key, other):
    declared = signature(algorithm=algorithm)
    values = {"X-Appid": "county-1", "X-Timestamp": "1793493000", "X-Nonce": "n1", "X-Sign": "00"}
    signed = post(values)
    values["X-Sign"] = declared.written(declared.sign(declared.text(signed, declared.claims(signed)), key))
    body = b'{"a": 2}' if changed == "body" else b'{"a": 1}'
    if changed != "body":
        assume(values[changed] != other)
        values[changed] = other
    taken = post(values, body)
    claims = declared.claims(taken)
    assert not declared.is_of_any(taken, claims, [key])


@given(st.text(max_size=80), st.sampled_from(["hex", "base64"]))
def test_no_text_is_a_signature_by_chance(sign, encoding):
    declared = signature(encoding=encoding)
    taken = post({"X-Appid": "a", "X-Timestamp": "1", "X-Nonce": "n"})
    assert not declared.is_of_any(taken, {"appid": "a", "timestamp": "1", "nonce": "n", "sign": sign}, ["key"])


@pytest.mark.parametrize(
    ("name", "text"),
    [("a", "1"), ("b.c", "x"), ("b", '{"c":"x"}'), ("rows", "[1,2]"), ("none", ""), ("b.c.d", ""), ("t", "true")],
)
def test_values_of_the_body_as_text(name, text):
    assert in_body({"a": 1, "b": {"c": "x"}, "rows": [1, 2], "t": True}, name) == text


def test_values_of_the_body_are_signed_where_they_stand_in_it():
    names = {"appid": "head.appid", "sign": "head.sign", "nonce": "head.nonce"}
    declared = signature(algorithm="md5", place="body", names=names, fields=("body.object", "nonce"), separator="")
    sign = hashlib.md5(b"aGk=n1secret").hexdigest()
    body = json.dumps({"head": {"appid": "a", "nonce": "n1", "sign": sign}, "object": "aGk="}).encode()
    taken = post({}, body)
    claims = declared.claims(taken)
    assert claims == {"appid": "a", "nonce": "n1", "sign": sign}
    assert declared.is_of_any(taken, claims, ["secret"])


def test_a_text_that_holds_the_records_is_signed_as_it_was_sent():
    declared = signature(algorithm="md5", fields=("body.object",), separator="", names={"appid": "a", "sign": "s"})
    taken = post({})
    taken.interface = SimpleNamespace(path="/", layout=Layout(inside=Inside(("object",), "base64", "json")))
    taken.data, taken.inside = {"object": [{"no": 1}]}, "W3sibm8iOiAxfV0="
    sign = hashlib.md5(b"W3sibm8iOiAxfV0=key").hexdigest()
    assert declared.is_of_any(taken, {"sign": sign}, ["key"])
