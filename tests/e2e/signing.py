"""A partner's own signing, as its programmer writes it from the manual: no code of the platform."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import time
from typing import Any

import httpx


def signed(appid: str, key: str, body: bytes, at: float | None = None, nonce: str | None = None) -> dict[str, str]:
    """Headers of a post signed with HMAC-SHA256 over appid, timestamp, nonce and body, a line each."""
    timestamp, nonce = str(int(time.time() if at is None else at)), nonce or secrets.token_hex(8)
    text = b"\n".join([appid.encode(), timestamp.encode(), nonce.encode(), body])
    sign = hmac.new(key.encode(), text, hashlib.sha256).hexdigest()
    return {"X-Appid": appid, "X-Timestamp": timestamp, "X-Nonce": nonce, "X-Sign": sign}


def post(url: str, headers: dict[str, str], body: bytes, **more: Any) -> tuple[int, dict[str, Any]]:
    """(HTTP status, reply) of one post."""
    reply = httpx.post(url, content=body, headers=headers, **more)
    return reply.status_code, reply.json()


def body_of(*rows: dict[str, Any]) -> bytes:
    """Rows as the preview interface takes them."""
    return json.dumps({"bodys": rows}, ensure_ascii=False).encode()
