"""A small home and the zc command on it."""

import json
from pathlib import Path

import pytest

from tests.core.cli.command import Zc
from tests.core.run import homes


@pytest.fixture
def zc(tmp_path: Path) -> Zc:
    """The zc command on a small home that knows no trucks, with two gates."""
    made = Zc(homes.make(tmp_path / "home").root)
    gates = homes.write(tmp_path, "gates.csv", "code,title\nG1,测试闸口一\nG2,测试闸口二\n")
    made("load", "gate", str(gates))
    return made


@pytest.fixture
def body(tmp_path: Path) -> Path:
    """A file with a post of one good record and one of an unknown gate."""
    records = [homes.crossing("A", kg=900), homes.crossing("B", gate="G9", kg=100)]
    return homes.write(tmp_path, "body.json", json.dumps({"list": records}))
