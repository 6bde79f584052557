"""Plain data written as XML: the reverse of what is decoded, for replies, SOAP and samples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring  # only written here; nothing is parsed

from core.intake.decode.xml import ATTRIBUTE, TEXT
from core.intake.template import as_text

is_name = re.compile(r"@?[^\W\d][\w.-]*|" + TEXT).fullmatch
"""Matches what can be the name of an element or an attribute."""

_unwritable = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def written(data: Mapping[str, Any]) -> str:
    """{root: content} as XML text without a declaration.

    A mapping holds children, "@name" attributes and "#text"; a list is the element as often. What XML cannot write
    becomes U+FFFD.
    """
    ((name, content),) = data.items()
    root = Element(name)
    _fill(root, content)
    return tostring(root, encoding="unicode")


def document(data: Mapping[str, Any], charset: str) -> bytes:
    """{root: content} as an XML document in a charset; what the charset lacks is written as a reference."""
    text = f'<?xml version="1.0" encoding="{charset}"?>\n{written(data)}'
    return text.encode(charset, "xmlcharrefreplace")


def _fill(element: Element, content: Any) -> None:
    if not isinstance(content, Mapping):
        element.text = _text(content)
        return
    for name, value in content.items():
        if name == TEXT:
            element.text = _text(value)
        elif name[:1] == ATTRIBUTE:
            element.set(name[1:], _text(value))
        else:
            for one in value if isinstance(value, list) else [value]:
                _fill(SubElement(element, name), one)


def _text(value: Any) -> str:
    text = ("true" if value else "false") if isinstance(value, bool) else as_text(value)
    return _unwritable.sub("\ufffd", text)


def names_in(template: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """(path, name) of each element and attribute that a template makes."""
    if isinstance(template, Mapping):
        for name, inner in template.items():
            yield (*path, name), name
            yield from names_in(inner, (*path, name))
    elif isinstance(template, list):
        for index, inner in enumerate(template):
            yield from names_in(inner, (*path, index))
