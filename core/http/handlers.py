"""The platform's own few addresses: tokens, health. Pages come from webui."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from tornado.web import RequestHandler

from core.http.asked import Asked
from core.http.health import Health
from core.http.ingest import Intake
from core.intake.post import Stop
from core.run.live import Platform
from core.run.networks import within
from core.store.request import StoreBusy


class PlatformHandler(RequestHandler):
    """Base of handlers: takes the snapshot once, says its number in X-Snapshot, keeps errors for people."""

    def initialize(self, platform: Platform, intake: Intake, **_: Any) -> None:
        self.platform = platform
        self.intake = intake
        self.snapshot = platform.snapshot
        self.set_default_headers()

    def set_default_headers(self) -> None:
        """Say what every reply says; Tornado calls this again where an error has cleared all headers."""
        self.clear_header("Server")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Cache-Control", "no-store")
        if "snapshot" in vars(self):
            self.set_header("X-Snapshot", str(self.snapshot.number))
            if self.snapshot.site["demo"]:
                self.set_header("X-Demo", "true")

    @property
    def address(self) -> str:
        """The client's address, declared proxies taken off."""
        return Asked.of(self.request).address(self.snapshot.proxies)

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
    """POST {"appid", "secret"} → a token for two hours, in the envelope of the reply that site.yaml names."""

    async def post(self) -> None:
        """Buy a token."""
        try:
            asked = msgspec.json.decode(self.request.body, type=TokenRequest)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self._stop(Stop("body_malformed", detail='{"appid": "…", "secret": "…"}'))
            return
        try:
            token, ttl_s = await self.intake.identity.issue(asked.appid, asked.secret, self.address, self.snapshot)
        except Stop as stop:
            await self._note(asked.appid, stop.outcome)
            self._stop(stop)
            return
        except StoreBusy as busy:
            self._stop(Stop("busy", seconds=busy.retry_after_s))
            return
        self._send("stored", "stored", {}, {"token": token, "expires_in": ttl_s})

    async def _note(self, appid: str, outcome: str) -> None:
        """What a sandbox partner did wrong counts among the cases that it tries out."""
        platform = self.platform
        partner = await asyncio.to_thread(platform.tokens.partner_named, appid)
        if partner and self.snapshot.is_sandbox(partner):
            await asyncio.to_thread(platform.conformance.note_login, partner, outcome, self.snapshot)

    def _stop(self, stop: Stop) -> None:
        if "seconds" in stop.values:
            self.set_header("Retry-After", str(stop.values["seconds"]))
        self._send("refused", stop.outcome, stop.values, None)

    def _send(self, result: str, outcome: str, values: Mapping[str, object], token: dict[str, Any] | None) -> None:
        reply = self.snapshot.token_reply
        names = reply.without_rows(result, outcome, values, self.snapshot.site["demo"])
        body, content_type = reply.encode(reply.render(names, token))
        self.set_status(reply.cases[outcome].http or 200)
        self.set_header("Content-Type", content_type)
        self.finish(body)


class TokenRequest(msgspec.Struct):
    """What a partner sends to buy a token."""

    appid: str
    secret: str


class HealthHandler(PlatformHandler):
    """GET: each plugin's checks in parallel, two seconds each; 503 where anything is not well."""

    def initialize(self, platform: Platform, intake: Intake, **more: Any) -> None:
        super().initialize(platform, intake)
        self.health: Health = more["health"]

    async def get(self) -> None:
        """Say whether all is well, and what is not."""
        report = await self.health.report(self.snapshot)
        self.send_json(200 if report["well"] else 503, report)


class MetricsHandler(PlatformHandler):
    """GET /-/metrics, for the addresses that site.yaml names under listen.scrape."""

    def get(self) -> None:
        """The figures; 403 for anybody else, and for what comes through a proxy that nobody declared."""
        forwarded = "X-Forwarded-For" in self.request.headers
        through_stranger = forwarded and self.address == self.request.remote_ip
        if through_stranger or not within(self.address, self.snapshot.scrape):
            self.write_error(403)
            return
        self.set_header("Content-Type", CONTENT_TYPE_LATEST)
        self.finish(generate_latest(self.intake.metrics.registry))


class NoSuchAddress(PlatformHandler):
    """Everything that is nowhere declared."""

    def prepare(self) -> None:
        """Answer 404 in words."""
        super().prepare()
        self.write_error(404)


async def settle(intake: Intake) -> None:
    """Refuse what comes from now on, and wait until every post that was read before is answered."""
    intake.closing = True
    while intake.under_way:
        await asyncio.wait(set(intake.under_way))
