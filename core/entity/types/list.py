"""Lists of values of one type, stored as JSON text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from core.entity.entity import Field
from core.entity.field_type import FieldType, Reading, ValueRefused
from core.entity.types.number import Integer, Length, Mass, Number, Speed
from core.entity.types.text import Text

_encode = json.JSONEncoder(ensure_ascii=False).encode  # as json.dumps would, which makes one for each list


class ListOf(FieldType):
    """A list of values of the type `item`, null where one of them was not measured. Options: most, and the item's."""

    item: ClassVar[FieldType]
    column = "text"
    listed = True

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], str]:
        """A list, a text with commas between the items, or one item → JSON text. ValueRefused: too_many above `most`
        items, wrong_type for a list without any, and what the item's reader refuses.
        """
        read_item, most, noun = self.item.reader(field, reading), field.options.get("most", 30), self.noun
        low, high, factor = self.integers(field, reading) or (1, 0, 1)  # 1 to 0: none

        def read(value: Any) -> str:
            items: list[Any] = (
                value.split(",") if isinstance(value, str) else value if isinstance(value, list) else [value]
            )
            if len(items) > most:
                raise ValueRefused("too_many", value=value, bound=most)
            if set(map(type, items)) == {int} and low <= min(items) and max(items) <= high:
                return str([item * factor for item in items])  # which is JSON, at a fifth of the cost
            if all(item is None for item in items):
                raise ValueRefused("wrong_type", value=value, label=noun)
            return _encode([None if item is None else read_item(item) for item in items])

        return read

    def integers(self, field: Field, reading: Reading) -> tuple[int, int, int] | None:
        """The short cut of its items."""
        return self.item.integers(field, reading)

    def exact(self, field: Field, reading: Reading) -> Callable[[list[int]], str] | None:
        """The short cut for numbers that are known to be within `integers`."""
        known, most = self.integers(field, reading), field.options.get("most", 30)
        factor = known[2] if known is not None else 1

        def written(items: list[int]) -> str:
            if len(items) > most:
                raise ValueRefused("too_many", value=items, bound=most)
            return str(items) if factor == 1 else str([item * factor for item in items])

        return written if known is not None else None

    def show(self, value: Any, field: Field, zone: ZoneInfo) -> list[Any]:
        """The items as their type shows them."""
        return [None if item is None else self.item.show(item, field, zone) for item in json.loads(value)]

    def check_options(self, field: Field) -> str | None:
        """What is wrong with the item's options."""
        return self.item.check_options(field)


class MassList(ListOf):
    """Whole kilograms."""

    item = Mass()
    noun, units, shown = "数字列表", Mass.units, Mass.shown


class LengthList(ListOf):
    """Whole millimetres."""

    item = Length()
    noun, units, shown = "数字列表", Length.units, Length.shown


class SpeedList(ListOf):
    """Tenths of km/h, shown as km/h."""

    item = Speed()
    noun, units, shown = "数字列表", Speed.units, Speed.shown


class IntegerList(ListOf):
    """Whole numbers."""

    item = Integer()
    noun, units = "整数列表", Integer.units


class NumberList(ListOf):
    """Numbers with decimals."""

    item = Number()
    noun, units = "数字列表", Number.units


class TextList(ListOf):
    """Texts."""

    item = Text()
    noun = "文字列表"
