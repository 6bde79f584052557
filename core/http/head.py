"""The head of a plain post, read strictly: what could mean two things is not plain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

END = b"\r\n\r\n"
_LINE = re.compile(r"POST (/[A-Za-z0-9_./-]*) HTTP/1\.1").fullmatch
_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+").fullmatch
_LENGTH = re.compile(r"0|[1-9][0-9]{0,9}").fullmatch
_HOST = re.compile(r"[A-Za-z0-9_.:\[\]-]+").fullmatch
_strange = re.compile(r"[^\t\x20-\x7e]").search
ELSEWHERE = frozenset({"transfer-encoding", "expect", "upgrade", "trailer", "te", "content-encoding"})
"""Headers with which a post is not plain: who reads it must know more than where its body ends."""


@dataclass(frozen=True, slots=True)
class Head:
    """A plain post to `path`, whose body has `length` bytes; `headers` have lower-case names, none twice."""

    path: str
    headers: Mapping[str, str]
    length: int


def first(got: bytes, most: int) -> tuple[Head, int] | None:
    """(the head of the plain post with which a stream begins, where its body begins); None where it begins with
    anything else, or its head is not whole within `most` bytes."""
    end = got.find(END, 0, most)
    found = plain(got[:end]) if end >= 0 else None
    return (found, end + len(END)) if found is not None else None


def plain(head: bytes) -> Head | None:
    """The head, without the blank line that ends it, of a plain post; None for everything else.

    Plain are: POST, HTTP/1.1, a path of letters and digits without a query, lines that end in CRLF, no line that
    continues another, each header once, ASCII alone, one Host of letters, digits and what else is in an address, one
    Content-Length in digits, a connection that stays.
    """
    try:
        first, *lines = head.decode("ascii").split("\r\n")
    except UnicodeDecodeError:
        return None
    asked = _LINE(first)
    headers: dict[str, str] = {}
    for line in lines if asked else ():
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not _NAME(name) or name in headers or _strange(value):
            return None
        headers[name] = value.strip(" \t")
    length = headers.get("content-length", "")
    stays = headers.get("connection", "keep-alive").lower() == "keep-alive"
    if (
        asked is None
        or not _LENGTH(length)
        or not _HOST(headers.get("host", ""))
        or not stays
        or not ELSEWHERE.isdisjoint(headers)
    ):
        return None
    return Head(asked[1], headers, int(length))
