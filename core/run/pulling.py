"""Pulling: each interface with `pull` is fetched in a thread of its own, again and again, never twice at once."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.run.door import Door, KeptMarks, TriedMarks
from core.run.fetching import fetch, look
from core.run.pulls import Pull
from core.run.refused_before import RefusedBefore
from core.run.shown import moment
from core.run.snapshot import Snapshot
from core.run.transport import PullFailed
from core.store.database import now_ms

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

log = logging.getLogger("zc.pull")

KEPT = "pulled/"
FIRST_PAUSE_S = 1.0
MOST_PAUSE_S = 3600  # failures make pauses longer, up to this
WAIT_S = 10  # how long who asks waits for a pull under way
STOP_S = 10  # how long a stop waits; a pull that is cut short then is fetched again


@dataclass
class Course:
    """How the pulls of one interface go. `lock` is held by the pull under way; `said` is what was declared when it was
    last looked at. Counted since the start, but for the last success and failure, which survive one."""

    last_success_ms: int | None = None
    last_failure_ms: int | None = None
    error: str = ""
    good: int = 0
    failed: int = 0
    failures: int = 0  # in a row
    retry_after_s: float = 0
    next_ms: int | None = None
    said: Any = None
    lock: threading.Lock = field(default_factory=threading.Lock)
    stirred: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def pause_s(self, every_s: float) -> float:
        """Seconds until the next pull: the declared ones, doubled with each failure in a row; no two alike, so that
        partners are not asked by all at once."""
        longest = max(every_s, MOST_PAUSE_S)
        pause: float = min(longest, every_s * 2.0 ** min(self.failures, 12))
        return max(self.retry_after_s, pause * random.uniform(0.9, 1.1))


class Pulling:
    """The pulls of one platform. Thread-safe."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._lock = threading.Lock()
        self._ending = threading.Event()
        self._courses: dict[str, Course] = {}

    def adopt(self, snapshot: Snapshot) -> None:
        """Begin with what is new, end what is gone; what was declared anew is fetched at once."""
        with self._lock:
            for name in self._courses.keys() - snapshot.pulls.keys():
                self._courses[name].thread = None
                self._courses[name].stirred.set()
            for name, pull in snapshot.pulls.items():
                course = self._course(name)
                changed, course.said = course.said != pull.said, pull.said
                if course.thread is None:
                    course.thread = threading.Thread(
                        target=self._live, args=(name, course), name=f"zc-pull-{name}", daemon=True
                    )
                    course.thread.start()
                elif changed:
                    course.failures = 0
                    course.stirred.set()

    def stop(self) -> None:
        """End all; what is under way finishes the body in its hands."""
        self._ending.set()
        with self._lock:
            threads = [course.thread for course in self._courses.values() if course.thread is not None]
            for course in self._courses.values():
                course.stirred.set()
        for thread in threads:
            thread.join(STOP_S)

    def now(self, interface: str, tell: Progress, *, again: bool, only_look: bool) -> dict[str, Any]:
        """Pull once now: {bodies, stored, duplicates, refused}, or with `only_look` the five steps of the first body,
        {} where nothing is new. `again` forgets first what was taken before. ZcError where the interface is not
        pulled, a pull of it is under way and does not end, or it fails."""
        pull = self._platform.snapshot.pulls.get(interface)
        if pull is None:
            known = ", ".join(sorted(self._platform.snapshot.pulls)) or phrase("none")
            raise ZcError(
                phrase("interface {interface} pulls nothing", interface=interface),
                phrase("Active interfaces with pull: {known}", known=known),
            )
        with self._lock:
            course = self._course(interface)
        if not course.lock.acquire(timeout=WAIT_S):
            raise ZcError(
                phrase("a pull of {interface} is under way", interface=interface),
                phrase("Ask again when it is done; zc status shows it."),
            )
        try:
            if only_look:
                return look(self._platform, pull, self._door(pull, tell, keeps=False)) or {}
            door = self._door(pull, tell)
            if again:
                door.marks.drop(list(door.marks.under("")))
                RefusedBefore(self._platform.store.state, interface).forget()
            return self._pull(course, pull, door)
        finally:
            course.lock.release()

    def rows(self) -> list[dict[str, Any]]:
        """[{interface, by, partner, every, state, last_success, last_failure, error, next, good, failed}] of all that
        is declared."""
        snapshot = self._platform.snapshot
        return [self._row(pull, snapshot) for _, pull in sorted(snapshot.pulls.items())]

    def figures(self) -> dict[str, Course]:
        """The courses by interface, for the metrics."""
        with self._lock:
            return {name: self._course(name) for name in self._platform.snapshot.pulls}

    def _row(self, pull: Pull, snapshot: Snapshot) -> dict[str, Any]:
        with self._lock:
            course = self._course(pull.interface)

        def shown(ms: int | None) -> str | None:
            return moment(ms, snapshot.zone) if ms else None

        return {
            "interface": pull.interface,
            "title": pull.title,
            "by": pull.by,
            "partner": pull.partner,
            "every_s": pull.every_s,
            "state": "pulling" if course.lock.locked() else "failing" if course.failures else "",
            "last_success": shown(course.last_success_ms),
            "last_failure": shown(course.last_failure_ms),
            "error": course.error,
            "next": shown(course.next_ms),
            "good": course.good,
            "failed": course.failed,
        }

    def _course(self, interface: str) -> Course:
        """The course of an interface, with what was kept of it. Under the lock."""
        if interface not in self._courses:
            self._courses[interface] = Course(**self._platform.store.state.get(KEPT + interface, {}))
        return self._courses[interface]

    def _live(self, interface: str, course: Course) -> None:
        """The life of one thread: it ends when another one is the course's."""
        pause_s = FIRST_PAUSE_S * random.random()
        while course.thread is threading.current_thread():
            course.next_ms = now_ms() + int(pause_s * 1000)
            course.stirred.wait(pause_s)
            course.stirred.clear()
            pull = self._platform.snapshot.pulls.get(interface)
            if self._ending.is_set() or pull is None or course.thread is not threading.current_thread():
                return
            if course.lock.acquire(blocking=False):
                try:
                    self._pull(course, pull, self._door(pull, log.info))
                except ZcError as error:
                    log.warning("pull failed interface=%s: %s", interface, error.reason)
                except Exception:  # such as a database that is gone: the next round comes all the same
                    log.exception("pull failed interface=%s", interface)
                finally:
                    course.lock.release()
            pause_s = course.pause_s(pull.every_s)

    def _pull(self, course: Course, pull: Pull, door: Door) -> dict[str, Any]:
        """Pull once, and keep how it went. Under the course's lock."""
        at = now_ms()
        with self._noted(course, pull, at):
            done = fetch(self._platform, pull, door)
        course.last_success_ms, course.error, course.failures, course.retry_after_s = at, "", 0, 0
        course.good += 1
        self._keep(pull.interface, course)
        return {"interface": pull.interface, **done}

    @contextmanager
    def _noted(self, course: Course, pull: Pull, at: int) -> Iterator[None]:
        """Note a failure. What a transport raises beside PullFailed is a fault of its plugin."""
        try:
            yield
        except PullFailed as failure:
            self._failed(course, pull, at, failure)
            raise
        except Exception as error:
            self._platform.faults.note(pull.plugin, f"transport {pull.by}", error)
            raised = PullFailed(
                phrase("the transport {by} raised {name}", by=pull.by, name=type(error).__name__),
                phrase(
                    "This is a fault of the plugin {plugin}; the log says where. Tell its author.", plugin=pull.plugin
                ),
            )
            self._failed(course, pull, at, raised)
            raise raised from error

    def _failed(self, course: Course, pull: Pull, at: int, failure: PullFailed) -> None:
        if self._ending.is_set():
            return
        course.last_failure_ms, course.error = at, failure.reason[:500]
        course.failed += 1
        course.failures += 1
        course.retry_after_s = min(failure.retry_after_s, MOST_PAUSE_S)
        self._platform.traffic.failed(pull.interface, pull.partner, at, "pull_failed")
        self._keep(pull.interface, course)

    def _keep(self, interface: str, course: Course) -> None:
        kept = {name: getattr(course, name) for name in ("last_success_ms", "last_failure_ms", "error")}
        self._platform.store.state.put(KEPT + interface, kept)

    def _door(self, pull: Pull, tell: Progress, keeps: bool = True) -> Door:
        platform = self._platform
        marks = KeptMarks(platform.store.state, pull.interface)
        return Door(platform.snapshot, platform.home.place, marks if keeps else TriedMarks(marks), self._ending, tell)
