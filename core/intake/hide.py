"""A body that is kept though it cannot be read must not keep the secrets in it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from copy import deepcopy

import msgspec

from core.intake.decode import dig, from_base64
from core.intake.post import Post

HIDDEN = b"***"
_BETWEEN = rb"""["'\\]*(?:\s*[:=>]|(?:\r?\n[\w-]+:[^\r\n]{0,200}){0,4}\r?\n\r?\n)[\s"'\\]*"""
"""What stands between a name and its value: in JSON, also as text in JSON, in forms, XML and multipart."""

_VALUE = rb"""[^\s"'\\<>&,;{}\[\]]+"""


def without_secrets(post: Post) -> bytes:
    """The body of a post as it is kept: as plain data where it could be read, else as it came; without the token that
    it was sent with, and without what looks like a token or a secret where it could not be read.
    """
    raw = _cut(post.body, _names(post)) if post.data is None else msgspec.json.encode(_closed(post))
    return raw.replace(post.token.encode(), HIDDEN) if post.token else raw


def _closed(post: Post) -> object:
    """The plain data; of a text inside that could not be opened, what is secret in it is cut out."""
    inside = post.interface.layout.inside
    holder = dig(post.data, inside.at[:-1]) if inside is not None else None
    if inside is None or not isinstance(holder, dict) or not isinstance(holder.get(inside.at[-1]), str):
        return post.data
    data = deepcopy(post.data)
    cut = _cut_base64 if inside.encoding == "base64" else _cut_text
    dig(data, inside.at[:-1])[inside.at[-1]] = cut(holder[inside.at[-1]], _names(post))
    return data


def _names(post: Post) -> list[bytes]:
    """What the interface's token and the partner's secret are called."""
    paths = [".".join(post.interface.token or ())]
    if post.partner is not None:
        paths.append(post.partner.auth.names.get("secret", ""))
    return [name.encode() for path in paths if (name := path.rpartition(".")[2])]


def _cut(body: bytes, names: Iterable[bytes]) -> bytes:
    for name in names:
        body = re.sub(rb"(\b" + re.escape(name) + _BETWEEN + rb")" + _VALUE, rb"\1" + HIDDEN, body)
    return body


def _cut_text(text: str, names: Iterable[bytes]) -> str:
    return _cut(text.encode(), names).decode("utf-8", "replace")


def _cut_base64(text: str, names: Iterable[bytes]) -> str:
    """What is no base64 after all is searched as the text that it is."""
    try:
        return base64.b64encode(_cut(from_base64(text), names)).decode()
    except ValueError:
        return _cut_text(text, names)
