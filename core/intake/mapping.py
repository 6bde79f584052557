"""How each of our fields is found in a partner's record and read: the one meaning behind plan and explanation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from core.entity.entity import Field
from core.entity.field_type import Reading, ValueRefused

ARRIVAL = "#arrival"
"""The name of the moment of arrival, UTC milliseconds, in records of interfaces that ask for it."""


class Name(NamedTuple):
    """A partner's name for a value as the interface writes it, and the keys to look up from the outside in."""

    shown: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Where one of our fields comes from, and how it is read.

    Exactly one of: `names` (the first present and not null is taken), `join` (all of them, put together), `numbered`
    (the items of a list, one name each), `constant`. Of a list `split` is what stands between its items where they
    are one text, `each` what is taken of each item.
    `nulls` are texts that mean nothing was measured. `default` and `constant` are in stored form. `read` takes a
    value that is not null, text without surrounding blanks, and raises ValueRefused. `integers`, `texts` and `exact`
    are the short cuts of FieldType.
    """

    field: Field
    names: tuple[Name, ...]
    join: tuple[Name, ...]
    joint: str
    numbered: tuple[Name, ...]
    split: str
    each: tuple[str, ...]
    constant: Any
    required: bool
    default: Any
    nulls: frozenset[str]
    read: Callable[[Any], Any]
    integers: tuple[int, int, int] | None
    texts: tuple[int, int] | None
    exact: Callable[[Any], Any] | None

    @property
    def is_constant(self) -> bool:
        """Whether nothing of the partner's is read."""
        return self.constant is not None

    @property
    def is_gathered(self) -> bool:
        """Whether it takes more than looking a value up."""
        return bool(self.join or self.numbered or self.field.type.listed)

    @property
    def shown(self) -> str:
        """The partner's name for the field in replies: the first, or all that are joined."""
        if self.numbered:
            return self.numbered[0].shown
        if self.join:
            return "+".join(name.shown for name in self.join)
        return self.names[0].shown if self.names else self.field.name


def as_text(value: Any) -> str | None:
    """A value as null words and value maps compare it: text without surrounding blanks, 3.0 as "3"; None for
    null, lists and mappings.
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return None


def fold(record: Any) -> Any:
    """The record with small letters in all its keys, inside too."""
    if isinstance(record, list):
        return [fold(item) for item in record]
    if not isinstance(record, dict):
        return record
    return {name.lower(): fold(value) for name, value in record.items()}


def found(record: Any, name: Name, nulls: frozenset[str]) -> Any:
    """The value under `name`; text without surrounding blanks, None where there is none or it is a null word."""
    for key in name.keys:
        record = record.get(key) if isinstance(record, dict) else None
    if isinstance(record, str):
        record = record.strip()
    return None if as_text(record) in nulls else record


def gathered(record: Mapping[str, Any], source: Source) -> tuple[str, Any]:
    """(the partner's name that is meant, value or None), before the value is read."""
    if source.join:
        parts = []
        for name in source.join:
            text = as_text(found(record, name, source.nulls))
            if text is None:
                return name.shown, None
            parts.append(text)
        return source.shown, source.joint.join(parts)
    if source.numbered:
        return source.shown, _listed([found(record, name, source.nulls) for name in source.numbered])
    for name in source.names:
        value = found(record, name, source.nulls)
        if value is not None:
            return name.shown, _items(value, source) if source.field.type.listed else value
    return source.shown, None


def _items(value: Any, source: Source) -> Any:
    """The items of a list, of one text that holds them, or the one there is."""
    if isinstance(value, str):
        value = value.split(source.split)
    elif not isinstance(value, list):
        value = [value]
    return _listed([found({"": item}, Name("", ("", *source.each)), source.nulls) for item in value])


def _listed(items: list[Any]) -> list[Any] | None:
    """The items up to the last that is there; None where none is."""
    while items and items[-1] is None:
        items.pop()
    return items or None


def reader(field: Field, reading: Reading) -> Callable[[Any], Any]:
    """The field type's reader; where the reading has a value map, the map alone (its values in stored form)."""
    if not reading.values:
        return field.type.reader(field, reading)
    table = dict(reading.values)

    def look_up(value: Any) -> Any:
        text = as_text(value)
        if text not in table:
            raise ValueRefused("not_allowed", value=value)
        return table[text]

    return look_up
