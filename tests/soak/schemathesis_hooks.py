"""What schemathesis is told in its own process: who posts, by the environment variable ZC_SOAK_SITE, and what else to
check. Some posts have a token, some a signature, some a wrong one, some none; some are compressed."""

from __future__ import annotations

import gzip
import json
import os
import random

import schemathesis
from requests import PreparedRequest
from requests.auth import AuthBase

from tests.e2e.signing import signed
from tests.soak.attack import is_fault_of_the_server


class Ways(AuthBase):
    """One of the ways to say who one is, by chance."""

    def __init__(self) -> None:
        self.site = json.loads(os.environ["ZC_SOAK_SITE"])
        self.dice = random.Random()

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        way = self.dice.random()
        if way < 0.5:
            request.headers["Authorization"] = f"Bearer {self.site['token']}"
        elif way < 0.9:
            key = self.site["secret"] if way < 0.85 else "wrong"
            request.headers.update(signed(self.site["appid"], key, body))
        if self.dice.random() < 0.1:
            request.body = gzip.compress(body)
            request.headers.update({"Content-Encoding": "gzip", "Content-Length": str(len(request.body))})
        return request


schemathesis.auth.set_from_requests(Ways())


@schemathesis.serializer("application/x-ndjson")
def lines(ctx: schemathesis.SerializationContext, value: object) -> bytes:
    """A body of JSON Lines, which the document describes as text."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@schemathesis.check
def no_fault_of_the_server(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case
) -> None:
    """The built-in check takes a SOAP fault, which SOAP 1.1 sends as 500, for one of the server."""
    assert not is_fault_of_the_server(response.status_code, response.content), response.content
