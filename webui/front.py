"""The first page: what came in today, what is wrong now. Reached by a one-time link that the terminal prints."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from pathlib import Path
from typing import Any

from tornado.web import StaticFileHandler

from core.api import Intake, Platform, PlatformHandler
from webui.figures import figures

TEMPLATES = Path(__file__).with_name("templates")
STATIC = Path(__file__).with_name("static")
COOKIE = "zc_front"
SESSION_S = 12 * 3600
LINK_S = 3600
FIGURES_S = 1.0  # several open pages share what was counted within this
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Doors:
    """One-time links and the sessions they open, in memory: a restart prints a new link. Thread-safe."""

    def __init__(self) -> None:
        self._links: dict[str, float] = {}
        self._sessions: dict[str, float] = {}
        self._lock = threading.Lock()

    def link(self) -> str:
        """A new link's key, good once and for an hour."""
        key = secrets.token_urlsafe(24)
        with self._lock:
            self._links = {known: ends for known, ends in self._links.items() if ends > time.monotonic()}
            self._links[key] = time.monotonic() + LINK_S
        return key

    def enter(self, key: str) -> str | None:
        """The session that a link opens; None where the link is used, old or unknown."""
        with self._lock:
            if not _take(self._links, key):
                return None
            session = secrets.token_urlsafe(24)
            self._sessions[session] = time.monotonic() + SESSION_S
            return session

    def is_open(self, session: str) -> bool:
        """Whether the session stands."""
        now = time.monotonic()
        with self._lock:
            return any(ends > now and _same(known, session) for known, ends in self._sessions.items())


def _take(links: dict[str, float], key: str) -> bool:
    found = [known for known in links if _same(known, key)]
    return any(links.pop(known) > time.monotonic() for known in found)


def _same(known: str, given: str) -> bool:
    """Whether the two are equal, in a time that tells nothing."""
    return hmac.compare_digest(known.encode(), given.encode("utf-8", "surrogatepass"))


class Pages:
    """The routes of the web interface and the links to it."""

    def __init__(self) -> None:
        self.doors = Doors()

    def link(self, url: str) -> str:
        """A fresh one-time link."""
        return f"{url}/?link={self.doors.link()}"

    def routes(self, platform: Platform, intake: Intake) -> list[Any]:
        """Tornado's routes."""
        shared = {"platform": platform, "intake": intake, "doors": self.doors}
        return [
            ("/", FrontHandler, shared),
            ("/-/front.json", FiguresHandler, {**shared, "kept": {}}),
            ("/static/(.*)", OwnFileHandler, {"platform": platform, "intake": intake, "path": str(STATIC)}),
        ]


class OwnFileHandler(PlatformHandler, StaticFileHandler):
    """GET /static/…: our own scripts, styles and pictures."""

    def initialize(  # type: ignore[override]  # Tornado's own takes the path alone
        self, platform: Platform, intake: Intake, **page: Any
    ) -> None:
        PlatformHandler.initialize(self, platform, intake)
        StaticFileHandler.initialize(self, page["path"])


class DoorHandler(PlatformHandler):
    """Base of pages behind the one-time link."""

    def initialize(self, platform: Platform, intake: Intake, **page: Any) -> None:
        super().initialize(platform, intake)
        self.doors: Doors = page["doors"]

    def get_template_path(self) -> str:
        """Where the templates are."""
        return str(TEMPLATES)

    def set_default_headers(self) -> None:
        """Set the headers that keep a page to itself."""
        super().set_default_headers()
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("Referrer-Policy", "no-referrer")

    @property
    def is_open(self) -> bool:
        """Whether this browser came through a link."""
        return self.doors.is_open(self.get_cookie(COOKIE) or "")


class FrontHandler(DoorHandler):
    """GET /: the page itself; ?link=… opens the session and is gone from the address."""

    def get(self) -> None:
        """Show the page, or how to get in."""
        key = self.get_query_argument("link", "")
        session = self.doors.enter(key) if key else None
        if session is not None:
            secure = self.request.protocol == "https"
            self.set_cookie(COOKIE, session, httponly=True, samesite="Strict", secure=secure, max_age=SESSION_S)
            self.redirect("/")
            return
        site = self.snapshot.site
        if not self.is_open:
            self.set_status(401)
            self.render("closed.html", title=site["title"], used=bool(key))
            return
        self.render("front.html", title=site["title"], demo=site["demo"])


class FiguresHandler(DoorHandler):
    """GET /-/front.json: the figures of the first page, counted at most once a second."""

    def initialize(self, platform: Platform, intake: Intake, **page: Any) -> None:
        super().initialize(platform, intake, **page)
        self.kept: dict[str, Any] = page["kept"]

    async def get(self) -> None:
        """The figures, 401 without a session."""
        if not self.is_open:
            self.write_error(401)
            return
        if self.kept.get("until", 0.0) < time.monotonic():
            self.kept["figures"] = await figures(self.platform, self.intake, self.snapshot)
            self.kept["until"] = time.monotonic() + FIGURES_S
        self.send_json(200, self.kept["figures"])
