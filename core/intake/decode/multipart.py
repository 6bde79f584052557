"""multipart/form-data: fields, and files as the text they hold or their names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from multipart import MultipartError, ParserLimitReached, PushMultipartParser, parse_options_header

from core.intake.decode.layout import Content
from core.intake.post import Stop

MOST_PARTS = 1000


def decode(content: Content) -> dict[str, Any]:
    """A mapping {name: text}; of a name that is there twice the last. A file stands by its own name, unless it is
    what the layout wants to read inside.
    """
    kind, options = parse_options_header(content.content_type)
    if kind != "multipart/form-data" or not options.get("boundary"):
        raise Stop("body_malformed", detail="Content-Type 不是带 boundary 的 multipart/form-data")
    inside = content.layout.inside
    try:
        parts = _parts(content.body, options["boundary"], inside.at[0] if inside else "")
    except ParserLimitReached as error:
        raise Stop("body_many", bound=MOST_PARTS) from error
    except (MultipartError, ValueError) as error:  # ValueError: a boundary or a header in no charset
        raise Stop("body_malformed", detail="multipart 不完整或有误") from error
    return {name: replace(content, body=body).text() for name, body in parts.items()}


def _parts(body: bytes | str, boundary: str, wanted: str) -> dict[str, bytes | str]:
    """{name: content}; of a file that is not `wanted`, its own name."""
    parts: dict[str, bytes | str] = {}
    name, file = "", None
    with PushMultipartParser(boundary, max_segment_count=MOST_PARTS, strict=True) as parser:
        for event in parser.parse(body):
            if isinstance(event, bytes | bytearray):
                parts[name] = bytes(event) if file is None else file
            elif event is not None:
                name, file = event.name, None if event.name == wanted else event.filename
                parts[name] = b"" if file is None else file
    return parts
