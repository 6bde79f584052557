"""Proof that a POST comes from our own page: a value that only a script of this origin can read and send.

With a session the value is made from the session's token, so that nobody who can plant a cookie knows one that
holds; before there is a session it is random and has to be in the cookie and in the header alike.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

COOKIE = "_xsrf"
HEADER = "X-XSRF-Token"
RANDOM_BYTES = 24


def value_for(session: str | None) -> str:
    """The value that belongs to a session's token; a fresh random one where there is none."""
    if not session:
        return secrets.token_urlsafe(RANDOM_BYTES)
    return hmac.new(session.encode("utf-8", "surrogatepass"), b"zc xsrf", hashlib.sha256).hexdigest()


def holds(session: str | None, cookie: str | None, sent: str | None) -> bool:
    """Whether the value that was sent in the header is the right one."""
    expected = value_for(session) if session else cookie
    if not expected or not sent:
        return False
    return hmac.compare_digest(expected.encode("utf-8", "surrogatepass"), sent.encode("utf-8", "surrogatepass"))


def is_own_origin(origin: str | None, host: str, fetched_from: str | None = None) -> bool:
    """Whether a browser says that the request comes from this very host. `origin` and `fetched_from` are the headers
    Origin and Sec-Fetch-Site, None where the client sent none."""
    if fetched_from not in (None, "same-origin", "none"):
        return False
    try:
        return origin is None or (urlsplit(origin).netloc == host and urlsplit(origin).scheme in ("http", "https"))
    except ValueError:
        return False
