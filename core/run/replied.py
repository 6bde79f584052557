"""The reply of a post as people and trials see it: text, and data where its format has any."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec

from core.intake.decode import dig, xml
from core.intake.decode.layout import Content
from core.intake.post import Post, Stop

LIMITS = {"depth": 200, "records": 100_000}  # our own replies; as wide as a site may set


def reply_text(post: Post) -> str:
    """The reply as it goes out, in its charset."""
    return post.reply.decode(post.interface.layout.charset, "replace")


def reply_data(post: Post) -> Any:
    """The reply as data: of JSON and XML what they hold, over SOAP that of the result or {Fault}; else the text."""
    data = _data(reply_text(post), post)
    soap = post.interface.layout.soap
    if soap is None:
        return data
    body = dig(data, ("Envelope", "Body"))
    if "Fault" in body:
        return body
    return _data(body[f"{soap.operation}Response"][soap.result], post)


def _data(text: str, post: Post) -> Any:
    if text.startswith("<"):
        with suppress(Stop):
            return xml.decode(Content(text, post.interface.layout, LIMITS))
    with suppress(msgspec.DecodeError):
        return msgspec.json.decode(text)
    return text
