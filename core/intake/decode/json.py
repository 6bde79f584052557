"""JSON, and a line of JSON for each record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from core.intake.decode.layout import Content
from core.intake.post import Stop

_HOLDERS = frozenset({dict, list})
_BOM = b"\xef\xbb\xbf"


def decode(content: Content) -> Any:
    """A JSON document."""
    body, depth = content.body, content.limits["depth"]
    if isinstance(body, bytes):
        body = body.removeprefix(_BOM) if content.layout.charset == "utf-8" else content.text()
    try:
        data = msgspec.json.decode(body)
    except UnicodeDecodeError as error:
        raise Stop("body_malformed", detail="不是 utf-8 字符集") from error
    except msgspec.DecodeError as error:
        raise Stop("body_malformed", detail="不是 JSON") from error
    except RecursionError as error:  # the decoder's own bound, far above any that a site may set
        raise Stop("body_deep", bound=depth) from error
    if deeper(data, depth):
        raise Stop("body_deep", bound=depth)
    return data


def decode_lines(content: Content) -> list[Any]:
    """A list with the document of each line that is not blank. A line that is no JSON stays its text, which is no
    record and is refused by itself.
    """
    data: list[Any] = []
    for line in _lines(content.text()):
        if len(data) == content.limits["records"]:
            raise Stop("records_many", bound=content.limits["records"])
        data.append(_line(line, content.limits["depth"]))
    return data


def deeper(data: Any, bound: int) -> bool:
    """Whether lists and mappings lie in each other more than `bound` deep."""
    level = [data] if type(data) in _HOLDERS else []
    for _ in range(bound):
        below: list[Any] = []
        for holder in level:
            held = holder.values() if type(holder) is dict else holder
            if not _HOLDERS.isdisjoint(map(type, held)):
                below += [value for value in held if type(value) in _HOLDERS]
        level = below
    return bool(level)


def _lines(text: str) -> Iterator[str]:
    """The lines that are not blank, one at a time."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if line := text[start:end].strip():
            yield line
        start = end + 1


def _line(line: str, depth: int) -> Any:
    try:
        data = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return line
    return line if deeper(data, depth) else data
