"""Coming in and going out: login, logout, the own password, and what the shell has to know of the account."""

from __future__ import annotations

from typing import Any

import msgspec
from tornado.web import HTTPError

from core.api import Rates
from webui.handler import PageHandler
from webui.shell import HOME, safe_next

LOGINS_A_MINUTE = 20  # of one address, right or wrong
FIRST_STEPS = "/help/guides/first-steps"  # told to those who set a site up, while it has no records


class LoginAsked(msgspec.Struct, forbid_unknown_fields=True):
    """What the login page sends."""

    login: str
    password: str
    next: str = HOME


class PasswordAsked(msgspec.Struct, forbid_unknown_fields=True):
    """What changing one's own password takes."""

    old: str
    new: str


class LoginHandler(PageHandler):
    """POST /api/ui/login. A session that the browser had before ends: nobody comes in under a token that was there."""

    needs_session = False

    def initialize(self, *arguments: Any, **more: Any) -> None:
        super().initialize(*arguments, **more)
        self.rates: Rates = more["rates"]

    async def post(self) -> None:
        """Open a session: {ok, must_change, next}."""
        said = self.said(LoginAsked)
        wait_s = self.rates.take(self.address, LOGINS_A_MINUTE)
        if wait_s:
            self.set_header("Retry-After", str(wait_s))
            self.send_json(429, {"error": f"登录过于频繁，请 {wait_s} 秒后再试"})
            return
        accounts, asking = self.platform.accounts, self.web.asking
        former = self.session_token or None
        session = await asking.run(accounts.login, said.login, said.password, self.address, former)
        self.web.live.end(self.session_token)
        self.give_session(session.token)
        self.send_json(200, {"ok": True, "must_change": session.account.must_change, "next": safe_next(said.next)})


class LogoutHandler(PageHandler):
    """POST /api/ui/logout."""

    open_to_old_passwords = True

    async def post(self) -> None:
        """End the session, here and at the server."""
        await self.web.asking.run(self.platform.accounts.logout, self.session_token)
        self.web.live.end(self.session_token)
        self.give_session(None)
        self.send_json(200, {"ok": True})


class PasswordHandler(PageHandler):
    """POST /api/ui/password {old, new}."""

    open_to_old_passwords = True

    async def post(self) -> None:
        """Change the own password."""
        said = self.said(PasswordAsked)
        await self.web.asking.run(self.platform.accounts.change_password, self.account, said.old, said.new)
        self.send_json(200, {"ok": True})


class SessionsHandler(PageHandler):
    """GET /api/ui/sessions: where one is logged in oneself."""

    async def get(self) -> None:
        """[{id, login, address, made_at, seen_at, ends_at, current}]."""
        listed = await self.web.asking.run(self.platform.accounts.sessions)
        own = self.account.session_id if self.account else 0
        self.send_json(200, [{**one, "current": one["id"] == own} for one in listed if one["login"] == self.login])


class EndSessionHandler(PageHandler):
    """POST /api/ui/sessions/<number>/end: end one of one's own sessions."""

    async def post(self, number: str) -> None:
        """End it; another's is not there."""
        accounts, asking = self.platform.accounts, self.web.asking
        listed = await asking.run(accounts.sessions)
        if not any(one["id"] == int(number) and one["login"] == self.login for one in listed):
            raise HTTPError(404)
        await asking.run(accounts.end, int(number), self.login)
        self.send_json(200, {"ok": True})


class MeHandler(PageHandler):
    """GET /api/ui/me: who it is, what the menu has, what site this is."""

    open_to_old_passwords = True

    async def get(self) -> None:
        """Say it."""
        said = await self.ask(lambda seeing: seeing.me())
        site = {**said["site"], "map": self.snapshot.site.get("map") or {}}
        if said["operations"] and await self.ask(self.web.help.is_site_empty):
            said["first_steps"] = FIRST_STEPS
        self.send_json(200, {**said, "site": site, "labels_version": self.web.files.digest})


class LabelsHandler(PageHandler):
    """GET /api/ui/labels: every text of the shell, and what the login page says of the site."""

    needs_session = False

    def initialize(self, *arguments: Any, **more: Any) -> None:
        super().initialize(*arguments, **more)
        self.labels: dict[str, Any] = more["labels"]

    def get(self) -> None:
        """Send them."""
        site = {"title": self.snapshot.site["title"], "demo": self.snapshot.site["demo"]}
        self.send_json(200, {**self.labels, "site": site})
