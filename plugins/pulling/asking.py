"""One question to a partner's HTTP service: bounded in size and time, to the declared host and no other."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec
from tornado.httpclient import HTTPClientError, HTTPRequest, HTTPResponse
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from core import api

from .phrase import phrase

REDIRECTS = 3
MOVED = frozenset({301, 302, 307, 308})
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Asking:
    """What is asked: `query` and `body` are filled from the values of a page; no body where it is None."""

    said: Mapping[str, Any]
    query: Callable[[Mapping[str, Any]], Any]
    body: Callable[[Mapping[str, Any]], Any] | None


def asked(asking: Asking, door: api.PullDoor, values: Mapping[str, Any]) -> bytes:
    """The body of the answer, empty where there is none. PullFailed where it is not one to take."""
    said = asking.said
    query = {name: _text(value) for name, value in asking.query(values).items()}
    joint = "&" if urlsplit(said["url"]).query else "?"
    url = f"{said['url']}{joint}{urlencode(query)}" if query else said["url"]
    body = msgspec.json.encode(asking.body(values)) if asking.body is not None else None
    try:
        return asyncio.run(_fetched(said, url, body, door))
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or "TLS"
        mend = phrase(
            "The certificate must be of a CA that is trusted, or of the one under certificates, for this host."
        )
        raise api.PullFailed(phrase("{url} cannot be trusted: {why}", url=_host(url), why=why), mend) from error
    except HTTPClientError as error:  # Tornado's own for what never became an answer, too slow or too large
        mend = phrase("See the address, timeout_s, and intake.body_mib of config/site.yaml for the size of a page.")
        raise api.PullFailed(
            phrase("{url} gives no whole answer: {message}", url=_host(url), message=error.message), mend
        ) from error
    except OSError as error:
        why = getattr(error, "strerror", "") or type(error).__name__
        raise api.PullFailed(
            phrase("{url}: {why}", url=_host(url), why=why), phrase("See the address and whether the service runs.")
        ) from error


async def _fetched(said: Mapping[str, Any], url: str, body: bytes | None, door: api.PullDoor) -> bytes:
    """The body behind at most a few redirects on the same host."""
    client = SimpleAsyncHTTPClient(force_instance=True, max_body_size=door.body_bytes)
    try:
        for _ in range(1 + REDIRECTS):
            response = await _answer(client, said, url, body, door)
            if response.code not in MOVED:
                return _content(response, url)
            url = _moved(response, url, said["method"])
    finally:
        client.close()
    raise api.PullFailed(
        phrase("{url} redirects again and again", url=_host(url)), phrase("Declare the address where the data are.")
    )


async def _answer(
    client: SimpleAsyncHTTPClient, said: Mapping[str, Any], url: str, body: bytes | None, door: api.PullDoor
) -> HTTPResponse:
    headers = {"Accept-Encoding": "identity", "User-Agent": "zc", **said["headers"]}
    if body is not None:
        headers["Content-Type"] = "application/json"
    basic = {}
    if "user" in said:
        basic = {"auth_username": said["user"], "auth_password": door.secret(said["secret"]), "auth_mode": "basic"}
    elif "secret" in said:
        headers[said["header"]] = f"{said['prefix']}{door.secret(said['secret'])}"
    request = HTTPRequest(
        url,
        method=said["method"],
        headers=headers,
        body=body if said["method"] == "GET" or body is not None else b"",
        connect_timeout=said["timeout_s"],
        request_timeout=said["timeout_s"],
        follow_redirects=False,
        decompress_response=False,
        ca_certs=str(door.home / said["certificates"]) if "certificates" in said else None,
        **basic,
    )
    return await client.fetch(request, raise_error=False)


def _content(response: HTTPResponse, url: str) -> bytes:
    host = _host(url)
    if response.code not in (200, 204):
        wait_s = _retry_after(response.headers.get("Retry-After", ""))
        mend = phrase("401 and 403 mean the secret; others, ask the partner.")
        raise api.PullFailed(phrase("{host} answers {code}", host=host, code=response.code), mend, retry_after_s=wait_s)
    encoding = response.headers.get("Content-Encoding", "identity").lower()
    if encoding != "identity":
        mend = phrase("It was asked for plain content; let the partner switch the encoding off.")
        raise api.PullFailed(
            phrase("{host} answers in the encoding {encoding}", host=host, encoding=encoding[:20]), mend
        )
    return response.body or b""


def _moved(response: HTTPResponse, url: str, method: str) -> str:
    """Where a redirect leads, if that is the same host, port and scheme."""
    there = urljoin(url, response.headers.get("Location", ""))
    if _origin(there) != _origin(url):
        mend = phrase("Nothing is followed to another host. If it is right, declare that address.")
        raise api.PullFailed(
            phrase("{url} redirects to {there}", url=_host(url), there=_host(there) or phrase("nowhere")), mend
        )
    if method != "GET" and response.code in (301, 302):
        raise api.PullFailed(
            phrase("{url} redirects a POST", url=_host(url)), phrase("Declare the address where the data are.")
        )
    return there


def _origin(url: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port or PORTS.get(parts.scheme)
    except ValueError:
        return "", "", None


def _host(url: str) -> str:
    return _origin(url)[1]


def _retry_after(text: str) -> float:
    """The seconds that an answer asks to wait; 0 where it asks for none."""
    if text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - api.now_ms() / 1000)
    except ValueError:
        return 0.0


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
