"""A snapshot that is no longer in force is freed, also where a server answered posts from it."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import signal
import threading
import weakref
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import webui
from core.http.ingest import Intake
from core.http.server import serve
from core.run.home import Home
from core.run.live import Platform
from core.run.snapshot import Snapshot
from tests.soak.changing import PATH, Declared
from tests.soak.progress import rounds
from tests.soak.sender import Line, weighing
from tests.soak.site import Site, make_home, make_site

A_FEW = 6

Old = list[weakref.ref[Snapshot]]


@pytest.fixture
def declared(tmp_path: Path) -> Declared:
    """A home of changing declarations, without rows."""
    make_home(tmp_path / "home", None)
    made = Declared(tmp_path / "home", random.Random(1))
    made.write()
    return made


def test_old_snapshots_are_freed(declared: Declared):
    home = Home(declared.home)
    with home.lock(), Platform.opened(home) as platform:
        old = reloads(platform, declared, A_FEW, lambda: None)
        assert alive(old) == []


def test_old_snapshots_are_freed_by_a_server(tmp_path: Path):
    serve_and_reload(tmp_path, A_FEW)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_hundred_old_snapshots_are_freed_by_a_server(tmp_path: Path):
    serve_and_reload(tmp_path, rounds(20) * 10)


def reloads(platform: Platform, declared: Declared, number: int, between: Callable[[], None]) -> Old:
    """Reload so often, every third time with broken files; references to what was in force before each."""
    old: Old = []
    for turn in range(number):
        between()
        if turn % 3 == 2:
            declared.mend_and_break()
            before = platform.snapshot
            assert not platform.reload("test").activated
            assert platform.snapshot is before
            del before
        else:
            old.append(weakref.ref(platform.snapshot))
            declared.mend_and_change()
            assert platform.reload("test").activated
    return old


def alive(old: Old) -> list[str]:
    """Snapshots that are still there, and what holds them."""
    gc.collect()
    return [
        f"{snapshot.number}: {[type(holder).__name__ for holder in gc.get_referrers(snapshot)]}"
        for reference in old
        if (snapshot := reference()) is not None
    ]


def serve_and_reload(folder: Path, number: int) -> None:
    """Serve in this process, with all that a server has; another thread posts and reloads, then looks what is left."""
    site = make_site(folder / "home", folder / "server.log")
    declared, home = Declared(site.home, random.Random(1)), Home(site.home)
    declared.write()
    left: list[str] = []
    faults: list[BaseException] = []

    def use(platform: Platform, url: str) -> None:
        try:
            site.url = url
            left.extend(use_server(platform, site, declared, number))
        except BaseException as fault:
            faults.append(fault)
        finally:
            os.kill(os.getpid(), signal.SIGINT)  # how a server is asked to stop

    with home.lock(), Platform.opened(home) as platform:
        user: list[threading.Thread] = []

        def ready(url: str, _: Intake) -> None:
            user.append(threading.Thread(target=use, args=(platform, url)))
            user[0].start()

        with closing(webui.Pages()) as pages:
            asyncio.run(serve(platform, 0, pages.routes, ready))
        user[0].join()
    assert faults == []
    assert left == []


def use_server(platform: Platform, site: Site, declared: Declared, number: int) -> list[str]:
    """Post between reloads; the snapshots that are still there afterwards."""
    codes = iter(range(1_000_000))
    with closing(Line(site.url, site.token(), PATH)) as line:

        def post() -> None:
            assert line.post([weighing(f"S{next(codes)}")]).status == 200

        old = reloads(platform, declared, number, post)
        post()  # the last request of a kept-alive connection is of the snapshot in force
        return alive(old)
