"""A person at the server's lists: logged in over HTTP on one kept-alive connection, each answer timed."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPResponse
from typing import Any
from urllib.parse import urlencode

from core.declare.problem import ZcError

ANSWER_WITHIN_S = 120
Params = dict[str, str | list[str]]


class Visitor:
    """A browser of somebody, without its screen."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self._line = HTTPConnection("127.0.0.1", port, timeout=ANSWER_WITHIN_S)
        self._cookies = cookies if cookies is not None else {}

    def at(self, port: int) -> Visitor:
        """The same person at another server."""
        return Visitor(port, self._cookies)

    def enter(self, login: str, first: str) -> None:
        """Log in with a first password, which is changed at once."""
        chosen = f"Demo-{secrets.token_hex(8)}-9"
        self._send("GET", "/login")
        for path, said in (
            ("/api/ui/login", {"login": login, "password": first}),
            ("/api/ui/password", {"old": first, "new": chosen}),
        ):
            self._send("POST", path, json.dumps(said))

    def ask(self, path: str, params: Mapping[str, str | list[str]]) -> tuple[float, Any]:
        """(seconds from the first byte sent to the last received, the answer); ZcError where it is no good one."""
        address = f"{path}?{urlencode(params, doseq=True)}"
        began = time.perf_counter()
        text = self._send("GET", address)
        return time.perf_counter() - began, json.loads(text)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def _send(self, method: str, address: str, body: str | None = None) -> bytes:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/json", "X-XSRF-Token": self._cookies.get("_xsrf", "")}
        try:
            self._line.request(method, address, body, headers)
            answer = self._line.getresponse()
        except ConnectionError:  # closed by the server while the other one was asked; a GET or a login may come again
            self._line.close()
            self._line.request(method, address, body, headers)
            answer = self._line.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise ZcError(f"{method} {address} was answered {answer.status}: {text[:300].decode(errors='replace')}")
        self._keep(answer)
        return text

    def _keep(self, answer: HTTPResponse) -> None:
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
