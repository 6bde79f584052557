"""Fixtures of the tests on a running platform."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.run.home import Home
from core.run.live import Platform
from tests.core.run import homes


@pytest.fixture(autouse=True)
def no_plugin_stays(tmp_path: Path) -> Iterator[None]:
    """What a test imported from its own home is forgotten after it."""
    yield
    for name, module in list(sys.modules.items()):
        if name.startswith("zc_plugin_") and str(getattr(module, "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A small home that knows no trucks."""
    return homes.make(tmp_path / "home")


@pytest.fixture
def platform(home: Home) -> Iterator[Platform]:
    """The platform on that home, with the gates G1 and G2."""
    with homes.opened(home) as platform:
        homes.load_gates(platform, "G1", "G2")
        yield platform
