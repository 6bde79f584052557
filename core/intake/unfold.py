"""Elements that hold several records: a list inside each, or fields that begin with one of several prefixes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from core.intake.post import Stop

PREFIX = "#prefix"


def unfold(
    records: Sequence[Any], nested: Sequence[str], prefixes: Sequence[str], limits: Mapping[str, int]
) -> list[Any]:
    """The records inside the records, each with the fields around it; its own come first where names meet.

    Stop where they are more than the site allows, or would with all they inherit be larger than a body may be.
    """
    most, left = limits["records"], limits["body_mib"] << 20
    found: list[Any] = []
    for record in records:
        for inner, inherited in _items(record, nested):
            found += _apart(inner, prefixes)
            left -= inherited
            if len(found) > most:
                raise Stop("records_many", bound=most)
            if left < 0:
                raise Stop("body_large", bound=limits["body_mib"])
    return found


def _items(record: Any, path: Sequence[str]) -> Iterator[tuple[Any, int]]:
    """(record, bytes that it inherits) of each record at the path inside; one without anything there is the record
    itself, which then lacks what is required of it.
    """
    if not path or not isinstance(record, dict) or record.get(path[0]) is None:
        yield record, 0
        return
    around = {name: value for name, value in record.items() if name != path[0]}
    size = len(msgspec.json.encode(around))
    held = record[path[0]]
    for one in held if isinstance(held, list) else [held]:
        for inner, inherited in _items(one, path[1:]):
            yield (around | inner if isinstance(inner, dict) else inner), size + inherited


def _apart(record: Any, prefixes: Sequence[str]) -> list[Any]:
    """One record for each prefix under which anything is said."""
    if not prefixes or not isinstance(record, dict):
        return [record]
    shared = {name: value for name, value in record.items() if not name.startswith(tuple(prefixes))}
    parts = []
    for prefix in prefixes:
        own = {name[len(prefix) :]: value for name, value in record.items() if name.startswith(prefix)}
        if any(value not in (None, "") for value in own.values()):
            parts.append(shared | own | {PREFIX: prefix})
    return parts or [record]
