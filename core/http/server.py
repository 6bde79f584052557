"""The server: HTTP on the site's port, the admin door beside it, a stop that finishes what was accepted."""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tornado.netutil import bind_sockets
from tornado.web import Application

from core.declare.problem import ZcError
from core.http import admin
from core.http.connections import BACKLOG, BoundedServer, Connections
from core.http.contract import Kept, ManualHandler, OpenApiHandler
from core.http.handlers import HealthHandler, MetricsHandler, NoSuchAddress, TokenHandler, settle
from core.http.health import Health
from core.http.identity import Identity
from core.http.ingest import LARGEST_BODY, Intake
from core.http.lane import Lanes
from core.http.router import LiveRouter
from core.run.live import Platform

log = logging.getLogger("zc.http")

HEADER_BYTES = 16 << 10

Pages = Callable[[Platform, Intake], list[Any]]


async def serve(platform: Platform, port: int | None, pages: Pages, ready: Callable[[str, Intake], None]) -> None:
    """Serve until SIGINT or SIGTERM. `pages` gives webui's routes, `ready` hears the address once all listens."""
    site = platform.snapshot.site
    intake = Intake(platform, Identity(platform.tokens, platform.nonces))
    connections = Connections(intake)
    server = BoundedServer(
        LiveRouter(platform, intake, addresses(platform, intake, pages)),
        ssl_options=tls(site["listen"], platform.home.root),
        max_body_size=LARGEST_BODY,
        max_header_size=HEADER_BYTES,
        connections=connections,
    )
    host, number = site["listen"]["host"], port if port is not None else site["listen"]["port"]
    try:
        sockets = bind_sockets(number, host, backlog=BACKLOG)
    except OSError as error:
        raise ZcError(
            f"port {number} on {host} cannot be taken: {error.strerror}", "Stop what uses it, or name another: --port"
        ) from error
    lanes = Lanes(intake, server, connections, HEADER_BYTES)
    if site["listen"]["lane"] and not site["listen"].get("certificate"):
        await lanes.listen(sockets)
    else:
        server.add_sockets(sockets)
    scheme = "https" if site["listen"].get("certificate") else "http"
    bound = sockets[0].getsockname()[1]
    platform.url = f"{scheme}://{'127.0.0.1' if host in ('0.0.0.0', '') else host}:{bound}"  # noqa: S104 - compared only
    door = admin.listen(platform.home.socket, platform.operate)
    platform.start()
    watching = asyncio.create_task(Health(platform).watch())
    stopped = asyncio.Event()
    for number_ in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number_, stopped.set)
    log.info("serving url=%s snapshot=%d", platform.url, platform.snapshot.number)
    ready(platform.url, intake)
    await stopped.wait()
    log.info("stopping: no new posts, finishing what was accepted")
    watching.cancel()
    server.stop()
    lanes.stop()
    door.stop()
    platform.home.socket.unlink(missing_ok=True)
    await settle(intake)
    await lanes.close()
    await server.close_all_connections()
    await door.close_all_connections()


def addresses(platform: Platform, intake: Intake, pages: Pages) -> Application:
    """Everything that is no interface: the platform's own addresses and webui's."""
    shared = {"platform": platform, "intake": intake}
    contract = {**shared, "kept": Kept()}
    return Application(
        [
            ("/api/token", TokenHandler, shared),
            ("/-/health", HealthHandler, {**shared, "health": Health(platform)}),
            ("/-/metrics", MetricsHandler, shared),
            ("/-/openapi.json", OpenApiHandler, contract),
            ("/-/manual/([a-z0-9_]+)", ManualHandler, contract),
            *pages(platform, intake),
        ],
        default_handler_class=NoSuchAddress,
        default_handler_args=shared,
        log_function=lambda handler: None,
    )


def tls(listen: dict[str, Any], home: Path) -> ssl.SSLContext | None:
    """The TLS context of the site's PEM files; None where it has none. ZcError where they cannot be used."""
    if not listen.get("certificate"):
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(home / listen["certificate"], home / listen["key"])
    except (OSError, ssl.SSLError) as error:
        raise ZcError(
            f"the TLS files {listen['certificate']} and {listen['key']} cannot be used: {error}",
            "Both are PEM files; the key must belong to the certificate.",
        ) from error
    if listen.get("client_ca"):
        context.verify_mode = ssl.CERT_OPTIONAL
        try:
            context.load_verify_locations(home / listen["client_ca"])
        except (OSError, ssl.SSLError) as error:
            raise ZcError(f"the CA file {listen['client_ca']} cannot be used: {error}", "It is a PEM file.") from error
    return context
