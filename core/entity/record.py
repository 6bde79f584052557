"""What makes two records the same: the hash of the key, and the hash of all that was mapped.

Both hash the MessagePack form, which is unambiguous and has one form per value. Null fields are left out and
fields go in the order of their names, so a field added to the entity, or moved within it, changes no hash of a
record that does not carry it.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

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
