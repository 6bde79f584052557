"""How a partner's body is written, as an interface declares it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.intake.post import Stop


@dataclass(frozen=True, slots=True)
class Csv:
    """Lines of cells. Without a heading line the cells have the names of `columns`, or "1", "2", …"""

    delimiter: str = ","
    heading: bool = True
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Soap:
    """One operation of a SOAP 1.1 service, document/literal.

    `parameters` maps each parameter to its XML Schema type; the reply stands as text in the element `result`.
    `address` is where the WSDL says the service is; empty: where it was asked.
    """

    namespace: str
    operation: str
    parameters: Mapping[str, str]
    result: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Inside:
    """A text in the body that is a body itself: where it lies, its encoding (text or base64) and its format."""

    at: tuple[str, ...]
    encoding: str
    format: str


@dataclass(frozen=True, slots=True)
class Layout:
    """How a body is written: its outer format, its charset, and the text inside that holds the records, if any."""

    format: str = "json"
    charset: str = "utf-8"
    csv: Csv = Csv()
    soap: Soap | None = None
    inside: Inside | None = None

    @property
    def listed(self) -> bool:
        """Whether the body is a list of records and nothing else."""
        return self.format in LISTS

    @property
    def typed(self) -> bool:
        """Whether numbers in it are told from texts."""
        return (self.inside.format if self.inside is not None else self.format) not in TEXTS


LISTS = frozenset({"csv", "lines"})
"""Formats of a body that is a list of records and nothing else."""

TEXTS = frozenset({"csv", "xml", "soap"})
"""Formats in which every value is a text."""

Limits = Mapping[str, int]
"""The site's body_mib, depth and records."""

FIELDS_A_RECORD = 200
QUICK_BYTES = 64 << 10  # of a body that is decoded quickly whatever is in it


@dataclass(frozen=True, slots=True)
class Content:
    """A body to decode. Bytes are in the layout's charset; `content_type` is the header, where there is one."""

    body: bytes | str
    layout: Layout
    limits: Limits
    content_type: str = ""

    @property
    def most_fields(self) -> int:
        """How many fields, elements or cells it may have: enough for a full post of wide records."""
        return self.limits["records"] * FIELDS_A_RECORD

    def bound(self, signs: str) -> None:
        """Stop where a body has so many of these signs that decoding it would take long: twice as many as it may have
        fields."""
        most = 2 * self.most_fields
        if len(self.body) <= max(most, QUICK_BYTES):
            return
        number = 0
        for sign in signs:
            number += self.body.count(sign) if isinstance(self.body, str) else self.body.count(sign.encode())
        if number > most:
            raise Stop("body_many", bound=self.most_fields)

    def text(self, charset: str | None = None) -> str:
        """The body as text, a byte order mark left out; Stop where it is not in the charset."""
        if isinstance(self.body, str):
            return self.body
        name = charset or self.layout.charset
        try:
            return self.body.decode(name).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            raise Stop("body_malformed", detail=f"不是 {self.layout.charset} 字符集") from error


Decoder = Callable[[Content], Any]
"""From a body to plain data: mappings, lists, texts and what JSON has. Raises Stop and nothing else."""
