"""The first step: from bytes to the partner and the partner's records."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from core.intake.post import Partner, Post, Stop

Identify = Callable[[Post], Partner | Awaitable[Partner]]
"""Who sent the post, by its token, address and interface; raises Stop."""

FORM_FIELDS = 10_000
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_ONE_SORT = bytes.maketrans(b"{}", b"[]")


async def read(post: Post, identify: Identify, limits: Mapping[str, int]) -> None:
    """Fill data, token, partner and raws of the post; raises Stop. `limits` are the site's body_mib, depth, records."""
    decode(post, limits)
    take_token(post)
    post.partner = await who_sent(post, identify)
    unwrap(post, limits)


async def who_sent(post: Post, identify: Identify) -> Partner:
    """The partner of a post whose token was taken; raises Stop."""
    who = identify(post)
    return await who if inspect.isawaitable(who) else who


def decode(post: Post, limits: Mapping[str, int]) -> None:
    """The body as plain data into post.data: JSON values, or for a form a mapping of texts. Raises Stop."""
    interface = post.interface
    if not post.body.strip():
        raise Stop("body_missing")
    if len(post.body) > limits["body_mib"] << 20:
        raise Stop("body_large", bound=limits["body_mib"])
    form = interface.format == "form"
    post.data = _form(post) if form else _json(post.body, interface.charset, limits["depth"])


def take_token(post: Post) -> None:
    """Cut the token out of post.data into post.token; without one there, take it from Authorization: Bearer."""
    scheme, _, bearer = post.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        post.token = bearer.strip()
    where = post.interface.token
    if where is None:
        return
    holder = _dig(post.data, where[:-1])
    if isinstance(holder, dict):
        token = holder.pop(where[-1], None)
        if isinstance(token, str | int) and not isinstance(token, bool) and str(token):
            post.token = str(token)


def unwrap(post: Post, limits: Mapping[str, int]) -> None:
    """The partner's records, one or many, into post.raws. Raises Stop."""
    interface = post.interface
    found = _dig(post.data, interface.records)
    if isinstance(found, str) and interface.format == "form":
        found = _json(found.encode(), "utf-8", limits["depth"])
    if not isinstance(found, list | dict):
        raise Stop("records_missing", field=".".join(interface.records) or "records")
    post.alone = isinstance(found, dict)
    post.raws = [found] if isinstance(found, dict) else found
    if len(post.raws) > limits["records"]:
        raise Stop("records_many", bound=limits["records"])


def depth_above(body: bytes, bound: int) -> bool:
    """Whether brackets lie in each other more than `bound` deep, strings left aside; the body need not be good JSON."""
    if body.count(b"[") + body.count(b"{") <= bound:
        return False
    plain = body.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in body else body
    outside = b"".join(plain.split(b'"')[::2])
    brackets = outside.translate(_ONE_SORT, _NOT_BRACKETS)
    for _ in range(bound):
        shorter = brackets.replace(b"[]", b"")
        if len(shorter) == len(brackets):
            break
        brackets = shorter
    return b"[]" in brackets


def _json(body: bytes, charset: str, depth: int) -> Any:
    try:
        text = body.removeprefix(b"\xef\xbb\xbf") if charset == "utf-8" else body.decode(charset).encode()
        if depth_above(text, depth):
            raise Stop("body_deep", bound=depth)
        return msgspec.json.decode(text)
    except UnicodeDecodeError as error:
        raise Stop("body_malformed", detail=f"不是 {charset} 字符集") from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Stop("body_malformed", detail="不是 JSON") from error


def _form(post: Post) -> dict[str, Any]:
    charset = post.interface.charset
    try:
        pairs = parse_qsl(
            post.body.decode("ascii" if charset == "utf-8" else charset),
            keep_blank_values=True,
            encoding=charset,
            errors="strict",
            max_num_fields=FORM_FIELDS,
        )
    except UnicodeDecodeError as error:
        raise Stop("body_malformed", detail=f"不是 {charset} 字符集") from error
    except ValueError as error:
        raise Stop("body_malformed", detail=f"多于 {FORM_FIELDS} 项") from error
    return dict(pairs)


def _dig(data: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return data
