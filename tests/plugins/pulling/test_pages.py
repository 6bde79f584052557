"""Pages of a partner's HTTP service, with a server of the tests' own."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from core.declare.problem import ZcError
from tests.core.run import homes
from tests.plugins.pulling.conftest import codes, pull

SECRET = "test-api-secret"
SINCE = {
    "query": {"since": "{watermark}", "page": "{page}", "size": 2},
    "watermark": {
        "field": "changed",
        "first": "2026-11-01 00:00:00",
        "pattern": "yyyy-MM-dd HH:mm:ss",
        "look_back": "10 minutes",
    },
    "pages": {"size": 2},
}


def record(no: str, changed: str = "2026-11-01 08:00:00", **other: Any) -> dict[str, Any]:
    return {"no": no, "gate": "G1", "at": "2026-11-01 08:00:00", "kg": 900, "changed": changed, **other}


@dataclass
class Service:
    """A partner's service: its records, and how it answers. `answer` gives (status, headers, body) of a request."""

    records: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    answer: Callable[[Any], tuple[int, dict[str, str], bytes]] | None = None
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    def of(self, **change: Any) -> dict[str, Any]:
        """What an interface says under pull."""
        return {"by": "http_pull", "url": self.url, "timeout_s": 5, **change}

    def page(self, handler: RequestHandler) -> tuple[int, dict[str, str], bytes]:
        """The newest first, as most services list."""
        since, number = handler.get_argument("since", ""), int(handler.get_argument("page", "1"))
        found = sorted((one for one in self.records if one["changed"] >= since), key=lambda one: one["changed"])[::-1]
        size = int(handler.get_argument("size", "1000"))
        return 200, {}, json.dumps({"code": 0, "list": found[(number - 1) * size : number * size]}).encode()


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Service]:
    service, ready, loop = Service(), threading.Event(), asyncio.new_event_loop()

    class Handler(RequestHandler):
        def get(self) -> None:
            headers = dict(self.request.headers)
            service.requests.append((self.request.uri or "", headers, self.request.body))
            status, said, body = (service.answer or service.page)(self)
            self.set_status(status)
            for name, text in said.items():
                self.set_header(name, text)
            if status != 204:
                self.write(body)

        post = get

    async def serve() -> None:
        application = Application([(".*", Handler)], log_function=lambda handler: None)
        server, sockets = HTTPServer(application, ssl_options=context), bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        service.port = sockets[0].getsockname()[1]
        ready.set()
        await stopped.wait()
        server.stop()
        await server.close_all_connections()

    stopped = asyncio.Event()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield service
    loop.call_soon_threadsafe(stopped.set)
    thread.join()
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as made:
        yield made


def test_pages_are_taken_from_the_watermark_on(service: Service, pulling: Callable[..., Any]) -> None:
    service.records = [record(f"A{minute}", f"2026-11-01 08:{minute:02}:00") for minute in range(30, 35)]
    with pulling(service.of(**SINCE), records="list") as platform:
        assert pull(platform) == {"interface": "rows", "bodies": 3, "stored": 5, "duplicates": 0, "refused": 0}
        assert "since=2026-10-31+23%3A50%3A00" in service.requests[0][0]
        service.records.append(record("LATE", "2026-11-01 08:25:00"))
        service.records.append(record("OLD", "2026-11-01 08:20:00"))
        service.requests.clear()
        done = pull(platform)
        assert (done["stored"], done["duplicates"]) == (1, 5)
        assert "since=2026-11-01+08%3A24%3A00" in service.requests[0][0]
        assert {row["provenance"] for row in homes.found(platform)} == {"pulled"}


def test_the_watermark_stays_where_a_page_is_missing(service: Service, pulling: Callable[..., Any]) -> None:
    service.records = [record(f"A{minute}", f"2026-11-01 08:{minute:02}:00") for minute in range(5)]

    def breaks(handler: RequestHandler) -> tuple[int, dict[str, str], bytes]:
        broken = handler.get_argument("page") == "2"
        return (503, {"Retry-After": "7"}, b"") if broken else service.page(handler)

    service.answer = breaks
    with pulling(service.of(**SINCE), records="list") as platform:
        with pytest.raises(ZcError, match="answers 503"):
            pull(platform)
        assert len(codes(platform)) == 2  # the newest; the older ones are on the pages that did not come
        assert platform.pulling.figures()["rows"].pause_s(1) >= 7
        service.answer = None
        assert pull(platform)["stored"] == 3


def test_a_post_with_a_cursor_a_key_and_a_sign_of_success(service: Service, pulling: Callable[..., Any]) -> None:
    pages = {"": (["A1", "A2"], "x1"), "x1": (["A3"], None)}

    def answers(handler: RequestHandler) -> tuple[int, dict[str, str], bytes]:
        numbers, following = pages[json.loads(handler.request.body)["after"]]
        data = {"list": [record(no) for no in numbers], "next": following}
        return 200, {}, json.dumps({"code": 0, "data": data}).encode()

    service.answer = answers
    said = service.of(
        method="POST",
        body={"after": "{cursor}", "size": 2, "deep": ["{now}"]},
        pages={"next": "data.next"},
        expect={"code": 0},
        secret="api",
        header="X-Key",
        prefix="",
    )
    with pulling(said, {"api": SECRET}, records="data.list") as platform:
        assert pull(platform)["stored"] == 3
        assert {headers["X-Key"] for _, headers, _ in service.requests} == {SECRET}
        service.answer = lambda handler: (200, {}, b'{"code": 40001, "data": null}')
        with pytest.raises(ZcError, match="the answer says code: '40001', expected 0"):
            pull(platform)


def test_pages_from_old_to_new_move_the_watermark_one_by_one(service: Service, pulling: Callable[..., Any]) -> None:
    def answers(handler: RequestHandler) -> tuple[int, dict[str, str], bytes]:
        since = int(handler.get_argument("since"))
        return 200, {}, json.dumps({"list": [record(f"A{since + 1}", since + 1)] if since < 9 else []}).encode()

    service.answer = answers
    said = service.of(
        query={"since": "{watermark}"},
        watermark={"field": "changed", "first": 0},
        pages={"oldest_first": True, "most": 1},
    )
    with pulling(said, records="list") as platform:
        assert [pull(platform)["stored"] for _ in range(3)] == [1, 1, 1]
        assert codes(platform) == ["A1", "A2", "A3"]


def test_another_format_is_read_as_the_interface_says(service: Service, pulling: Callable[..., Any]) -> None:
    service.answer = lambda handler: (200, {}, b"no,gate,at,kg\nA1,G1,2026-11-01 08:00:00,900\n")
    with pulling(service.of(), format="csv") as platform:
        assert pull(platform)["stored"] == 1
        service.answer = lambda handler: (204, {}, b"")
        assert pull(platform)["bodies"] == 0


def test_a_malformed_answer_is_kept_as_a_refusal(service: Service, pulling: Callable[..., Any]) -> None:
    service.answer = lambda handler: (200, {}, b'{"list": [')
    with pulling(service.of(), records="list") as platform:
        assert [pull(platform)["refused"] for _ in range(3)] == [1, 0, 0]
        assert [row["outcome"] for row in homes.operate(platform, "refusals", with_rows=True)] == ["body_malformed"]


def test_nothing_new_is_no_refusal(service: Service, pulling: Callable[..., Any]) -> None:
    with pulling(service.of(), records="list") as platform:
        for body in (b'{"list": []}', b'{"list": null}', b"", b'{"other": 1}'):
            service.answer = lambda handler, body=body: (200, {}, body)
            assert pull(platform)["refused"] == (1 if b"other" in body else 0)


NOT_TAKEN = [
    ((302, {"Location": "http://localhost:9/elsewhere"}, b""), "127.0.0.1 redirects to localhost"),
    ((302, {"Location": "https://127.0.0.1/elsewhere"}, b""), "127.0.0.1 redirects to 127.0.0.1"),
    ((302, {"Location": "file:///etc/passwd"}, b""), "redirects to nowhere"),
    ((307, {"Location": "/again"}, b""), "redirects again and again"),
    ((401, {}, b""), "answers 401"),
    ((200, {"Content-Encoding": "gzip"}, b"x"), "answers in the encoding gzip"),
    ((200, {}, b"x" * (2 << 20)), "gives no whole answer"),
]


def test_what_is_not_followed_or_taken(service: Service, pulling: Callable[..., Any]) -> None:
    with pulling(service.of(secret="api"), {"api": SECRET}, records="list") as platform:
        homes.change_site(platform.home.root, intake={"body_mib": 1})
        assert homes.operate(platform, "reload", who="test")["activated"]
        for answer, reason in NOT_TAKEN:
            service.answer = lambda handler, answer=answer: answer
            with pytest.raises(ZcError) as raised:
                pull(platform)
            assert reason in raised.value.reason
            assert SECRET not in str(raised.value)


def test_a_redirect_on_the_same_host_is_followed(service: Service, pulling: Callable[..., Any]) -> None:
    def answers(handler: RequestHandler) -> tuple[int, dict[str, str], bytes]:
        return (302, {"Location": "/moved"}, b"") if handler.request.path == "/api" else service.page(handler)

    service.records, service.answer = [record("A1")], answers
    with pulling(service.of(), records="list") as platform:
        assert pull(platform)["stored"] == 1


def test_a_server_that_gives_the_same_page_again_is_left(service: Service, pulling: Callable[..., Any]) -> None:
    said = service.of(pages={"most": 5})
    service.records = [record("A1")]
    with pulling(said, records="list") as platform, pytest.raises(ZcError, match="the one before it again"):
        pull(platform)


def test_tls_is_verified(tmp_path: Path, pulling: Callable[..., Any]) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(context) as service:
        service.records = [record("A1")]
        said = service.of(url=f"https://127.0.0.1:{service.port}/api")
        with pulling(said, records="list") as platform, pytest.raises(ZcError, match="cannot be trusted"):
            pull(platform)
        with pulling({**said, "certificates": "../cert.pem"}, records="list") as platform:
            assert pull(platform)["stored"] == 1
        named = service.of(url=f"https://localhost:{service.port}/api", certificates="../cert.pem")
        with pulling(named, records="list") as platform, pytest.raises(ZcError, match="cannot be trusted"):
            pull(platform)
