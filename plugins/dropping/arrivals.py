"""Taking what arrived: each file once, by the interface or the naming that its name says, with an acknowledgement."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core import api

from . import media
from .accounts import Account, folder_of
from .folder import UnderWay, is_unfinished
from .naming import Naming, named
from .register import register

log = logging.getLogger("zc.dropping")

AGAIN = frozenset({"busy", "server_error"})  # outcomes after which the same file is taken again later
BY_LINES = frozenset({"csv", "lines"})  # formats in which what is left of a file is still a file
CUT = "文件不完整，请重新上传"
NO_TIME = "文件名中的时间不合约定格式"
UNKNOWN = "没有接口或命名规则接收此文件名"
SHOW_DAY = "%Y-%m-%d"
DAY_S = 86_400


@dataclass(frozen=True)
class Arrival:
    """A file of a partner; `path` is below its folder. `sure` where the sender is known to have sent all of it."""

    partner: str
    path: str
    file: Path
    sure: bool


class Arrivals:
    """One thread that takes arrivals in turn, and looks again at what lies there."""

    def __init__(self, live: api.Live, accounts: Callable[[], Mapping[str, Account]], under_way: UnderWay) -> None:
        self._live = live
        self._accounts = accounts
        self._under_way = under_way
        self._queue: queue.SimpleQueue[Arrival | None] = queue.SimpleQueue()
        self._sure: set[Path] = set()
        self._thread = threading.Thread(target=self._run, name="zc-drop", daemon=True)

    def start(self) -> None:
        """Begin with what lies there."""
        self._thread.start()

    def stop(self) -> None:
        """End after the file that is being taken; the rest is found at the next start."""
        self._queue.put(None)
        self._thread.join()

    def put(self, partner: str, file: str, sure: bool) -> None:
        """A file has come. From any thread."""
        folder = folder_of(self._live.home, partner).resolve()
        self._queue.put(Arrival(partner, Path(file).relative_to(folder).as_posix(), Path(file), sure))

    def _run(self) -> None:
        rescan_s, next_scan = self._live.settings["rescan_s"], time.monotonic()
        while True:
            if time.monotonic() >= next_scan:
                self._take_all(self._lying())
                self._sweep()
                next_scan = time.monotonic() + rescan_s
            try:
                arrival = self._queue.get(timeout=max(0.0, next_scan - time.monotonic()))
            except queue.Empty:
                continue
            if arrival is None:
                return
            self._take_all([arrival])

    def _take_all(self, arrivals: Iterator[Arrival] | list[Arrival]) -> None:
        for arrival in arrivals:
            try:
                if arrival.file.is_file():
                    self._take(arrival)
            except Exception:  # one file must not keep the others from being taken; it is looked at again
                log.exception("a dropped file could not be taken partner=%s", arrival.partner)

    def _lying(self) -> Iterator[Arrival]:
        """Files that have been quiet for a while and that somebody takes; acknowledgements are none of them."""
        quiet_since = time.time() - self._live.settings["settle_s"]
        for partner in self._accounts():
            folder = folder_of(self._live.home, partner).resolve()
            for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
                path = file.relative_to(folder).as_posix()
                if file.is_symlink() or not file.is_file() or str(file) in self._under_way or is_unfinished(path):
                    continue
                if file.stat().st_mtime <= quiet_since and (self._interface(partner, path) or self._naming(path)):
                    yield Arrival(partner, path, file, file in self._sure)

    def _take(self, arrival: Arrival) -> None:
        interface = self._interface(arrival.partner, arrival.path)
        naming = None if interface is not None else self._naming(arrival.path)
        if interface is not None:
            self._take_data(arrival, interface)
        elif naming is not None:
            self._take_media(arrival, *naming)
        else:
            self._refused(arrival, f"{arrival.path}.err", UNKNOWN.encode())

    def _take_data(self, arrival: Arrival, interface: Mapping[str, str]) -> None:
        body = arrival.file.read_bytes()
        if not arrival.sure and interface["format"] in BY_LINES and not body.endswith((b"\n", b"\r")):
            self._refused(arrival, interface["refused"], CUT.encode())
            return
        done = self._live.operate("post.take", interface=interface["interface"], partner=arrival.partner, body=body)
        if done["outcome"] in AGAIN:
            self._later(arrival)
        elif done["outcome"] or done["refused"]:
            self._refused(arrival, interface["refused"], done["reply"], stale=interface["accepted"])
        else:
            self._accepted(arrival, interface["accepted"], done["reply"], stale=interface["refused"])

    def _take_media(self, arrival: Arrival, naming: Naming, values: Mapping[str, str]) -> None:
        refused = f"{arrival.path}.err"
        try:
            kind = media.kind_of_whole(arrival.file)
        except ValueError:
            self._refused(arrival, refused, CUT.encode())
            return
        try:
            meaning = naming.meaning(values, self._live.zone)
        except ValueError:
            self._refused(arrival, refused, NO_TIME.encode())
            return
        hashed = media.digest_of(arrival.file)
        entry = {
            "hash": hashed,
            "name": f"{arrival.partner}/{arrival.path}",
            "size": arrival.file.stat().st_size,
            "kind": kind,
            "naming": naming.id,
            **meaning,
        }
        done = register(self._live, arrival.partner, entry)
        if done["outcome"] in AGAIN:
            self._later(arrival)
        elif done["outcome"] or done["refused"]:
            self._refused(arrival, refused, done["reply"])
        else:
            media.keep(arrival.file, self._live.home, hashed)
            self._forget(arrival, stale=refused)

    def _interface(self, partner: str, path: str) -> dict[str, str] | None:
        found: dict[str, str] | None = self._live.operate("drop.interface", partner=partner, path=path)
        return found

    def _naming(self, path: str) -> tuple[Naming, dict[str, str]] | None:
        return named(self._live.facts().compiled["naming"], path) if media.is_media(path) else None

    def _later(self, arrival: Arrival) -> None:
        if arrival.sure:
            self._sure.add(arrival.file)

    def _accepted(self, arrival: Arrival, ack: str, reply: bytes, stale: str) -> None:
        self._answer(arrival, ack, reply, stale)
        self._move(arrival, "done")

    def _refused(self, arrival: Arrival, ack: str, reply: bytes, stale: str = "") -> None:
        self._answer(arrival, ack, reply, stale)
        self._move(arrival, "refused")

    def _answer(self, arrival: Arrival, ack: str, reply: bytes, stale: str) -> None:
        """Write the acknowledgement; it is there whole or not at all."""
        folder = folder_of(self._live.home, arrival.partner).resolve()
        writing = folder / f"{ack}.tmp"
        writing.write_bytes(reply)
        writing.replace(folder / ack)
        self._forget(arrival, stale)

    def _forget(self, arrival: Arrival, stale: str) -> None:
        """An answer to an earlier file of that name no longer holds."""
        if stale:
            (folder_of(self._live.home, arrival.partner).resolve() / stale).unlink(missing_ok=True)
        self._sure.discard(arrival.file)

    def _move(self, arrival: Arrival, where: str) -> None:
        """Out of the partner's folder into data/<where>/<partner>/<day>/<path>; one of the same name keeps its own."""
        day = datetime.now(self._live.zone).strftime(SHOW_DAY)
        target = self._live.home / "data" / where / arrival.partner / day / arrival.path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if target.exists():
            target = target.with_name(f"{target.name}.{time.time_ns()}")
        arrival.file.replace(target)

    def _sweep(self) -> None:
        """Remove what was taken or refused, and acknowledgements, once they are old."""
        data, before = self._live.home / "data", time.time() - self._live.settings["keep_days"] * DAY_S
        for folder in (data / "done", data / "refused", data / "drop"):
            for file in folder.rglob("*"):
                if file.is_file() and file.stat().st_mtime < before and str(file) not in self._under_way:
                    file.unlink(missing_ok=True)
