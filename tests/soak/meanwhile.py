"""Work beside a test, in threads that end with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def meanwhile(ended: Event, works: Iterable[Callable[[], object]]) -> Iterator[None]:
    """Each in a thread of its own; `ended` is set when the context ends, and all are waited for."""
    threads = [Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join()
