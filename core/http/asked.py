"""What one request asks for, whoever read it from its connection: Tornado or the fast lane."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tornado.httputil import HTTPServerRequest

from core.http.address import client_address
from core.run.networks import Network


@dataclass(frozen=True, slots=True)
class Asked:
    """A request without its body. `headers` have lower-case names, `peer` is the address at the other end of the
    connection, `certificate` gives that of the client, DER, or nothing."""

    method: str
    path: str
    query: str
    origin: str
    headers: Mapping[str, str]
    peer: str
    certificate: Callable[[], bytes]

    @classmethod
    def of(cls, request: HTTPServerRequest) -> Asked:
        """What a request of Tornado asks."""
        context: Any = getattr(request.connection, "context", None)
        return cls(
            method=request.method or "",
            path=request.path,
            query=request.query,
            origin=f"{request.protocol}://{request.host}",
            headers={name.lower(): text for name, text in request.headers.items()},
            peer=str(getattr(context, "remote_ip", "") or ""),
            certificate=lambda: _certificate(request),
        )

    def address(self, proxies: Sequence[Network]) -> str:
        """The address of the client, with only declared proxies believed."""
        return client_address(self.peer, self.headers.get("x-forwarded-for"), proxies)


def _certificate(request: HTTPServerRequest) -> bytes:
    found = request.get_ssl_certificate(binary_form=True) if request.protocol == "https" else None
    return found if isinstance(found, bytes) else b""
