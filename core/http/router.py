"""The live router: takes the snapshot in force once for each request, and sends the request where it says."""

from __future__ import annotations

from typing import Any, cast

from tornado.http1connection import HTTP1Connection
from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import Router

from core.http.asked import Asked
from core.http.crowd import Crowd, TooOften, Unheard
from core.http.ingest import IngestDelegate, Intake
from core.run.live import Platform

SMALL_BODY = 64 << 10  # bytes; no address but an interface's takes more


class LiveRouter(Router):
    """Declared interface paths go to a lean delegate of ours, everything else to the Tornado application, unless its
    sender asks too often."""

    def __init__(self, platform: Platform, intake: Intake, application: Router) -> None:
        self.platform = platform
        self.intake = intake
        self.application = application
        self.crowd = Crowd()

    def find_handler(self, request: HTTPServerRequest, **kwargs: Any) -> HTTPMessageDelegate | None:
        """The delegate of one request, bound to the snapshot in force now."""
        snapshot = self.platform.snapshot
        served = snapshot.paths.get(request.path)
        connection = cast(HTTP1Connection, request.connection)
        if served is not None:
            return IngestDelegate(self.intake, snapshot, served, Asked.of(request), connection)
        if connection.stream.closed():
            return Unheard(connection)
        connection.set_max_body_size(SMALL_BODY)
        wait_s = self.crowd.wait_s(request, snapshot)
        if wait_s:
            return TooOften(connection, wait_s, snapshot, self.intake.metrics.closed)
        return self.application.find_handler(request, **kwargs)
