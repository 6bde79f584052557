"""Operations that a person runs from a page. One that takes longer than a moment becomes a task to ask after."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

import msgspec
from tornado.web import HTTPError, stream_request_body

from core.api import Seeing, in_language
from webui.handler import PageHandler
from webui.refused import TOLD, told

log = logging.getLogger("zc.web")

LARGEST = 4 << 20  # bytes of an operation's arguments: a pasted body, an edited file
MOMENT_S = 2.0  # an operation that ends within it is answered at once
KEPT_S = 3600  # how long the result of a task can be fetched
MOST_TASKS = 200
MOST_UNDER_WAY = 4  # of one person at once
MOST_LINES = 50  # of progress that are kept


@dataclass
class Task:
    """One operation that somebody runs."""

    login: str
    name: str
    future: asyncio.Future[Any]
    lines: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def note(self, text: str) -> None:
        """Keep a line of progress; any thread."""
        self.lines.append(text)
        del self.lines[:-MOST_LINES]


class Tasks:
    """What was begun from pages, by id. Used on the loop only."""

    def __init__(self) -> None:
        self._tasks: dict[str, Task] = {}

    def under_way(self, login: str) -> int:
        """How many of a person's run."""
        return sum(not task.future.done() for task in self._tasks.values() if task.login == login)

    def add(self, task: Task) -> str:
        """Keep a task; its id. Old ones that ended are forgotten."""
        now = time.monotonic()
        ended = [key for key, one in self._tasks.items() if one.future.done()]
        for key in ended:
            if now - self._tasks[key].began > KEPT_S or len(self._tasks) >= MOST_TASKS:
                del self._tasks[key]
        key = secrets.token_urlsafe(12)
        self._tasks[key] = task
        return key

    def of(self, key: str, login: str) -> Task | None:
        """A task of that person; None for another's."""
        task = self._tasks.get(key)
        return task if task is not None and task.login == login else None


class OperationAsked(msgspec.Struct, forbid_unknown_fields=True):
    """The arguments of an operation."""

    arguments: dict[str, Any] = {}


@stream_request_body
class OperationHandler(PageHandler):
    """POST /api/ui/operations/<name> {arguments}. The body is read once the session is known, so that nobody else can
    send a large one."""

    def initialize(self, *arguments: Any, **more: Any) -> None:
        super().initialize(*arguments, **more)
        self.tasks: Tasks = more["tasks"]
        self.chunks: list[bytes] = []

    async def prepare(self) -> None:
        await super().prepare()
        if not self._finished:
            connection: Any = self.request.connection
            connection.set_max_body_size(LARGEST)

    def data_received(self, chunk: bytes) -> None:
        """Keep what came."""
        self.chunks.append(chunk)

    async def post(self, name: str) -> None:
        """Run it: {result}, or 202 {task} where it goes on."""
        self.request.body = b"".join(self.chunks)
        said = self.said(OperationAsked)
        login = self.login
        if self.tasks.under_way(login) >= MOST_UNDER_WAY:
            self.send_json(429, {"error": "您已有多项操作正在进行，请等其完成"})
            return
        lines: list[str] = []
        task = Task(login, name, asyncio.ensure_future(self.ask(self._operation(name, said.arguments, lines))), lines)
        key = self.tasks.add(task)
        await asyncio.wait((task.future,), timeout=MOMENT_S)
        if task.future.done():
            self.send_json(200, {"result": task.future.result()})
        else:
            task.future.add_done_callback(_look)
            self.send_json(202, {"task": key})

    def _operation(self, name: str, arguments: dict[str, Any], lines: list[str]) -> Any:
        def run(seeing: Seeing) -> Any:
            return seeing.operate(name, arguments, lines.append)

        return run


class TaskHandler(PageHandler):
    """GET /api/ui/tasks/<id>."""

    def initialize(self, *arguments: Any, **more: Any) -> None:
        super().initialize(*arguments, **more)
        self.tasks: Tasks = more["tasks"]

    async def get(self, key: str) -> None:
        """How far it is: {done, progress, result?, error?}."""
        task = self.tasks.of(key, self.login)
        if task is None:
            raise HTTPError(404)
        body: dict[str, Any] = {
            "name": task.name,
            "done": task.future.done(),
            "progress": [in_language(line, "zh") for line in task.lines[-1:]],
        }
        if task.future.done():
            body |= _outcome(task.future)
        self.send_json(200, body)


def _outcome(future: asyncio.Future[Any]) -> dict[str, Any]:
    if future.cancelled():
        return {"error": "操作已中止"}
    error = future.exception()
    if error is None:
        return {"result": future.result()}
    return told(error)[1] if isinstance(error, TOLD) else {"error": "平台内部错误，请查看日志"}


def _look(future: asyncio.Future[Any]) -> None:
    """Log what went wrong after the answer was sent."""
    error = None if future.cancelled() else future.exception()
    if error is not None and not isinstance(error, TOLD):
        log.error("operation failed", exc_info=error)
