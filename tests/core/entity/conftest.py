"""The entities of a small home. No timed asserts: a busy machine must not fail a property."""

from __future__ import annotations

import pytest
from hypothesis import settings

from core.entity.entity import Entity
from tests.core.entity import declared

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def weighing(tmp_path_factory: pytest.TempPathFactory) -> Entity:
    """An entity with a field of every type of the core."""
    made, problems = declared.entities(tmp_path_factory.mktemp("home"))
    assert problems == []
    return made["weighing"]
