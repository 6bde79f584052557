"""What makes two records the same: their key, and the hash of all that was mapped.

What is hashed is the MessagePack form, which is unambiguous and has one form per value. Null fields are left out of the
content and fields go in the order of their names, so a field added to the entity, or moved within it, changes no hash
of a record that does not carry it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import blake2b
from operator import itemgetter
from typing import Any

import msgspec
from msgspec.msgpack import Encoder

from core.entity.entity import Entity

HASH_BYTES = 16
FIRST_BYTES = 8
TEXT_BYTES = 64
_HASHED = b"\xff"  # begins no text in UTF-8
_encode = Encoder().encode


def key_hash(entity: Entity, values: Mapping[str, Any]) -> bytes:
    """What stands for the key of a record in stored form. KeyError when a field of it is not there at all.

    8 bytes over all key fields but the last, where there are any, and then that one as it is: the numbers that a
    station gives rise, so they lie beside each other in the ledger, and a commit writes few pages of it. What is no
    text, or longer than 64 bytes, is hashed to 16.
    """
    *first, last = [values[name] for name in entity.key]
    return (_of_first(_encode(first)) if first else b"") + _of_last(last)


@lru_cache(4096)  # a post has few stations
def _of_first(encoded: bytes) -> bytes:
    return blake2b(encoded, digest_size=FIRST_BYTES).digest()


def _of_last(last: Any) -> bytes:
    if type(last) is str and len(text := last.encode()) <= TEXT_BYTES:
        return text
    return _HASHED + blake2b(_encode(last), digest_size=HASH_BYTES).digest()


def content_hash(entity: Entity, values: Mapping[str, Any]) -> bytes:
    """16 bytes over all fields of a record in stored form that are not null and not derived."""
    content = {name: value for name in entity.mapped if (value := values.get(name)) is not None}
    return blake2b(_encode(content), digest_size=HASH_BYTES).digest()


def hasher(entity: Entity) -> Callable[[Mapping[str, Any]], tuple[bytes, bytes]]:
    """A function that says both of a whole record, which has every field, in half the time: a struct that leaves nulls
    out has the MessagePack form of the mapping above."""
    named = {f"f{index}": name for index, name in enumerate(entity.mapped)}  # a field may be called class or from
    fields = [(alias, Any, None) for alias in named]
    content = msgspec.defstruct("Content", fields, omit_defaults=True, rename=named)
    content_of = _values(entity.mapped)
    *first, last = entity.key
    first_of = _values(tuple(first))

    def hashes(values: Mapping[str, Any]) -> tuple[bytes, bytes]:
        key = _of_last(values[last])
        if first:
            key = _of_first(_encode(first_of(values))) + key
        return key, blake2b(_encode(content(*content_of(values))), digest_size=HASH_BYTES).digest()

    return hashes


def _values(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """The values of those fields; itemgetter says one value alone without a tuple around it."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)
