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
_HOLDERS = frozenset({dict, list})


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


def _json(body: bytes, charset: str, depth: int) -> Any:
    try:
        text = body.removeprefix(b"\xef\xbb\xbf") if charset == "utf-8" else body.decode(charset)
        data = msgspec.json.decode(text)
    except UnicodeDecodeError as error:
        raise Stop("body_malformed", detail=f"不是 {charset} 字符集") from error
    except msgspec.DecodeError as error:
        raise Stop("body_malformed", detail="不是 JSON") from error
    except RecursionError as error:  # the decoder's own bound, far above any that a site may set
        raise Stop("body_deep", bound=depth) from error
    if deeper(data, depth):
        raise Stop("body_deep", bound=depth)
    return data


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
