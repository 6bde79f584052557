"""Posts of garbage to a site: spoilt samples and noise, by every way to say who one is, and what must be answered."""

from __future__ import annotations

import http.client
import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.signing import signed

ANSWER_WITHIN_S = 10
METHODS = ("POST",) * 30 + ("GET", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH")
TYPES = (
    "application/json", "text/xml", "text/csv", "application/x-www-form-urlencoded", "multipart/form-data",
    'multipart/form-data; boundary="zc-part-of-a-form"', "multipart/form-data; boundary=\xe9", "", ";", "text/plain",
)  # fmt: skip
ENCODINGS = ("", "", "", "", "gzip", "br", "gzip, gzip")


def is_fault_of_the_server(status: int, body: bytes) -> bool:
    """Whether an answer says that the server failed. A SOAP fault of the client is sent as 500, as SOAP 1.1 has it."""
    return status >= 500 and not (status == 500 and b"<faultcode>soap:Client</faultcode>" in body)


def promised(openapi: Mapping[str, Any]) -> dict[str, dict[int, set[str]]]:
    """By path, the statuses of a POST that the document promises, each with its content types."""
    return {
        path: {int(status): set(said.get("content", {})) for status, said in item["post"]["responses"].items()}
        for path, item in openapi["paths"].items()
    }


@dataclass
class Attacker:
    """Sends garbage over one connection after the other. `samples` are (path, body); `site` has url, token, appid and
    secret of one who signs; `promises` are those of the OpenAPI document."""

    site: Mapping[str, str]
    samples: list[tuple[str, bytes]]
    promises: Mapping[str, Mapping[int, set[str]]]
    dice: random.Random
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def run(self, ended: Event) -> None:
        """Post until `ended` is set or something is wrong."""
        while not ended.is_set() and not self.faults:
            self.post()

    def post(self) -> None:
        """Send one request and look at the answer."""
        path, body = self.dice.choice(self.samples)
        body = self._spoilt(body)
        method, headers = self.dice.choice(METHODS), self._headers(body)
        parts = urlsplit(self.site["url"])
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_WITHIN_S)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            self._judge(method, path, response.status, response.headers.get_content_type(), response.read())
        except (OSError, http.client.HTTPException) as error:
            self.faults.append(f"{method} {path}: {error!r}")
        finally:
            connection.close()
        if self.faults:
            self.faults.append(f"{headers} {body!r}")

    def _judge(self, method: str, path: str, status: int, kind: str, body: bytes) -> None:
        self.statuses[status] += 1
        if is_fault_of_the_server(status, body) or b"Traceback" in body:
            self.faults.append(f"{method} {path}: {status} {body!r}")
        elif method == "POST" and kind not in self.promises[path].get(status, ()):
            self.faults.append(f"{method} {path}: {status} {kind}, promised: {self.promises[path]}")

    def _headers(self, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": self.dice.choice(TYPES)}
        if encoding := self.dice.choice(ENCODINGS):
            headers["Content-Encoding"] = encoding
        way = self.dice.random()
        if way < 0.5:
            headers["Authorization"] = f"Bearer {self.site['token']}"
        elif way < 0.8:
            headers |= signed(self.site["appid"], self.site["secret"], body)
        elif way < 0.85:
            headers["Authorization"] = self.dice.choice(["Basic YTpi", "Basic ?", "Bearer", "Negotiate \xff"])
        return headers

    def _spoilt(self, body: bytes) -> bytes:
        """As it is, cut short, with bytes changed, or noise."""
        way = self.dice.randrange(5)
        if way == 0:
            return body
        if way == 1:
            return body[: self.dice.randint(0, len(body))]
        if way == 2:
            return self.dice.randbytes(self.dice.randint(0, 400))
        changed = bytearray(body)
        for _ in range(self.dice.randint(1, 6)):
            changed[self.dice.randrange(len(changed))] = self.dice.randrange(256)
        return bytes(changed)
