"""Fixtures of the tests over HTTP."""

from pathlib import Path

import pytest

from core.run.home import Home
from tests.core.run import homes
from tests.core.run.conftest import no_plugin_stays

__all__ = ["home", "no_plugin_stays"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A small home that knows no trucks."""
    return homes.make(tmp_path / "home")
