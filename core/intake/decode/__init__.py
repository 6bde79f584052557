"""From the bytes of a body to plain data: one decoder for each format, all with one signature."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from core.intake.decode import csv, form, json, multipart, soap, xml
from core.intake.decode.layout import Content, Decoder, Inside
from core.intake.post import Stop

DECODERS: Mapping[str, Decoder] = MappingProxyType(
    {
        "json": json.decode,
        "lines": json.decode_lines,
        "csv": csv.decode,
        "form": form.decode,
        "multipart": multipart.decode,
        "xml": xml.decode,
        "soap": soap.decode,
    }
)
"""The decoder of each format that an interface may name."""

_UNWRITTEN = str.maketrans({" ": "+", "\r": None, "\n": None, "\t": None})  # a form makes a bare + a blank


def decode(content: Content) -> Any:
    """The body as plain data; what is inside it is still text. Raises Stop."""
    return DECODERS[content.layout.format](content)


def open_inside(data: Any, content: Content) -> str | None:
    """Put what the text inside holds in its place in `data`; the text as it was sent, None where the layout has none
    or data stand already where a text with data was expected. Raises Stop.
    """
    inside = content.layout.inside
    if inside is None:
        return None
    *around, name = inside.at
    holder = dig(data, tuple(around))
    text = holder.get(name) if isinstance(holder, dict) else None
    if isinstance(text, dict | list):
        return None
    if not isinstance(text, str) or not text.strip():
        raise Stop("records_missing", field=".".join(inside.at))
    holder[name] = _inside(text, content, inside)
    return text


def dig(data: Any, path: tuple[str, ...]) -> Any:
    """What lies at the path, None where nothing does."""
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def from_base64(text: str) -> bytes:
    """What a base64 text holds, as a form may have changed it on its way; ValueError where it is none."""
    return base64.b64decode(text.strip().translate(_UNWRITTEN), validate=True)


def _inside(text: str, content: Content, inside: Inside) -> Any:
    body: bytes | str = text
    if inside.encoding == "base64":
        try:
            body = from_base64(text)
        except ValueError as error:
            raise Stop("body_malformed", detail=f"{'.'.join(inside.at)} 不是 base64") from error
    layout = replace(content.layout, format=inside.format, inside=None)
    return DECODERS[inside.format](replace(content, body=body, layout=layout))
