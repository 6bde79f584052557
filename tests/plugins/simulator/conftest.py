"""The simulator's modules, and a small HTTP server that behaves as badly as a test asks."""

import importlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def traffic(plugin_of) -> ModuleType:
    return importlib.import_module(f"{plugin_of('simulator').__name__}.traffic")


@pytest.fixture(scope="session")
def figures(plugin_of) -> ModuleType:
    return importlib.import_module(f"{plugin_of('simulator').__name__}.figures")


@pytest.fixture(scope="session")
def post(plugin_of) -> ModuleType:
    return importlib.import_module(f"{plugin_of('simulator').__name__}.post")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.server.answer(self.path, body)
        if answer is None:
            self.close_connection = True
            return
        status, headers, said = answer
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing: pytest shows what fails."""


class Platform(ThreadingHTTPServer):
    """Keeps what it was sent. `faults` are used up one a post: busy, gone (stored, then no answer), token, …"""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.faults: list[object] = []
        self.kept: Counter[str] = Counter()
        self.sizes: list[int] = []
        self.tokens: list[str] = []
        self.expires_in = 7200
        self.lock = threading.Lock()

    def answer(self, path: str, body: dict) -> tuple[int, dict, object] | None:
        with self.lock:
            if path == "/api/token":
                return self.token(body)
            fault = self.faults.pop(0) if self.faults else None
            if body["token"] not in self.tokens or fault == "token":
                self.tokens.clear()
                return 401, {}, {"resultcode": "1", "resultmessage": "令牌已过期", "errorcode": "1103"}
            if isinstance(fault, tuple):
                return fault
            if fault == "gone unread":
                return None
            codes = [record["previewcode"] for record in body["bodys"]]
            known = sum(code in self.kept for code in codes)
            self.kept.update(codes)
            self.sizes.append(len(codes))
            if fault == "gone":
                return None
            return 200, {}, {"resultcode": "0", "accepted": len(codes) - known, "duplicates": known, "rejected": []}

    def token(self, body: dict) -> tuple[int, dict, object]:
        if body != {"appid": "appid-of-test", "secret": "secret-of-test"}:
            return 401, {}, {"resultcode": "1", "resultmessage": "appid 或密钥有误"}
        self.tokens.append(f"token-{len(self.tokens)}-{id(body)}")
        return 200, {}, {"resultcode": "0", "token": self.tokens[-1], "expires_in": self.expires_in}


@pytest.fixture
def platform() -> Iterator[Platform]:
    with Platform() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()
