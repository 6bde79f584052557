"""What attackers send: requests as bytes."""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.soak.sender import weighing

JSON_PATH, XML_PATH = "/api/preview", "/api/siege"
XML_INTERFACE = f"""\
title: 测试接口
entity: weighing
path: {XML_PATH}
format: xml
records: list.item
reply: tender
fields:
  code: {{from: code, required: true}}
  station: {{from: station, required: true}}
  weighed_at: {{from: at, pattern: "yyyy-MM-dd HH:mm:ss", required: true}}
  gross_kg: {{from: gross, unit: kg, required: true}}
"""
MIB = 1 << 20
LENGTH = 12 * MIB  # of what is large within the site's bound of 16 MiB


def bearer(token: str) -> bytes:
    """The header that names a partner."""
    return f"Authorization: Bearer {token}\r\n".encode()


def record(code: str) -> bytes:
    """A good post of one weighing."""
    return json.dumps({"bodys": [weighing(code)]}).encode()


def head(path: str, more: bytes) -> bytes:
    """The head of a post up to its own headers."""
    return f"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n".encode() + more


def post(body: bytes, more: bytes = b"", path: str = JSON_PATH) -> bytes:
    """A whole post, its length right."""
    return head(path, more) + b"Content-Length: %d\r\n\r\n" % len(body) + body


@dataclass(frozen=True)
class Bomb:
    """A body that costs more to read than to send."""

    path: str
    body: bytes
    encoding: str = ""

    def request(self, token: str | None) -> bytes:
        """The post of it, the connection closed afterwards."""
        more = b"Connection: close\r\n" + (bearer(token) if token else b"")
        if self.encoding:
            more += f"Content-Encoding: {self.encoding}\r\n".encode()
        return post(self.body, more, self.path)


def _zeros(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(MIB)) for _ in range(size // MIB)) + packer.flush()


@cache
def bombs() -> tuple[Bomb, ...]:
    """Every bomb; made once, which takes seconds."""
    return tuple(_bombs())


def _bombs() -> Iterator[Bomb]:
    zeros = _zeros(1 << 30)
    yield Bomb(JSON_PATH, zeros, "gzip")
    yield Bomb(JSON_PATH, gzip.compress(zeros), "gzip")  # packed twice
    yield Bomb(JSON_PATH, gzip.compress(b"") * (LENGTH // 20), "gzip")
    yield Bomb(JSON_PATH, gzip.compress(b"[" * LENGTH), "gzip")
    yield Bomb(JSON_PATH, b"PK\x03\x04" + zeros, "zip")
    yield Bomb(JSON_PATH, b"[" * LENGTH)
    yield Bomb(JSON_PATH, b"[" + b"[]," * (LENGTH // 3) + b"1]")
    yield Bomb(JSON_PATH, b"[" + (b"[" * 900 + b"]" * 900 + b",") * (LENGTH // 1801) + b"1]")
    yield Bomb(JSON_PATH, b"{" + b",".join(b'"%07d":1' % number for number in range(LENGTH // 12)) + b"}")
    yield Bomb(JSON_PATH, b"[" + b"9" * LENGTH + b"]")
    laughs = b"".join(b'<!ENTITY l%d "%b">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    yield Bomb(XML_PATH, b'<!DOCTYPE l [<!ENTITY l0 "ha">' + laughs + b"]><list>&l9;</list>")
    blow_up = b'<!DOCTYPE l [<!ENTITY q "' + b"q" * 100_000 + b'">]><list>' + b"&q;" * 100_000 + b"</list>"
    yield Bomb(XML_PATH, blow_up)
    yield Bomb(XML_PATH, b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><list>&x;</list>')
    yield Bomb(XML_PATH, b"<a>" * (LENGTH // 7) + b"</a>" * (LENGTH // 7))
    yield Bomb(XML_PATH, b"<list " + b" ".join(b'a%07d="1"' % number for number in range(LENGTH // 14)) + b"/>")
    yield Bomb(XML_PATH, b"<list>" + b"<item/>" * (LENGTH // 7) + b"</list>")


def _said(length: bytes) -> Callable[[bytes, bytes], bytes]:
    return lambda body, more: head(JSON_PATH, more) + b"Content-Length: " + length + b"\r\n\r\n" + body


def _off(by: int) -> Callable[[bytes, bytes], bytes]:
    return lambda body, more: head(JSON_PATH, more) + b"Content-Length: %d\r\n\r\n" % (len(body) + by) + body


def _two(by: int) -> Callable[[bytes, bytes], bytes]:
    lines = b"Content-Length: %d\r\nContent-Length: %d\r\n\r\n"
    return lambda body, more: head(JSON_PATH, more) + lines % (len(body), len(body) + by) + body


def _both(body: bytes, more: bytes) -> bytes:
    coded = b"Transfer-Encoding: chunked\r\nContent-Length: %d\r\n\r\n" % len(body)
    return head(JSON_PATH, more) + coded + b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


def _coded(coding: bytes) -> Callable[[bytes, bytes], bytes]:
    return lambda body, more: head(JSON_PATH, more) + b"Transfer-Encoding: " + coding + b"\r\n\r\n" + body


def _chunk_of(size: bytes) -> Callable[[bytes, bytes], bytes]:
    lines = b"Transfer-Encoding: chunked\r\n\r\n"
    return lambda body, more: head(JSON_PATH, more) + lines + size + b"\r\n" + body + b"\r\n0\r\n\r\n"


WRONG_LENGTHS: tuple[Callable[[bytes, bytes], bytes], ...] = (
    _off(-5),
    _off(5),
    _off(10_000),
    _two(-1),
    _two(5),
    _said(b"-1"),
    _said(b"+5"),
    _said(b"0x10"),
    _said(b"1e3"),
    _said(b""),
    _said(b"\xb2"),  # a digit to Python, and no number
    _said(b"9" * 5000),
    _said(b"9" * 18),
    _both,
    _coded(b"gzip, chunked"),
    _coded(b"nothing"),
    _chunk_of(b"-1"),
    _chunk_of(b"zz"),
    _chunk_of(b"ffffffffffffffff"),
    _chunk_of(b"1"),
)
"""Makers of a post whose body is not as long as it says, of (body, more headers)."""


def garbage(dice: Any = random) -> bytes:
    """Bytes that are no HTTP, some of them behind requests that are."""
    noise = dice.randbytes(dice.randrange(1, 4000))
    good = post(b'{"bodys": []}')
    return dice.choice(
        [
            noise,
            good + noise,
            good * 50 + noise,
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + noise,  # how TLS begins
            b"GET /" + b"a" * 100_000,
            b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 20_000,
            b"GET / HTTP/9.9\r\nHost: test\r\n\r\n" + noise,
            b"POST " + noise.replace(b"\r", b"").replace(b"\n", b"") + b" HTTP/1.1\r\n\r\n",
            b"POST /api/preview HTTP/1.1\r\nHost: \x00\r\nContent-Type: \xff\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + noise,
        ]
    )
