"""What makes two records the same: the hash of the key, and the hash of all that was mapped.

Both hash the MessagePack form, which is unambiguous and has one form per value. Null fields are left out and
fields go in the order of their names, so a field added to the entity, or moved within it, changes no hash of a
record that does not carry it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from operator import itemgetter
from typing import Any

import msgspec
from msgspec.msgpack import Encoder

from core.entity.entity import Entity

HASH_BYTES = 16
_encode = Encoder().encode


def key_hash(entity: Entity, values: Mapping[str, Any]) -> bytes:
    """16 bytes over the key fields of a record in stored form. KeyError when one is not there at all."""
    return blake2b(_encode([values[name] for name in entity.key]), digest_size=HASH_BYTES).digest()


def content_hash(entity: Entity, values: Mapping[str, Any]) -> bytes:
    """16 bytes over all fields of a record in stored form that are not null and not derived."""
    content = {name: value for name in entity.mapped if (value := values.get(name)) is not None}
    return blake2b(_encode(content), digest_size=HASH_BYTES).digest()


def hasher(entity: Entity) -> Callable[[Mapping[str, Any]], tuple[bytes, bytes]]:
    """A function that says both hashes of a whole record, which has every field, in half the time: a struct that
    leaves nulls out has the MessagePack form of the mapping above."""
    named = {f"f{index}": name for index, name in enumerate(entity.mapped)}  # a field may be called class or from
    fields = [(alias, Any, None) for alias in named]
    content = msgspec.defstruct("Content", fields, omit_defaults=True, rename=named)
    key_of, content_of = _values(entity.key), _values(entity.mapped)

    def hashes(values: Mapping[str, Any]) -> tuple[bytes, bytes]:
        key = blake2b(_encode(key_of(values)), digest_size=HASH_BYTES)
        return key.digest(), blake2b(_encode(content(*content_of(values))), digest_size=HASH_BYTES).digest()

    return hashes


def _values(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """The values of those fields; itemgetter says one value alone without a tuple around it."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)
