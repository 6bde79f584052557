"""What every address of the web interface has in common: who asks, whether the request is ours, how errors are told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from tornado.web import HTTPError

from core.api import Account, Intake, Platform, PlatformHandler, Seeing
from webui import xsrf
from webui.refused import TOLD, told

if TYPE_CHECKING:
    from webui.asking import Asking
    from webui.exports import Exports
    from webui.files import Files
    from webui.help import Help
    from webui.live import Live

log = logging.getLogger("zc.web")

SESSION = "zc_session"
JSON_BYTES = 64 << 10  # as the router allows; an address that takes more says so itself
DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

T = TypeVar("T")


@dataclass(frozen=True)
class Web:
    """What all addresses share for as long as the server runs."""

    asking: Asking
    files: Files
    exports: Exports
    live: Live
    help: Help


class PageHandler(PlatformHandler):
    """Base of all addresses of the web interface. Closed to those without a session unless a handler says otherwise."""

    needs_session = True
    open_to_old_passwords = False  # True where somebody whose password has to be changed first is let in
    policy = DATA_POLICY

    def initialize(self, platform: Platform, intake: Intake, **more: Any) -> None:
        super().initialize(platform, intake)
        self.web: Web = more["web"]
        self.account: Account | None = None

    def set_default_headers(self) -> None:
        """Set the headers that keep a reply to itself."""
        super().set_default_headers()
        self.set_header("Content-Security-Policy", self.policy)
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cross-Origin-Opener-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.set_header("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")

    async def prepare(self) -> None:
        """Turn away what does not come from our own page, then find out whose session it is."""
        if self.request.method not in ("GET", "HEAD") and not self._is_ours():
            raise HTTPError(403, reason="Forbidden")
        if self.needs_session or self.session_token:
            self.account = await self.web.asking.run(self.platform.accounts.session, self.session_token)
        if self.needs_session and self.account is None:
            self.turn_away()
        elif self.needs_session and self.account and self.account.must_change and not self.open_to_old_passwords:
            self.send_json(403, {"error": "请先修改口令", "must_change": True})

    def turn_away(self) -> None:
        """Answer somebody without a session."""
        self.write_error(401)

    def _is_ours(self) -> bool:
        headers = self.request.headers
        own = xsrf.is_own_origin(headers.get("Origin"), self.request.host, headers.get("Sec-Fetch-Site"))
        session = self.session_token or None
        return own and xsrf.holds(session, self.get_cookie(xsrf.COOKIE), headers.get(xsrf.HEADER))

    @property
    def session_token(self) -> str:
        """The session's token that the browser sent; empty for none."""
        return self.get_cookie(SESSION) or ""

    @property
    def login(self) -> str:
        """Whose session it is; HTTPError 401 where there is none."""
        if self.account is None:
            raise HTTPError(401)
        return self.account.login

    @property
    def is_secure(self) -> bool:
        """Whether the browser speaks TLS to us, or to the declared proxy in front of us."""
        behind_proxy = self.address != self.request.remote_ip
        forwarded = self.request.headers.get("X-Forwarded-Proto", "") if behind_proxy else ""
        return "https" in (self.request.protocol, forwarded)

    def give_session(self, token: str | None) -> None:
        """Set or take away the session's cookie, and the xsrf value that goes with it."""
        secure = self.is_secure
        if token is None:
            self.clear_cookie(SESSION, httponly=True, samesite="Strict", secure=secure)
        else:
            self.set_cookie(SESSION, token, httponly=True, samesite="Strict", secure=secure)
        self.set_cookie(xsrf.COOKIE, xsrf.value_for(token), samesite="Strict", secure=secure)

    @property
    def query(self) -> Mapping[str, list[str]]:
        """The parameters of the address, as they came."""
        return {name: self.get_query_arguments(name, strip=False) for name in self.request.query_arguments}

    def said(self, shape: type[T]) -> T:
        """The JSON body in that shape; HTTPError 400 or 415 where it is not."""
        media = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if media != "application/json":
            raise HTTPError(415, reason="Unsupported Media Type")
        try:
            return msgspec.json.decode(self.request.body, type=shape)
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
            raise HTTPError(400, reason="Bad Request") from error

    async def ask(self, question: Callable[[Seeing], T]) -> T:
        """What the one door answers this account, asked in a thread."""
        return await self.web.asking.run(self._asked, question)

    def _asked(self, question: Callable[[Seeing], T]) -> T:
        if self.account is None:
            raise HTTPError(401)
        return question(Seeing(self.platform, self.account, self.snapshot))

    async def answer(self, question: Callable[[Seeing], Any], status: int = 200) -> None:
        """Send as JSON what the one door answers."""
        self.send_json(status, await self.ask(question))

    def write_error(self, status_code: int, **more: Any) -> None:
        """An error in words. What a person can mend is told; what happened inside stays in the log."""
        error = more.get("exc_info", (None, None))[1]
        if isinstance(error, TOLD):
            status, body, wait_s = told(error)
            if wait_s is not None:
                self.set_header("Retry-After", str(wait_s))
            self.send_json(status, body)
            return
        texts = {
            400: "请求的内容不合格式",
            403: "无权访问，或页面已过期，请刷新后再试",
            413: "内容过大",
            415: "只接受 JSON",
        }
        if status_code in texts:
            self.send_json(status_code, {"error": texts[status_code]})
        else:
            super().write_error(status_code)

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """Log what is a fault of ours; refusals and wrong requests are answers, not faults."""
        if not isinstance(value, (*TOLD, HTTPError)):
            log.error("page failed path=%s", urlsplit(self.request.uri or "").path, exc_info=(typ, value, tb))


__all__ = ["SESSION", "PageHandler", "Web"]
