"""Texts: free text, the key of another record, a code of a dictionary."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from core.declare.phrase import phrase
from core.entity.entity import Field
from core.entity.field_type import FieldType, Reading, ValueRefused

REF_CHARACTERS = 200

# What no database takes as text: NUL and halves of surrogate pairs.
_unstorable = re.compile("[\x00\ud800-\udfff]").search


def plain_text(value: Any, noun: str) -> str:
    """A text without surrounding blanks, from a text or a whole number; ValueRefused wrong_type for all else."""
    if type(value) is int and abs(value) < 10**40:
        return str(value)
    if not isinstance(value, str) or (not value.isprintable() and _unstorable(value)):
        raise ValueRefused("wrong_type", value=value, label=noun)
    return value.strip()


class Text(FieldType):
    """Free text. Options: max and min characters."""

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], str]:
        """Text or a whole number → text. ValueRefused: wrong_type, too_long, too_small."""
        most, least, noun = field.options.get("max", 500), field.options.get("min", 0), self.noun

        def read(value: Any) -> str:
            text = plain_text(value, noun)
            if len(text) > most:
                raise ValueRefused("too_long", value=value, bound=most)
            if len(text) < least:
                raise ValueRefused("too_small", value=value, bound=f"{least} 个字")
            return text

        return read

    def texts(self, field: Field, reading: Reading) -> tuple[int, int]:
        """The short cut: min to max characters."""
        return field.options.get("min", 0), field.options.get("max", 500)

    def check_options(self, field: Field) -> str | None:
        """min above max."""
        least, most = field.options.get("min"), field.options.get("max")
        return (
            phrase("min {min} is above max {max}", min=least, max=most)
            if least is not None and most is not None and least > most
            else None
        )


class Ref(FieldType):
    """The key of a record of the entity that the option `to` names."""

    noun = "编号"

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], str]:
        """Text or a whole number → key. ValueRefused: wrong_type, too_long. Whether it exists is not asked here."""
        noun = self.noun

        def read(value: Any) -> str:
            text = plain_text(value, noun)
            if len(text) > REF_CHARACTERS:
                raise ValueRefused("too_long", value=value, bound=REF_CHARACTERS)
            return text

        return read

    def texts(self, field: Field, reading: Reading) -> tuple[int, int]:
        """The short cut."""
        return 0, REF_CHARACTERS


class Choice(FieldType):
    """A code of the dictionary that the option `dictionary` names; the option `codes` is filled in at compile."""

    noun = "选项"

    def reader(self, field: Field, reading: Reading) -> Callable[[Any], str]:
        """Text or a whole number → code. ValueRefused: wrong_type, not_allowed."""
        codes, noun = frozenset(field.options.get("codes", ())), self.noun

        def read(value: Any) -> str:
            text = plain_text(value, noun)
            if text not in codes:
                raise ValueRefused("not_allowed", value=value)
            return text

        return read

    def exact(self, field: Field, reading: Reading) -> Callable[[Any], str]:
        """The short cut: a code as it is written."""
        return {code: code for code in field.options.get("codes", ()) if code == code.strip()}.__getitem__
