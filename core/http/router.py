"""The live router: takes the snapshot in force once for each request, and sends the request where it says."""

from __future__ import annotations

from typing import Any, cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPConnection, HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import Router

from core.http.asked import Asked
from core.http.ingest import IngestDelegate, Intake
from core.run.live import Platform

SMALL_BODY = 64 << 10  # bytes; no address but an interface's takes more


class LiveRouter(Router):
    """Declared interface paths go to a lean delegate of ours, everything else to the Tornado application."""

    def __init__(self, platform: Platform, intake: Intake, application: Router) -> None:
        self.platform = platform
        self.intake = intake
        self.application = application

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        """The delegate of one request, bound to the snapshot in force now."""
        snapshot = self.platform.snapshot
        served = snapshot.paths.get(request.path)
        if served is not None:
            connection = cast(HTTPConnection, request.connection)
            return IngestDelegate(self.intake, snapshot, served, Asked.of(request), connection)
        cast(HTTP1Connection, request.connection).set_max_body_size(SMALL_BODY)
        return self.application.find_handler(request, **kwargs)
