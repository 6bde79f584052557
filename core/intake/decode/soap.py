"""SOAP 1.1, document/literal: the parameters of one operation, and which operation a body calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.parsers import expat

from core.intake.decode import xml
from core.intake.decode.layout import Content
from core.intake.post import Stop

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
FRAME = 3  # Envelope, Body and the operation lie around the parameters


def decode(content: Content) -> dict[str, Any]:
    """A mapping {parameter: text, or a mapping where it holds elements}."""
    namespace, data = xml.parsed(content, FRAME)
    envelope = data.get("Envelope")
    body = envelope.get("Body") if isinstance(envelope, dict) else None
    if namespace != ENVELOPE or not isinstance(body, dict):
        raise Stop("body_malformed", detail="不是 SOAP 1.1 的 Envelope")
    wanted = content.layout.soap.operation if content.layout.soap else ""
    if wanted not in body:
        called = next((name for name in body if name[:1] != xml.ATTRIBUTE), "")
        raise Stop("operation_unknown", value=called)
    found = body[wanted]
    return found if isinstance(found, dict) else {}


def operation_of(body: bytes, headers: Mapping[str, str], charset: str) -> str:
    """The name of the operation that a body calls: of SOAPAction where it says one, else of the first element in
    Body; empty where there is none. Reads no further than it must.
    """
    action = headers.get("soapaction", "").strip().strip('"')
    if action:
        return action.rstrip("/").replace("#", "/").rpartition("/")[2]
    scan = _Scan()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = scan.start, scan.end
    parser.StartDoctypeDeclHandler = scan.stop
    try:
        parser.Parse(body.decode(charset, "replace").removeprefix("\ufeff"), True)
    except (expat.ExpatError, _EnoughError):
        return scan.operation
    return scan.operation


class _EnoughError(Exception):
    """The scan knows what it was to find, or that there is nothing to find."""


class _Scan:
    """Looks for the first element in Body, over as much of a header as an honest one has."""

    MOST = 1000

    def __init__(self) -> None:
        self.operation = ""
        self._path: list[str] = []
        self._seen = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element opens."""
        if self._path == ["Envelope", "Body"]:
            self.operation = name.rpartition(" ")[2]
            raise _EnoughError
        self._path.append(name.rpartition(" ")[2])
        self._seen += 1
        if self._seen > self.MOST:
            raise _EnoughError

    def end(self, name: str) -> None:
        """An element closes."""
        self._path.pop()

    def stop(self, *_: Any) -> None:
        """A document type, which no body of SOAP has."""
        raise _EnoughError
