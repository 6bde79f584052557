"""Numbers: whole, with decimals, and quantities whose unit the field type owns."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.phrase import phrase
from core.entity.entity import Field
from core.entity.field_type import FieldType, Reading, ValueRefused

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
_QUICK = 1e9  # below it a product with a float is off by far less than a tenth
_DIGITS = 27  # of a text; Decimal computes with 28
_as_text = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?").fullmatch


def decimal(value: Any, noun: str) -> Decimal:
    """The exact number that a person sees written: an int, the shortest writing of a float, or a decimal text.

    ValueRefused wrong_type: booleans, NaN, infinities, exponents in texts, digits other than 0 to 9.
    """
    kind = type(value)
    if kind is int and abs(value) < 10**40:
        return Decimal(value)
    if kind is float and abs(value) < 1e40:  # false for NaN
        return Decimal(repr(value))
    if isinstance(value, str) and len(text := value.strip()) <= _DIGITS and _as_text(text):
        return Decimal(text)
    if _huge(value):
        raise ValueRefused("too_large", value=value, bound=INT64_MAX)
    raise ValueRefused("wrong_type", value=value, label=noun)


def _huge(value: Any) -> bool:
    return type(value) in (int, float) and 1e40 <= abs(value) < float("inf")


def written(number: Decimal) -> int | float:
    """A bound as a person writes it: whole where it is whole."""
    return int(number) if number == number.to_integral_value() else float(number)


class Quantity(FieldType):
    """An integer of the stored unit; `units` maps what partners write to stored units, `shown` is how we write it."""

    column = "integer"
    noun = "数字"
    ordered = True
    shown = ""

    def factor(self, reading: Reading) -> Decimal:
        """Stored units in one of the reading's unit. KeyError for a unit that is not the type's."""
        return self.units[reading.unit or self.shown]

    def bounds(self, field: Field) -> tuple[int, int]:
        """(lowest, highest) stored value; the options are in shown units."""
        scale = self.units[self.shown]
        low, high = field.options.get("min"), field.options.get("max")
        return (
            INT64_MIN if low is None else _whole(Decimal(str(low)) * scale, ROUND_CEILING),
            INT64_MAX if high is None else _whole(Decimal(str(high)) * scale, ROUND_FLOOR),
        )

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], int]:
        """Number in the reading's unit → stored integer, rounded half up (away from zero). ValueRefused: wrong_type,
        too_small, too_large, whose bound is in the partner's unit.
        """
        factor, (low, high), noun = self.factor(reading), self.bounds(field), self.noun
        product = float(factor)
        lowest, highest = written(low / factor), written(high / factor)

        def read(value: Any) -> int:
            stored = None
            if type(value) is float and -_QUICK < value < _QUICK:
                stored = round(exact := value * product)
                if not -0.4 < exact - stored < 0.4:  # too near a half to trust a float
                    stored = None
            if stored is None:
                stored = _whole(decimal(value, noun) * factor, ROUND_HALF_UP)
            if stored < low:
                raise ValueRefused("too_small", value=value, bound=lowest)
            if stored > high:
                raise ValueRefused("too_large", value=value, bound=highest)
            return stored

        return read

    def integers(self, field: Field, reading: Reading) -> tuple[int, int, int] | None:
        """The short cut, where one unit is a whole number of stored ones."""
        factor, (low, high) = self.factor(reading), self.bounds(field)
        if factor != factor.to_integral_value():
            return None
        whole = int(factor)
        return -(-low // whole), high // whole, whole

    def check_options(self, field: Field) -> str | None:
        """min above max, or a bound out of int64."""
        low, high = self.bounds(field)
        if not INT64_MIN <= low <= INT64_MAX or not INT64_MIN <= high <= INT64_MAX:
            return phrase("a bound does not fit into 64 bits")
        return phrase("min {min} is above max {max}", **field.options) if low > high else None


def _whole(number: Decimal, rounding: str) -> int:
    return int(number.to_integral_value(rounding=rounding))


class Integer(Quantity):
    """A whole number; a number with a fraction is refused, not rounded. Options: min, max."""

    noun = "整数"
    units = {"": Decimal(1)}

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], int]:
        """Whole number → int64. ValueRefused: wrong_type, too_small, too_large."""
        (low, high), noun = self.bounds(field), self.noun

        def read(value: Any) -> int:
            number = decimal(value, noun)
            if number != number.to_integral_value():
                raise ValueRefused("wrong_type", value=value, label=noun)
            if number < low:
                raise ValueRefused("too_small", value=value, bound=low)
            if number > high:
                raise ValueRefused("too_large", value=value, bound=high)
            return int(number)

        return read


class Mass(Quantity):
    """Whole kilograms."""

    shown = "kg"
    units = {"kg": Decimal(1), "10kg": Decimal(10), "t": Decimal(1000), "g": Decimal("0.001")}


class Length(Quantity):
    """Whole millimetres."""

    shown = "mm"
    units = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000)}


class Speed(Quantity):
    """Tenths of km/h, shown as km/h."""

    shown = "km/h"
    units = {"km/h": Decimal(10), "m/s": Decimal(36)}

    def show(self, value: Any, field: Field, zone: ZoneInfo) -> float:
        """Kilometres per hour."""
        return float(value / 10)


class Number(FieldType):
    """A number with decimals, stored as a float. Options: min, max, decimals. Percentages also come as ratios."""

    column = "real"
    noun = "数字"
    ordered = True
    units = {"%": Decimal(1), "ratio": Decimal(100)}

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], float]:
        """Number → finite float, rounded half up to `decimals`. ValueRefused: wrong_type, too_small, too_large."""
        factor, noun = self.units[reading.unit or "%"], self.noun
        low, high = self._bounds(field)
        decimals = field.options.get("decimals")
        step = None if decimals is None else Decimal(1).scaleb(-decimals)
        lowest, highest = written(low / factor), written(high / factor)
        above, below = (
            (0.0, 0.0) if step is None or factor != 1 else (max(float(low), -_QUICK), min(float(high), _QUICK))
        )

        def read(value: Any) -> float:
            if type(value) is float and above < value < below and round(value, decimals) == value:
                return value + 0.0  # it is written with no more decimals than these
            number = decimal(value, noun) * factor
            if number < low:
                raise ValueRefused("too_small", value=value, bound=lowest)
            if number > high:
                raise ValueRefused("too_large", value=value, bound=highest)
            if step is not None:
                number = (number / step).to_integral_value(rounding=ROUND_HALF_UP) * step
            return float(number) + 0.0  # never -0.0, which would hash apart from 0.0

        return read

    def check_options(self, field: Field) -> str | None:
        """min above max."""
        low, high = self._bounds(field)
        return phrase("min {min} is above max {max}", min=low, max=high) if low > high else None

    def _bounds(self, field: Field) -> tuple[Decimal, Decimal]:
        low, high = field.options.get("min", INT64_MIN), field.options.get("max", INT64_MAX)
        return max(Decimal(str(low)), Decimal(INT64_MIN)), min(Decimal(str(high)), Decimal(INT64_MAX))


class Boolean(FieldType):
    """true or false."""

    column = "boolean"
    noun = "是否值"

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], bool]:
        """true, false, 1, 0 and their texts → bool. ValueRefused: wrong_type."""
        words = {"true": True, "1": True, "false": False, "0": False}

        def read(value: Any) -> bool:
            if isinstance(value, bool):
                return value
            found = words.get(str(value).strip().lower()) if type(value) in (int, str) else None
            if found is None:
                raise ValueRefused("wrong_type", value=value, label=self.noun)
            return found

        return read
