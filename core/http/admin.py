"""The admin door: the CLI's way into a running server, over a unix socket that only its owner may open."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_unix_socket
from tornado.web import Application, RequestHandler

from core.declare.problem import ZcError

log = logging.getLogger("zc.admin")

CONNECT_S = 5.0


class OperateHandler(RequestHandler):
    """POST {"name", "arguments"}: runs an operation, answers lines of JSON: progress, then result or error."""

    def initialize(self, operate: Callable[..., Any]) -> None:
        self.operate = operate

    async def post(self) -> None:
        """Run one operation in a thread; each line of its progress goes out as it comes."""
        asked = json.loads(self.request.body)
        loop = asyncio.get_running_loop()
        lines: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        def tell(line: dict[str, Any]) -> None:
            loop.call_soon_threadsafe(lines.put_nowait, line)

        def work() -> None:
            try:
                result = self.operate(asked["name"], lambda text: tell({"progress": text}), **asked["arguments"])
                tell({"result": result})
            except ZcError as error:
                tell({"error": {"reason": error.reason, "instruction": error.instruction}})
            except Exception:
                log.exception("operation raised name=%s", asked["name"])
                tell({"error": {"reason": f"{asked['name']} failed inside", "instruction": "See the server's log."}})

        future = loop.run_in_executor(None, work)
        self.set_header("Content-Type", "application/x-ndjson; charset=utf-8")
        while True:
            line = await lines.get()
            try:
                self.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")
                await self.flush()
            except StreamClosedError:
                break
            if "progress" not in line:
                break
        await future


def listen(path: Path, operate: Callable[..., Any]) -> HTTPServer:
    """Open the door at `path`, mode 0600, in a folder that only the owner may enter."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.parent.stat().st_uid != os.getuid():
        raise ZcError(f"{path.parent} belongs to somebody else", "Remove it, or set TMPDIR to a folder of your own.")
    path.unlink(missing_ok=True)
    server = HTTPServer(Application([("/operate", OperateHandler, {"operate": operate})]), max_body_size=64 << 20)
    server.add_socket(bind_unix_socket(str(path), mode=0o600))
    return server


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("admin")
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(CONNECT_S)
        self.sock.connect(str(self.path))
        self.sock.settimeout(None)


def answering(path: Path) -> bool:
    """Whether a server answers at the door."""
    connection = _UnixConnection(path)
    try:
        connection.connect()
    except OSError:
        return False
    finally:
        connection.close()
    return True


def operate(path: Path, name: str, arguments: dict[str, Any], progress: Callable[[str], None]) -> Any:
    """Ask the running server for an operation; returns its result, raises ZcError with the server's words."""
    connection = _UnixConnection(path)
    try:
        connection.request("POST", "/operate", json.dumps({"name": name, "arguments": arguments}))
        for line in _lines(connection.getresponse()):
            if "progress" in line:
                progress(line["progress"])
            elif "error" in line:
                raise ZcError(line["error"]["reason"], line["error"]["instruction"])
            else:
                return line["result"]
    except (OSError, http.client.HTTPException) as error:
        raise ZcError(f"the server broke off: {type(error).__name__}", "See its log, then try again.") from error
    finally:
        connection.close()
    raise ZcError("the server broke off", "See its log, then try again.")


def _lines(response: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
    for line in response:
        if line.strip():
            yield json.loads(line)
