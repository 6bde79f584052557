"""Fixtures of the store's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.store import filling
from core.store.store import Store
from tests.core.store.records import ENTITIES


@pytest.fixture
def empty_store(store_url: str) -> Iterator[Store]:
    """An open store without tables for records."""
    store = Store.open(store_url)
    yield store
    store.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    """An open store with the test entities' tables."""
    empty_store.apply(empty_store.plan(ENTITIES))
    return empty_store


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """The back-fill takes three ids at a time."""
    monkeypatch.setattr(filling, "IDS_A_STEP", 3)
