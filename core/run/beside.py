"""A home opened by a child process beside the server that has it: the same declarations and records, to read from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from core.declare import library
from core.declare.problem import ZcError
from core.run import lastgood
from core.run.build import Built, build
from core.run.home import Home
from core.run.live import Platform
from core.run.stores import open_beside
from core.store.database import now_ms


@contextmanager
def beside(home: Home, digest: str, number: int) -> Iterator[Platform]:
    """The platform on the declarations of that digest, which the server has in force as snapshot `number`. Nothing is
    started and nothing may be written. ZcError where the files on disk are of another digest meanwhile."""
    built = _of_digest(home, digest)
    if built is None or built.snapshot is None:
        raise ZcError("声明刚刚改动过", "请再试一次。")
    store = open_beside(built.snapshot.site, built.reading.secrets, home)
    platform = Platform(home, store, library.Cache(), digest)
    try:
        platform.stand_on(built.snapshot.activated(number, now_ms(), (), last_good=False))
        yield platform
    finally:
        store.close()


def _of_digest(home: Home, digest: str) -> Built | None:
    """The declarations on disk, or the copy that is kept of those in force, whichever has the digest."""
    copy = lastgood.available(home)
    for place in (home, copy) if copy is not None else (home,):
        built = build(place, library.Cache(), skip_trials=True)
        if built.snapshot is not None and built.snapshot.digest == digest:
            return built
    return None
