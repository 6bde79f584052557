"""A home with the backup plugin."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.core.cli.command import Zc
from tests.core.run import homes


@pytest.fixture
def made(tmp_path: Path) -> Callable[[str], Zc]:
    """Makes a small home with the backup plugin on the store of that URL, with two gates; the zc command on it."""

    def make(url: str) -> Zc:
        site = {**homes.SITE, "store": url, "plugins": {"backup": {"keep": 3}}}
        zc = Zc(homes.make(tmp_path / "home", site).root)
        gates = homes.write(tmp_path, "gates.csv", "code,title\nG1,测试闸口一\nG2,测试闸口二\n")
        zc("load", "gate", str(gates))
        return zc

    return make


@pytest.fixture
def zc(made: Callable[[str], Zc]) -> Zc:
    """The zc command on such a home on SQLite."""
    return made("sqlite:///data/zc.sqlite")
