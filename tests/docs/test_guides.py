"""The guides, followed block by block by a reader with a home and a server of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.snippets import ROOT, Reader, blocks

MAKES_THE_ENVIRONMENT = "makes the environment that these tests run in"
NEEDS_MORE = "needs a machine that the tests have not"
PICTURE = "a picture, no output of a command"
NOT_RUN = {
    ("README.md", "make demo"): MAKES_THE_ENVIRONMENT,
    ("README.md", "making the demo home …"): "looked at by test_readme, in a demo of its own",
    ("README.md", "make setup"): MAKES_THE_ENVIRONMENT,
    ("README.md", ". .venv/bin/activate"): "a second terminal in the same environment",
    ("CONTRIBUTING.md", "make setup"): MAKES_THE_ENVIRONMENT,
    ("docs/plugin-authors-guide.md", "plugins/watchlist/"): PICTURE,
    ("docs/operators-guide.md", "zhan/"): PICTURE,
    ("docs/operators-guide.md", "# config/site.yaml, 只列有关的几行"): NEEDS_MORE,
    ("docs/operators-guide.md", "# config/secrets.yaml"): NEEDS_MORE,
    ("docs/operators-guide.md", "# config/partners/laoxitong.yaml"): "signed so by tests/e2e/test_auth.py",
}
"""Blocks that are only shown, by document and first line, and why."""

DOCUMENTS = sorted(
    str(file.relative_to(ROOT))
    for file in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"))
    if "reference" not in file.parts
)
GUIDES = [
    "docs/operators-guide.md",
    "docs/tutorial-register.md",
    "docs/tutorial-report.md",
    "docs/plugin-authors-guide.md",
]


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Somebody with an empty folder."""
    somebody = Reader(tmp_path)
    yield somebody
    somebody.stop()


@pytest.mark.parametrize("document", GUIDES)
def test_a_guide_keeps_its_promises(reader: Reader, document: str) -> None:
    done = list(reader.follow(document))
    assert [block for block in done if block.language == "sh"]


def test_what_is_not_run_has_a_reason() -> None:
    shown = {
        (document.replace(".zh-CN", ""), block.first_line)
        for document in DOCUMENTS
        for block in blocks(document)
        if not block.is_run
    }
    assert shown == set(NOT_RUN)


def test_every_block_is_followed_somewhere() -> None:
    followed = {*GUIDES, "README.md", "README.zh-CN.md"}
    elsewhere = [block for document in DOCUMENTS if document not in followed for block in blocks(document)]
    assert [str(block) for block in elsewhere if block.is_run] == []
