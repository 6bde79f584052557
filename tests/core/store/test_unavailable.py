"""A database that cannot be written for a while: whoever asked hears so, health says why, and it passes."""

from __future__ import annotations

import pytest

from core.store.request import StoreBusy
from core.store.store import Store


def test_a_function_is_busy_and_health_says_why_until_it_passes(sqlite_url):
    store = Store.open(sqlite_url)
    pages = store.writer.run(lambda session: session.execute("PRAGMA page_count").fetchone()[0])
    store.writer.run(lambda session: session.execute(f"PRAGMA max_page_count = {pages}"))
    assert store.health() is None
    with pytest.raises(StoreBusy, match="full"):
        store.state.put("note", "x" * 100_000)
    assert "could not be written" in str(store.health())
    assert "full" in str(store.health())
    store.state.put("note", "x" * 100_000)  # the connection was opened anew, without the bound
    assert store.health() is None
    store.close()


def test_what_a_function_raises_itself_is_its_own(empty_store):
    def fail(session):
        raise LookupError("not here")

    with pytest.raises(LookupError, match="not here"):
        empty_store.writer.run(fail)
    assert empty_store.health() is None
