"""The field type `plate`: mainland number plates, written one way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from core import api

MAX_CHARACTERS = 20
_MOST = 10**MAX_CHARACTERS

_BLANKS = " \t\r\n\v\f\u00a0\u200b\u2060\ufeff\u3000"
_DOTS = ".·•‧∙⋅・･．"
_DASHES = "-‐‑‒–—―−－"
_FULL_WIDTH = {code: chr(code - 0xFEE0).upper() for code in range(0xFF10, 0xFF5B) if chr(code - 0xFEE0).isalnum()}
_CAPITALS = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}
_WRITING: Mapping[int, str | None] = MappingProxyType(
    _FULL_WIDTH | _CAPITALS | dict.fromkeys(map(ord, _BLANKS + _DOTS + _DASHES))
)

_as_written = re.compile("[一-鿿A-Z0-9]{1,20}").fullmatch
_unstorable = re.compile("[\x00\ud800-\udfff]").search  # what no database takes as text

_PROVINCE = "[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]"
_SERIAL = "[A-HJ-NP-Z0-9]"  # I and O are not used in serials
_FORM = re.compile(
    rf"{_PROVINCE}[A-Z](?:{_SERIAL}{{5,6}}|{_SERIAL}{{4}}[挂学警港澳领使试超])"  # six characters: new energy
    rf"|WJ{_PROVINCE}?[0-9]{{4,5}}[0-9A-Z]?"  # armed police
    r"|[A-Z]{2}[0-9]{5}"  # military
)


ALIKE: Mapping[str, str] = MappingProxyType(
    {"B": "8", "D": "0", "O": "0", "Q": "0", "S": "5", "Z": "2", "I": "1", "L": "1", "G": "6", "T": "7", "U": "V"}
)
"""Characters of plates that people and cameras take for each other, with the one that stands for both."""


class Plate(api.FieldType):
    """A number plate, at most 20 characters: capitals, no blanks, dots or dashes.

    Its form refuses nothing, since what a camera reads is evidence as it stands; the check `plate_readable` tells
    readable plates from others.
    """

    column = "text"
    noun = "车牌号"
    partial = True
    alike = ALIKE

    def reader(
        self,
        field: api.Field,  # noqa: ARG002 - every field type is asked this way
        reading: api.Reading,  # noqa: ARG002 - likewise
    ) -> Callable[[Any], str]:
        """Text to a plate as it is kept. ValueRefused: wrong_type for what is no text, too_long above 20 characters."""

        def read(value: Any) -> str:
            text = str(value) if type(value) is int and abs(value) < _MOST else value
            if not isinstance(text, str) or _unstorable(text):
                raise api.ValueRefused("wrong_type", value=value, label=self.noun)
            plate = written(text)
            if len(plate) > MAX_CHARACTERS:
                raise api.ValueRefused("too_long", value=value, bound=MAX_CHARACTERS)
            return plate

        return read

    def exact(
        self,
        field: api.Field,  # noqa: ARG002 - every field type is asked this way
        reading: api.Reading,  # noqa: ARG002 - likewise
    ) -> Callable[[str], str]:
        """The short cut: a plate that is written as plates are kept."""
        return _plain


def _plain(text: str) -> str:
    if not _as_written(text):
        raise api.ValueRefused("wrong_type", value=text)
    return text


def written(text: str) -> str:
    """`text` as plates are kept: ASCII capitals without blanks, dots and dashes; where nothing else is, as it came."""
    if _as_written(text):  # almost every plate is, and this costs a third
        return text
    return text.translate(_WRITING) or text.strip()


def readable(
    batch: Sequence[Mapping[str, Any]],
    facts: api.Facts,  # noqa: ARG001 - every check is asked this way
) -> list[str | None]:
    """What does not hold where a `plate` has no form of a mainland plate: civil, new energy, police, military.

    None where it has one, and where there is no plate at all: whether one must be there is `required`'s matter.
    """
    return [None if row["plate"] is None or _FORM.fullmatch(row["plate"]) else "车牌号不合号牌式样" for row in batch]
