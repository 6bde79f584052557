"""JSON, and a line of JSON for each record."""

from __future__ import annotations

import math
import re
from typing import Any

import msgspec

from core.intake.decode.layout import Content
from core.intake.post import Stop

_HOLDERS = frozenset({dict, list})
_LINE = re.compile(r"\S[^\n]*")
_BOM = b"\xef\xbb\xbf"


def decode(content: Content) -> Any:
    """A JSON document. A number too large for a float stands as its text, which no number field takes."""
    body, depth = content.body, content.limits["depth"]
    if isinstance(body, bytes):
        body = body.removeprefix(_BOM) if content.layout.charset == "utf-8" else content.text()
    content.bound("[{,")
    try:
        data = _document(body)
    except UnicodeDecodeError as error:
        raise Stop("body_malformed", detail="不是 utf-8 字符集") from error
    except msgspec.ValidationError as error:  # beyond what Python reads as an integer, some 4,300 digits
        raise Stop("body_malformed", detail="有整数位数过多") from error
    except msgspec.DecodeError as error:
        raise Stop("body_malformed", detail="不是 JSON") from error
    except RecursionError as error:  # the decoder's own bound, far above any that a site may set
        raise Stop("body_deep", bound=depth) from error
    holders = body.count(b"[") + body.count(b"{") if isinstance(body, bytes) else None  # or fewer: texts have signs too
    check_depth(data, content, holders)
    return data


def decode_lines(content: Content) -> list[Any]:
    """A list with the document of each line that is not blank. A line that is no JSON stays its text, which is no
    record and is refused by itself.
    """
    data: list[Any] = []
    for found in _LINE.finditer(content.text()):
        line = found[0].rstrip()
        if len(data) == content.limits["records"]:
            raise Stop("records_many", bound=content.limits["records"])
        data.append(_line(line, content))
    return data


def check_depth(data: Any, content: Content, holders: int | None = None) -> None:
    """Stop where lists and mappings lie in each other deeper than the site allows, or are too many. Where it is known
    that there are at most so many `holders`, it looks no deeper once it has seen them."""
    depth, most = content.limits["depth"], content.most_fields
    level = [data] if type(data) in _HOLDERS else []
    seen = 0
    for _ in range(depth):
        seen += len(level)
        if seen > most:
            raise Stop("body_many", bound=most)
        if seen == holders:
            return
        below: list[Any] = []
        for holder in level:
            held = holder.values() if type(holder) is dict else holder
            if not _HOLDERS.isdisjoint(map(type, held)):
                below += [value for value in held if type(value) in _HOLDERS]
        level = below
    if level:
        raise Stop("body_deep", bound=depth)


def _document(text: bytes | str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.ValidationError:  # a number out of range; one decoder with a hook for all would be slower for all
        return msgspec.json.Decoder(float_hook=_number).decode(text)


def _number(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _line(line: str, content: Content) -> Any:
    """The line's document; its text where it is none, or none that the site allows."""
    try:
        data = _document(line)
        check_depth(data, content)
    except (msgspec.DecodeError, RecursionError, Stop):
        return line
    return data
