"""What at a path answers a request: the one there is, or among the operations of a SOAP service the one called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from core.intake import soap
from core.intake.decode.gzip import inflate
from core.intake.decode.soap import operation_of
from core.intake.post import Stop
from core.run.snapshot import Served


def chosen(served: Sequence[Served], body: bytes, headers: Mapping[str, str], most_mib: int) -> Served:
    """What the request calls; the first, which then refuses it, where it calls nothing that is there."""
    if len(served) == 1:
        return served[0]
    with suppress(Stop):
        body = inflate(body, headers.get("content-encoding", ""), most_mib)
    called = operation_of(body, headers, served[0].layout.charset)
    found = (item for item in served if item.layout.soap is not None and item.layout.soap.operation == called)
    return next(found, served[0])


def description(served: Sequence[Served], address: str) -> bytes | None:
    """The WSDL of what is served at one address; None where it is no SOAP service."""
    operations = [item.layout.soap for item in served if item.layout.soap is not None]
    return soap.wsdl(operations, address) if operations else None
