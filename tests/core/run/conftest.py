"""Fixtures of the tests on a running platform."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.run.home import Home
from core.run.live import Platform
from core.run.seeing import Seeing
from tests.core.run import homes
from tests.core.run.seen import World, world


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


@pytest.fixture
def there(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """People, scopes and masks, and two test weighings."""
    with world(tmp_path, sqlite_url, menu=["首页"]) as made:
        made.first = made.add(code="T1", station="S1", plate="湘D12345", driver="测试驾驶员0001", gross_kg=60000)
        made.add(code="T2", station="S3", plate="湘D82345", driver="测试驾驶员0002", kind="other", gross_kg=20000)
        yield made


@pytest.fixture
def declared(there: World) -> Callable[..., Seeing]:
    """Somebody with declared roles, by their names."""

    def as_(*names: str, region: str | None = None) -> Seeing:
        roles = [there.platform.snapshot.roles[name] for name in names]
        return there.as_(*roles, region=region)

    return as_
