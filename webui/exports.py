"""Exports: who asked for which, how far each is, and for how long its file is kept."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import secrets
import shutil
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from core.api import Account, Platform, Seeing, ZcError, now_ms, show_moment
from webui import exporting
from webui.asking import Asking
from webui.exporting import Order

log = logging.getLogger("zc.web")

FORMS = ("csv", "xlsx")
AT_ONCE = 2  # child processes; more exports wait
MOST_OF_ONE = 5  # waiting or running, of one person
TIDY_S = 60.0
LONGEST_S = 2 * 3600.0
HOUR_MS = 3_600_000
LARGE_ROWS = 50_000  # a larger one is not waited for: it is a job to ask after
KEPT = "export.json"
RUNNING, DONE, FAILED = "running", "done", "failed"


class Export(msgspec.Struct):
    """One export. What is kept of it beside its file is just this."""

    id: str
    login: str
    category: str
    form: str
    name: str
    begun_at: int  # UTC milliseconds
    state: str = RUNNING
    rows: int = 0
    sha256: str = ""
    error: str = ""
    status: int = 0  # HTTP's, of the error
    kind: str = "category"  # or statistic, or ad_hoc, whose id or entity `category` then is
    ended_at: int | None = None

    def told(self) -> dict[str, Any]:
        """As its owner hears of it."""
        said = {"export": self.id, "state": self.state, "rows": self.rows, "done": self.state == DONE}
        return {**said, "sha256": self.sha256, "name": self.name, **({"error": self.error} if self.error else {})}


@dataclass
class Running:
    """A child process at work, and how to hear that it is large or has ended."""

    export: Export
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    process: Any = None


class Exports:
    """All exports of the site. Its own methods are for the loop; the work is done in threads that wait for children."""

    def __init__(self, platform: Platform, asking: Asking) -> None:
        self._platform = platform
        self._asking = asking
        self.folder = platform.home.data / "exports"
        self._known: dict[str, Export] = {}
        self._running: dict[str, Running] = {}
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="zc-export")
        self._closing = threading.Event()
        self._tidying: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Take up what was kept, forget what was broken off; called on the loop, once."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for place in self.folder.iterdir():
            with suppress(msgspec.MsgspecError, OSError):
                export = msgspec.json.decode((place / KEPT).read_bytes(), type=Export)
                self._known[export.id] = export
            if place.name not in self._known:
                shutil.rmtree(place)
        self._tidying = asyncio.get_running_loop().create_task(self._tidy())

    def path(self, export: Export) -> Path:
        """Where its file is, in a folder of its own."""
        return self.folder / export.id / f"rows.{export.form}"

    def of(self, key: str, login: str) -> Export | None:
        """An export of that person; None for another's, and for one that was forgotten."""
        export = self._known.get(key)
        return export if export is not None and export.login == login else None

    async def start(
        self,
        account: Account,
        kind: str,
        category: str,
        form: str,
        query: Mapping[str, Sequence[str]],
        columns: Sequence[str],
    ) -> Export:
        """Begin an export of a category or a statistic (`kind`), and wait until it has ended or turns out to be large.
        ZcError where it is refused."""
        if sum(one.export.login == account.login for one in self._running.values()) >= MOST_OF_ONE:
            raise ZcError(f"您已有 {MOST_OF_ONE} 个导出在进行", "请等其中一个完成。")
        snapshot, now = self._platform.snapshot, now_ms()
        seeing = Seeing(self._platform, account, snapshot)
        listing = exporting.listing
        await self._asking.run(listing, seeing, kind, category, query, tuple(columns))  # refused before a child is made
        titled: dict[str, Mapping[str, Any]] = {"statistic": snapshot.statistics, "ad_hoc": snapshot.entities}
        title = titled.get(kind, snapshot.categories)[category].title
        moment = show_moment(now, snapshot.zone)
        export = Export(
            secrets.token_urlsafe(16), account.login, category, form, f"{title}_{_stamp(moment)}.{form}", now, kind=kind
        )
        order = Order(
            home=self._platform.home, digest=snapshot.digest, snapshot=snapshot.number, account=account,
            kind=kind, category=category, form=form, query=query, columns=tuple(columns), path=self.path(export),
            mark=f"{snapshot.site['title']} · {account.title}（{account.login}）导出 · {moment}",
        )  # fmt: skip
        order.path.parent.mkdir(mode=0o700)
        running = Running(export)
        self._known[export.id], self._running[export.id] = export, running
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, self._work, running, order, loop)
        work.add_done_callback(lambda _: self._ended(running))
        await running.settled.wait()
        return export

    def _work(self, running: Running, order: Order, loop: asyncio.AbstractEventLoop) -> None:
        """Run the child to its end and write the log; in a thread."""
        export = running.export
        if self._closing.is_set():
            return
        ours, theirs = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("spawn")
        running.process = context.Process(target=exporting.run, args=(order, theirs), daemon=True)
        running.process.start()
        theirs.close()
        try:
            found = self._heard(running, ours, loop)
            if found is not None:
                account = Seeing(self._platform, order.account, self._platform.snapshot)
                account.exported(order.category, found["note"], export.form, found["rows"], found["sha256"])
                export.rows, export.sha256, export.state = found["rows"], found["sha256"], DONE
        finally:
            ours.close()
            running.process.kill()
            running.process.join()

    def _heard(self, running: Running, line: Any, loop: asyncio.AbstractEventLoop) -> dict[str, Any] | None:
        """What the child says at its end; None where it failed."""
        export = running.export
        deadline = now_ms() + LONGEST_S * 1000
        with suppress(EOFError, OSError):
            while line.poll(max(0.0, (deadline - now_ms()) / 1000)):
                kind, said = line.recv()
                if kind == "done":
                    return dict(said)
                if kind == "refused":
                    export.error, export.status = said["error"], said["status"]
                    return None
                export.rows = said
                if said >= LARGE_ROWS:
                    loop.call_soon_threadsafe(running.settled.set)
        return None

    def _ended(self, running: Running) -> None:
        export = running.export
        self._running.pop(export.id, None)
        export.ended_at = now_ms()
        if export.state != DONE:
            export.state = FAILED
            export.error = export.error or "导出中断，请重新导出"
            shutil.rmtree(self.path(export).parent, ignore_errors=True)
        else:
            self.path(export).with_name(KEPT).write_bytes(msgspec.json.encode(export))
        running.settled.set()
        error = None if export.state == DONE else export.error
        self._platform.noticing.exported(export.login, export.id, export.name, error)
        log.info("export ended category=%s state=%s rows=%d", export.category, export.state, export.rows)

    async def _tidy(self) -> None:
        """Forget files that are older than the site says."""
        while True:
            await asyncio.sleep(TIDY_S)
            self.forget_old(now_ms())

    def forget_old(self, now: int) -> None:
        """Forget what ended longer ago than the site keeps exports."""
        oldest = now - self._platform.snapshot.site["exports"]["keep_hours"] * HOUR_MS
        for export in [one for one in self._known.values() if one.ended_at is not None and one.ended_at < oldest]:
            del self._known[export.id]
            shutil.rmtree(self.path(export).parent, ignore_errors=True)

    def close(self) -> None:
        """End the children."""
        self._closing.set()
        if self._tidying is not None:
            self._tidying.cancel()
        for running in list(self._running.values()):
            if running.process is not None:
                running.process.kill()
        self._threads.shutdown(cancel_futures=True)


def _stamp(moment: str) -> str:
    """A moment as part of a file's name: 20261101-083000."""
    return moment[:19].replace("-", "").replace(":", "").replace("T", "-")
