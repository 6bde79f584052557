"""A home and a running server, as an operator has them: the server in a process of its own.

Commands run in this process and reach the server through its admin door, as anywhere; that the command is also a
program is seen in test_wheel.py and by the reader of the documents.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.cli.command import Server, Zc, exit_code, serving


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `zc init` makes, with the demo rows; to be copied, not used."""
    home = tmp_path_factory.mktemp("made") / "home"
    assert exit_code(["init", str(home)]) == 0
    return home


@pytest.fixture
def zc(made_home: Path, tmp_path: Path) -> Zc:
    """The zc command on a fresh home with the demo rows."""
    shutil.copytree(made_home, tmp_path / "home")
    return Zc(tmp_path / "home")


@pytest.fixture
def server(zc: Zc) -> Iterator[Server]:
    """A server on that home, ended afterwards."""
    with serving(zc.home) as running:
        yield running
