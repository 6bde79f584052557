"""XML as plain data, by expat. A document type is refused, and with it every entity but the five of XML itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.parsers import expat

from core.intake.decode.layout import Content
from core.intake.post import Stop

ATTRIBUTE, TEXT = "@", "#text"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance "


def decode(content: Content) -> dict[str, Any]:
    """A mapping {root: content}.

    An element with nothing but text is that text. Any other is a mapping of its children by local name, with its
    attributes under "@name" and its text under "#text"; children of one name are a list.
    """
    return parsed(content)[1]


def parsed(content: Content, frame: int = 0) -> tuple[str, dict[str, Any]]:
    """(namespace of the root, {root: content}), `frame` levels more than the site allows; raises Stop."""
    content.bound("<=")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = parser.ordered_attributes = True
    tree = _Tree(content.limits["depth"] + frame, content.most_fields)
    parser.StartElementHandler, parser.EndElementHandler = tree.start, tree.end
    parser.CharacterDataHandler = tree.text
    parser.StartNamespaceDeclHandler = tree.namespace_declared
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(content.text(), True)
    except expat.ExpatError as error:
        raise Stop("body_malformed", detail=f"不是 XML(第 {error.lineno} 行)") from error
    except UnicodeEncodeError as error:
        raise Stop("body_malformed", detail="不是 XML") from error
    return tree.namespace, tree.root


def _no_doctype(*_: Any) -> None:
    raise Stop("body_malformed", detail="XML 不得有 DOCTYPE")


class _Tree:
    """Builds the data while expat reads; stops at once where it becomes too deep or too much."""

    def __init__(self, depth: int, most: int) -> None:
        self.root: dict[str, Any] = {}
        self.namespace = ""
        self._open: list[tuple[dict[str, Any], list[str]]] = [(self.root, [])]
        self._depth, self._most, self._left = depth, most, most

    def namespace_declared(self, prefix: str | None, uri: str | None) -> None:
        """A namespace is declared."""
        self._count(1)

    def start(self, name: str, attributes: Sequence[str]) -> None:
        """An element opens; `attributes` are names and values in turn."""
        if len(self._open) == 1:
            self.namespace = name.rpartition(" ")[0]
        if len(self._open) > self._depth:
            raise Stop("body_deep", bound=self._depth)
        self._count(1 + len(attributes) // 2)
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        held = {ATTRIBUTE + _local(key): value for key, value in pairs if not key.startswith(_INSTANCE)}
        self._open.append((held, []))

    def end(self, name: str) -> None:
        """An element closes: it is put into the one around it."""
        held, pieces = self._open.pop()
        text = "".join(pieces)
        value: Any = text
        if held:
            value = held
            if text.strip():
                held[TEXT] = text
        around, key = self._open[-1][0], _local(name)
        if key not in around:
            around[key] = value
        elif type(around[key]) is list:
            around[key].append(value)
        else:
            around[key] = [around[key], value]

    def text(self, data: str) -> None:
        """Text inside the open element."""
        self._open[-1][1].append(data)

    def _count(self, number: int) -> None:
        self._left -= number
        if self._left < 0:
            raise Stop("body_many", bound=self._most)


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
