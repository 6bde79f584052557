"""Errors as they are told to a browser: an HTTP status and JSON."""

from __future__ import annotations

from typing import Any

from core.api import (
    Conflict,
    LoginRefused,
    NotAllowed,
    NotFound,
    Outdated,
    RecordRefused,
    StoreBusy,
    ZcError,
    in_language,
)
from webui.asking import TooBusy

STATUSES: tuple[tuple[type[Exception], int], ...] = (
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
    (RecordRefused, 422),
    (LoginRefused, 401),
    (TooBusy, 503),
    (StoreBusy, 503),
    (ZcError, 400),
)
TOLD = tuple(kind for kind, _ in STATUSES)
BUSY_S = 2


def told(error: Exception) -> tuple[int, dict[str, Any], int | None]:
    """(status, body, seconds after which to come again or None) of one of TOLD."""
    status = next(number for kind, number in STATUSES if isinstance(error, kind))
    wait_s = getattr(error, "retry_after_s", BUSY_S if status == 503 else None)
    if isinstance(error, StoreBusy):
        return status, {"error": "平台暂时写不进数据，请稍候再试。"}, wait_s
    if isinstance(error, LoginRefused) and wait_s:
        status = 429
    body: dict[str, Any] = {"error": _words(error)}
    if isinstance(error, Outdated):
        body["changes"] = error.changes
    if isinstance(error, RecordRefused):
        body["problems"] = error.problems
        body["field"] = next((one["field"] for one in error.problems if one.get("field")), None)
    return status, body, wait_s


def _words(error: Exception) -> str:
    if isinstance(error, ZcError):
        return " ".join(filter(None, (in_language(text, "zh") for text in (error.reason, error.instruction))))
    return str(error)
