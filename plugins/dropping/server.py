"""The service: pyftpdlib's loop in a thread of its own, and the thread that takes what arrives."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from OpenSSL import SSL
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

from core import api

from .accounts import Authorizer
from .arrivals import Arrivals
from .folder import UnderWay
from .session import Drops, PlainSession, TlsSession

log = logging.getLogger("zc.dropping")

STEP_S = 0.2


class FtpService:
    """FTP, and FTPS where there is a certificate. `address` is where it listens."""

    address: tuple[str, int] | None = None

    def start(self, live: api.Live) -> None:
        """Listen. OSError where the port is taken, ZcError where the certificate cannot be used."""
        said = live.settings
        quiet_library()
        authorizer, under_way = Authorizer(live), UnderWay()
        self._arrivals = Arrivals(live, authorizer.accounts, under_way)
        handler = self._handler(live, authorizer, under_way)
        self._loop = IOLoop()
        try:
            server = FTPServer((said["host"], said["port"]), handler, ioloop=self._loop)
        except OSError:
            self._loop.close()
            raise
        server.max_cons, server.max_cons_per_ip = said["connections"], said["connections_per_address"]
        self.address = server.socket.getsockname()[:2]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="zc-ftp", daemon=True)
        self._arrivals.start()
        self._thread.start()
        log.info("ftp serving address=%s port=%d tls=%s", *self.address, "certificate" in said)

    def stop(self) -> None:
        """Close every session and finish the file that is being taken."""
        self._ended.set()
        self._thread.join()
        self._arrivals.stop()
        self.address = None

    def _serve(self) -> None:
        while not self._ended.is_set():
            self._loop.loop(STEP_S, blocking=False)
        self._loop.close()

    def _handler(self, live: api.Live, authorizer: Authorizer, under_way: UnderWay) -> type[Drops]:
        said = live.settings
        named = {
            "authorizer": authorizer,
            "arrived": staticmethod(self._arrivals.put),
            "under_way": under_way,
            "settle_s": said["settle_s"],
            "timeout": said["idle_s"],
            "passive_ports": range(said["passive_from"], said["passive_to"] + 1),
            "masquerade_address": said.get("public_address"),
            "banner": "zc ready.",
        }
        if not said.get("certificate"):
            return type("Session", (PlainSession,), named)
        context = tls_context(live.home / said["certificate"], live.home / said["key"])
        required = {"tls_control_required": said["tls_required"], "tls_data_required": said["tls_required"]}
        return type("Session", (TlsSession,), {**named, "ssl_context": context, **required})


def tls_context(certificate: Path, key: Path) -> SSL.Context:
    """TLS 1.2 and later with these PEM files; ZcError where they cannot be used."""
    context = SSL.Context(SSL.TLS_SERVER_METHOD)
    context.set_min_proto_version(SSL.TLS1_2_VERSION)
    try:
        context.use_certificate_chain_file(str(certificate))
        context.use_privatekey_file(str(key))
        context.check_privatekey()
    except SSL.Error as error:
        raise api.ZcError(
            f"the TLS files {certificate} and {key} cannot be used",
            "Both are PEM files; the key must belong to the certificate.",
        ) from error
    return context


def quiet_library() -> None:
    """Let pyftpdlib tell warnings only: its lines name files, and file names may hold plates."""
    library = logging.getLogger("pyftpdlib")
    library.setLevel(logging.WARNING)
    if not library.handlers:
        library.addHandler(logging.NullHandler())
