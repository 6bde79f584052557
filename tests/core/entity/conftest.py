"""The entities of a small home."""

from __future__ import annotations

import pytest

from core.entity.entity import Entity
from tests.core.entity import declared


@pytest.fixture(scope="session")
def weighing(tmp_path_factory: pytest.TempPathFactory) -> Entity:
    """An entity with a field of every type of the core."""
    made, problems = declared.entities(tmp_path_factory.mktemp("home"))
    assert problems == []
    return made["weighing"]
