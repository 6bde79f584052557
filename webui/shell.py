"""The shell: the one page in which our script builds everything. It carries no data, so it can be shown to anybody."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

from webui import xsrf
from webui.handler import PageHandler
from webui.texts import labels

TEMPLATES = Path(__file__).with_name("templates")
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:{tiles}; "
    "font-src 'self' data:; media-src 'self' blob:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-{}]+(:\d{1,5})?(?=/|$)")
LOCAL = re.compile(
    r"/(|p/[a-z0-9_]+|(help|print)(/[a-z0-9_/-]+)?|api/v1/categories/[a-z0-9_]+/manual)(\?[\x21\x23-\x5b\x5d-\x7e]*)?"
)
HOME = "/"


def safe_next(wanted: str) -> str:
    """Where to go after the login: one of our own pages, whatever the address says."""
    return wanted if LOCAL.fullmatch(wanted) else HOME


def policy_of(tiles: str | None) -> str:
    """The policy of a page with script; the origin of the map's tiles is the only other one that it may load from."""
    found = ORIGIN.match(tiles or "")
    origin = re.sub(r"\{[^}]*\}", "*", found.group()) if found else ""
    return POLICY.format(tiles=f" {origin}" if origin else "")


def sent_to_login(handler: PageHandler) -> None:
    """Send somebody without a session to the login, and back here after it."""
    handler.redirect(f"/login?next={quote(handler.request.uri or HOME, safe='')}")


class ShellHandler(PageHandler):
    """GET / and /p/<page>: the shell, for those with a session."""

    open_to_old_passwords = True

    def get_template_path(self) -> str:
        """Where the templates are."""
        return str(TEMPLATES)

    def turn_away(self) -> None:
        """Send somebody without a session to the login, and back here after it."""
        sent_to_login(self)

    def get(self, _page: str = "") -> None:
        """Show the shell."""
        self.show()

    def show(self) -> None:
        """Render the shell, or say what to do where the bundles were never set up."""
        site = self.snapshot.site
        self.set_header("Content-Security-Policy", policy_of((site.get("map") or {}).get("tiles")))
        self.keep_xsrf()
        files = self.web.files
        if not files.are_there:
            self.set_status(503)
            self.render("unready.html", title=site["title"], static=files.prefix)
            return
        self.render(
            "shell.html",
            title=site["title"],
            demo=site["demo"],
            static=files.prefix,
            assets=files.addresses,
            words=labels()["start"],
        )

    def keep_xsrf(self) -> None:
        """See that the browser has the xsrf value that belongs to its session, or to none; a session that does not
        stand any more is taken away."""
        if self.account is None and self.session_token:
            self.give_session(None)
        elif self.account is not None or not self.get_cookie(xsrf.COOKIE):
            value = xsrf.value_for(self.session_token or None)
            self.set_cookie(xsrf.COOKIE, value, samesite="Strict", secure=self.is_secure)


class LoginPageHandler(ShellHandler):
    """GET /login?next=…: the same shell for those without a session; others go on to where they wanted."""

    needs_session = False

    def get(self, _page: str = "") -> None:
        """Show the shell, or go on."""
        if self.account is not None:
            self.redirect(safe_next(self.get_query_argument("next", HOME)))
            return
        self.show()
