"""The platform's door as a station sees it: JSON over one kept-alive HTTP connection, and tokens."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from core import api

TOKEN_PATH = "/api/token"  # noqa: S105 - a path, no password
TIMEOUT_S = 20.0
RENEW_SHARE = 0.9
"""A token is renewed when this part of its life is over."""

TOKENS_REFUSED = 10
"""Tokens in a row that the platform may not take before it is given up."""


class Later(Exception):
    """The platform cannot answer now: ask again after `wait_s`, or after a pause of one's own where it is None."""

    def __init__(self, reason: str, wait_s: float | None = None) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class Door:
    """One connection, for one thread; opened when needed, opened again after a fault."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise api.ZcError(f"{url!r} is no address of a server", "Write one such as http://127.0.0.1:8600")
        made = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = made(parts.hostname, parts.port, timeout=TIMEOUT_S)
        self._prefix = parts.path.rstrip("/")

    def post(self, path: str, body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """(HTTP status, reply). Later when there is no connection or the platform is busy, ZcError for no reply."""
        data = json.dumps(body, ensure_ascii=False).encode()
        try:
            self._connection.request("POST", self._prefix + path, data, {"Content-Type": "application/json"})
            response = self._connection.getresponse()
            said = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Later(f"no answer ({type(error).__name__})") from error
        if response.status == 429 or response.status >= 500:
            raise Later(f"answered {response.status}", _seconds(response.getheader("Retry-After")))
        try:
            reply = json.loads(said)
        except ValueError:
            reply = None
        if not isinstance(reply, dict):
            raise api.ZcError(
                f"{path} answered {response.status} with something that is no reply",
                "See that --url names this platform and nothing stands between.",
            )
        return response.status, reply

    def close(self) -> None:
        """Close the connection; the next post opens it again."""
        self._connection.close()


class Token:
    """The partner's token, bought when needed and renewed before it ends. Thread-safe."""

    def __init__(self, appid: str, secret: str) -> None:
        self._bought_with = {"appid": appid, "secret": secret}
        self._lock = threading.Lock()
        self._token: str | None = None
        self._renew_at = 0.0
        self._refused = 0

    def current(self, door: Door) -> str:
        """A token that stands. Later, or ZcError when the platform will not give one."""
        with self._lock:
            if self._token is None or time.monotonic() >= self._renew_at:
                self._token = self._buy(door)
            return self._token

    def spent(self, token: str) -> bool:
        """The platform did not take `token`. Whether to buy another: not after too many in a row."""
        with self._lock:
            if self._token == token:
                self._token = None
                self._refused += 1
            return self._refused <= TOKENS_REFUSED

    def taken(self) -> None:
        """The platform took a token."""
        with self._lock:
            self._refused = 0

    def _buy(self, door: Door) -> str:
        status, reply = door.post(TOKEN_PATH, self._bought_with)
        if status != 200 or "token" not in reply:
            raise api.ZcError(
                f"the platform gave no token: {status} {reply.get('resultmessage', '')}",
                "See that the partner is active (zc partner list), then start again.",
            )
        self._renew_at = time.monotonic() + RENEW_SHARE * float(reply.get("expires_in", 0))
        token: str = reply["token"]
        return token


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and header.isdigit() else None
