"""The platform's own few addresses: tokens, health. Pages come from webui."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network
from typing import Any

import msgspec
from tornado.web import RequestHandler

from core.http.address import client_address
from core.http.health import health
from core.http.ingest import Intake
from core.intake.outcomes import OUTCOMES
from core.intake.post import Stop
from core.intake.reply import render_outcome
from core.run.live import Platform


class PlatformHandler(RequestHandler):
    """Base of handlers: takes the snapshot once, says its number in X-Snapshot, keeps errors for people."""

    def initialize(self, platform: Platform, intake: Intake) -> None:
        self.platform = platform
        self.intake = intake

    def prepare(self) -> None:
        """Take the snapshot in force for this request."""
        self.snapshot = self.platform.snapshot
        self.set_header("X-Snapshot", str(self.snapshot.number))
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        if self.snapshot.site["demo"]:
            self.set_header("X-Demo", "true")

    @property
    def address(self) -> str:
        """The client's address, declared proxies taken off."""
        context: Any = self.request.connection.context if self.request.connection else None  # type: ignore[attr-defined]
        peer = str(getattr(context, "remote_ip", "") or "")
        proxies = [ip_network(text) for text in self.snapshot.site["listen"]["trusted_proxies"]]
        return client_address(peer, self.request.headers.get("X-Forwarded-For"), proxies)

    def send_json(self, status: int, body: Any) -> None:
        """Answer with JSON."""
        self.set_status(status)
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(msgspec.json.encode(body))

    def write_error(self, status_code: int, **_: Any) -> None:
        """An error in words; what happened inside stays in the log."""
        texts = {404: "没有这个地址", 405: "此地址不接受该方法", 401: "请先登录", 403: "无权访问"}
        self.send_json(status_code, {"error": texts.get(status_code, "平台内部错误，请查看日志")})


class TokenHandler(PlatformHandler):
    """POST {"appid", "secret"} → a token for two hours, in the envelope of the reply that the site names first."""

    async def post(self) -> None:
        """Buy a token."""
        try:
            asked = msgspec.json.decode(self.request.body, type=TokenRequest)
        except (msgspec.DecodeError, msgspec.ValidationError):
            self._stop(Stop("body_malformed", detail='{"appid": "…", "secret": "…"}'))
            return
        try:
            token, ttl_s = await self.intake.identity.issue(asked.appid, asked.secret, self.address, self.snapshot)
        except Stop as stop:
            self._stop(stop)
            return
        self.send_json(
            200, {"resultcode": "0", "resultmessage": "成功", "errorcode": "", "token": token, "expires_in": ttl_s}
        )

    def _stop(self, stop: Stop) -> None:
        outcome = OUTCOMES[stop.outcome]
        if "seconds" in stop.values:
            self.set_header("Retry-After", str(stop.values["seconds"]))
        message = render_outcome(outcome.message, stop.values)
        self.send_json(outcome.http, {"resultcode": "1", "resultmessage": message, "errorcode": outcome.code})


class TokenRequest(msgspec.Struct):
    """What a partner sends to buy a token."""

    appid: str
    secret: str


class HealthHandler(PlatformHandler):
    """GET: each plugin's checks in parallel, two seconds each; 503 where anything is not well."""

    async def get(self) -> None:
        """Say whether all is well, and what is not."""
        report = await health(self.platform, self.snapshot)
        self.send_json(200 if report["well"] else 503, report)


class NoSuchAddress(PlatformHandler):
    """Everything that is nowhere declared."""

    def prepare(self) -> None:
        """Answer 404 in words."""
        super().prepare()
        self.write_error(404 if self.request.method in ("GET", "HEAD", "POST") else 405)


async def settle(intake: Intake) -> None:
    """Wait until every post that was read is answered."""
    while intake.under_way:
        await asyncio.wait(set(intake.under_way))
