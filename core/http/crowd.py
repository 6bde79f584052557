"""How often one address may ask for what is no interface: pages, files, data, the platform's own addresses."""

from __future__ import annotations

from dataclasses import dataclass, field
from http.client import TOO_MANY_REQUESTS, responses
from ipaddress import IPv6Address, ip_address
from typing import Any

import msgspec
from prometheus_client import Counter
from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, HTTPServerRequest, RequestStartLine, ResponseStartLine

from core.http.address import client_address
from core.http.limits import Rates
from core.run.networks import within
from core.run.snapshot import Snapshot

AT_ONCE = 0.25  # of a minute's requests
OWN_BITS = 64  # of an IPv6 address, behind which one client has all the rest


@dataclass
class Crowd:
    """Requests of all addresses. One object per server; what it remembers survives reloads."""

    rates: Rates = field(default_factory=lambda: Rates(at_once=AT_ONCE))

    def wait_s(self, request: HTTPServerRequest, snapshot: Snapshot) -> int:
        """Whole seconds until the sender of the request may ask again; 0 where it may now. A declared proxy is not
        bound, only each of those for whom it asks."""
        context: Any = getattr(request.connection, "context", None)
        peer = str(getattr(context, "remote_ip", "") or "")
        address = client_address(peer, request.headers.get("X-Forwarded-For"), snapshot.proxies)
        if within(address, snapshot.proxies):
            return 0
        return self.rates.take(counted(address), snapshot.site["listen"]["requests_per_minute_per_address"])


def counted(address: str) -> str:
    """What an address is counted as: itself, or its network where it is IPv6; what is no address as it is."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    return str(parsed.ipv4_mapped or IPv6Address(int(parsed) >> OWN_BITS << OWN_BITS))


class TooOften(HTTPMessageDelegate):
    """One request that is one too many: 429, and its connection ends. So nothing is read of what was sent behind it,
    and who does not even read what it asked for before keeps nothing open."""

    def __init__(self, connection: HTTP1Connection, wait_s: int, snapshot: Snapshot, closed: Counter) -> None:
        self.connection = connection
        self.wait_s = wait_s
        self.snapshot = snapshot
        self.closed = closed

    def finish(self) -> None:
        """The request is whole: answer it."""
        body = msgspec.json.encode({"error": f"请求过于频繁，请 {self.wait_s} 秒后再试"})
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            "Retry-After": str(self.wait_s),
            "Connection": "close",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Snapshot": str(self.snapshot.number),
            **({"X-Demo": "true"} if self.snapshot.site["demo"] else {}),
        }
        line = ResponseStartLine("HTTP/1.1", TOO_MANY_REQUESTS, responses[TOO_MANY_REQUESTS])
        self.connection.write_headers(line, HTTPHeaders(headers), body)
        self.connection.detach().close()  # and not only closed: Tornado would go on with what it has read already
        self.closed.labels("rate").inc()


class Unheard(HTTPMessageDelegate):
    """A request that was read when its connection had ended already: nobody would hear the answer to it, nor to any of
    those that were sent behind it."""

    def __init__(self, connection: HTTP1Connection) -> None:
        self.connection = connection

    def headers_received(self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders) -> None:
        """Let go of all that was read."""
        self.connection.detach()
