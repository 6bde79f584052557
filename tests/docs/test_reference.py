"""The generated reference is current, the reply codes are the code's own, and no link between documents is dead."""

import re
import subprocess
import sys

import pytest
import yaml

from core.declare.problem import catalogue
from core.intake.outcomes import OUTCOMES
from tests.docs.snippets import FENCE, ROOT

LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)]*)?\)")
DOCUMENTS = sorted(
    file for file in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "backups").glob("*.md"))
)


def test_the_reference_is_current() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "core.cli", "docs", "--check", "--home", str(ROOT)],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, ""), f"{done.stdout}{done.stderr}write it with: make docs"


def test_every_problem_code_is_explained() -> None:
    page = (ROOT / "docs" / "reference" / "problems.md").read_text(encoding="utf-8")
    assert [code for code in catalogue() if f"| {code} |" not in page] == []


def test_every_dependency_has_its_reason() -> None:
    pinned = re.findall(r'"([\w-]+)(?:\[\w+\])?==', (ROOT / "setup.py").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text(encoding="utf-8")
    told = [name for line in page.splitlines() if line.startswith("| ") for name in line.split("|")[1].split(", ")]
    assert {name.strip() for name in told} - {"package"} == set(pinned)


def test_the_reply_codes_are_those_of_the_platform() -> None:
    page = (ROOT / "docs" / "reply-codes.md").read_text(encoding="utf-8")
    said = yaml.safe_load((ROOT / "core" / "intake" / "outcomes.yaml").read_text(encoding="utf-8"))
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `")}
    assert list(rows) == [*OUTCOMES] == [*said]
    for name, outcome in said.items():
        cells = [f"`{name}`", *(str(outcome.get(key, "")) for key in ("code", "http", "message", "meaning", "remedy"))]
        assert rows[name] == f"| {' | '.join(cells)} |"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_lead_somewhere(document) -> None:
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    targets = [target for target, _ in LINK.findall(text) if not target.startswith(("http://", "https://"))]
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document in reached or document.suffix != ".md":
            continue
        reached.add(document)
        for target, _ in LINK.findall(FENCE.sub("", document.read_text(encoding="utf-8"))):
            found = (document.parent / target).resolve()
            waiting += sorted(found.glob("*.md")) if found.is_dir() else [found] if found.is_file() else []
    assert [str(file.relative_to(ROOT)) for file in DOCUMENTS if file not in reached] == []
