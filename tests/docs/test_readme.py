"""README's ten minutes, done as a newcomer does them, in both languages; and the picture of the demo."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.snippets import ROOT, Block, Reader, blocks

READMES = ["README.md", "README.zh-CN.md"]
COUNTY, FIELD = "2. ", "3. "
MOST_LINES, MOST_COMMANDS = 40, 5


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """A newcomer with an empty folder."""
    newcomer = Reader(tmp_path)
    yield newcomer
    newcomer.stop()


@pytest.mark.parametrize("document", READMES)
def test_ten_minutes(reader: Reader, document: str) -> None:
    processes = []
    for block in reader.follow(document):
        if reader.server is not None:
            processes.append(reader.server.process.pid)
        if block.section.startswith(COUNTY):
            last_of_county = block
    assert len(set(processes)) == 1, "the server was restarted"
    assert last_of_county.language == "text"
    assert reader.server is not None
    rows = reader.server.zc.json("find", "weighing", "--where", "partner=leiyang")
    found = {row["code"]: row for row in rows}
    assert sorted(found) == ["LY-0001", "LY-0003"]
    first, third = found["LY-0001"], found["LY-0003"]
    assert (first["gross_kg"], first["limit_kg"], first["overload_kg"]) == (52400, 49000, 3400)
    assert (first["weighed_at"], first["plate"], first["goods"]) == ("2026-11-01T08:30:00+08:00", "湘D12345", None)
    assert (third["gross_kg"], third["overload_kg"], third["goods"]) == (48000, 0, "煤炭")
    assert first["interface"] == "leiyang"
    refused = reader.server.zc.json("refusals", "--rows")
    assert [(item["outcome"], "LY-0002" in item["raw"]) for item in refused] == [("station_denied", True)]
    assert reader.known["KEY"] not in refused[0]["raw"]
    _keep_to_the_budget(document, reader.here / "config" / "partners" / "leiyang.yaml")


def _keep_to_the_budget(document: str, partner: Path) -> None:
    county = [block for block in blocks(document) if block.section.startswith(COUNTY) and block.is_run]
    declared = [block for block in county if block.language == "yaml" and "trial" not in block.file]
    lines = sum(len(block.text.splitlines()) for block in declared) + len(partner.read_text().splitlines())
    assert lines <= MOST_LINES
    assert len(_commands(county)) <= MOST_COMMANDS
    said = re.search(r"(\d+) (?:lines of YAML|行 YAML)", (ROOT / document).read_text(encoding="utf-8"))
    assert said is not None
    assert int(said[1]) == lines
    field = [block for block in blocks(document) if block.section.startswith(FIELD)]
    assert {block.language for block in field} <= {"yaml", "json", "sh", "text"}


def _commands(found: list[Block]) -> list[str]:
    return [command for block in found if block.language == "sh" for command in block.commands]


def test_both_languages_say_the_same() -> None:
    english, chinese = ([block.plain for block in blocks(document)] for document in READMES)
    assert english == chinese


def test_the_picture_of_the_demo(tmp_path: Path) -> None:
    picture = next(block for block in blocks(READMES[0]) if block.language == "text")
    demo = subprocess.Popen(
        [sys.executable, "-m", "core.cli", "demo", "--home", str(tmp_path), "--port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert demo.stdout is not None
    printed = ""
    for line in demo.stdout:
        printed += line
        if line.startswith("sent "):
            break
    demo.send_signal(signal.SIGINT)
    demo.stdout.read()
    demo.stdout.close()
    assert demo.wait(timeout=30) == 0
    url = re.search(r"http://[^/]+", printed)
    assert url is not None
    newcomer = Reader(tmp_path / "newcomer", output=printed.replace(url[0], "http://127.0.0.1:8600"))
    newcomer.do(Block(READMES[0], "", "text", (), re.sub("[╭╮╰╯│─]", "", picture.text)))
