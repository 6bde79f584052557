"""The monthly report as poppler shows it, the library of most desktops' viewers: pages, text and fonts are what
pypdfium2 finds."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter

from core.run.home import Home
from tests.core.cli.command import exit_code
from tests.core.run import homes
from tests.plugins.reports import looking
from tests.plugins.reports.seeding import load, seeded
from tests.soak.conftest import Tell

COMMANDS = ("pdfinfo", "pdffonts", "pdftotext", "pdftoppm")
RECORDS = 3000
A4 = "595.276 x 841.89 pts (A4)"
DPI = 72
BLUR_PX = 3
ALIKE = 48
"""Grey levels by which a place of a page may differ once both pictures are blurred: a hinted stroke, no letter."""

WITHIN_S = 60


@pytest.fixture(scope="module", autouse=True)
def poppler() -> None:
    """Its programs must be there."""
    if any(shutil.which(command) is None for command in COMMANDS):
        pytest.fail("this soak needs programs that are missing; on Debian: apt-get install poppler-utils")


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped monthly report over seeded test weighings."""
    root = tmp_path_factory.mktemp("poppler") / "home"
    assert exit_code(["init", str(root)]) == 0
    with homes.opened(Home(root)) as platform:
        load(platform, seeded(RECORDS))
        platform.store.statistics.fill()
        arguments = {"report": "monthly", "period": "2026-10", "form": "pdf"}
        return Path(homes.operate(platform, "command", name="report", arguments=arguments)["file"])


def said(*command: str | Path) -> str:
    """What a program prints; it complains of nothing."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    assert (done.returncode, done.stderr) == (0, ""), f"{command[0]}: {done.returncode} {done.stderr}"
    return done.stdout


@pytest.mark.soak
def test_poppler_reads_the_pages_and_their_size(pdf: Path, tell: Tell) -> None:
    facts = dict(line.split(":", 1) for line in said("pdfinfo", pdf).splitlines())
    with pypdfium2.PdfDocument(pdf) as opened:
        pages = len(opened)
    assert int(facts["Pages"]) == pages
    assert facts["Page size"].strip() == A4
    assert facts["Encrypted"].strip() == "no"
    tell(f"{pages} pages, {pdf.stat().st_size:,} bytes")


@pytest.mark.soak
def test_every_font_is_embedded_cut_and_can_be_read_out(pdf: Path, tell: Tell) -> None:
    _, _, *lines = said("pdffonts", pdf).splitlines()  # behind a heading and a rule
    names = {line.split()[0].partition("+")[2] for line in lines}
    assert names == {"zc-regular", "zc-bold"}
    for line in lines:
        tell(line)
        embedded, subset, unicode_map = line.split()[-5:-2]
        assert (embedded, subset, unicode_map) == ("yes", "yes", "yes"), line


@pytest.mark.soak
def test_each_page_says_the_same(pdf: Path) -> None:
    texts = said("pdftotext", "-enc", "UTF-8", pdf, "-").split("\f")[:-1]
    sheets = looking.sheets(pdf)
    assert len(texts) == len(sheets)
    for sheet, text in zip(sheets, texts, strict=True):
        assert Counter(looking.squeezed(text)) == Counter(sheet.squeezed), f"page {sheet.number}"
    dataset = json.loads(pdf.with_name("dataset.json").read_bytes())
    for figure in looking.summary(dataset):
        assert any(looking.squeezed(figure) in looking.squeezed(text) for text in texts), figure


@pytest.mark.soak
def test_each_page_looks_the_same(pdf: Path, tmp_path: Path, tell: Tell) -> None:
    said("pdftoppm", "-r", str(DPI), "-png", "-gray", pdf, tmp_path / "page")
    files = sorted(tmp_path.glob("page-*.png"))
    with pypdfium2.PdfDocument(pdf) as opened:
        assert len(files) == len(opened)
        for number, (file, page) in enumerate(zip(files, opened, strict=True), start=1):
            with Image.open(file) as other:
                unlike = difference(page.render(scale=DPI / 72).to_pil(), other)
            tell(f"page {number}: at most {unlike} of 255 grey levels apart")
            assert unlike <= ALIKE, f"page {number}"


def difference(one: Image.Image, other: Image.Image) -> int:
    """How many grey levels two pictures of a page are apart where they are most so, blurred."""
    pair = [picture.convert("L").resize(one.size).filter(ImageFilter.BoxBlur(BLUR_PX)) for picture in (one, other)]
    return int(ImageChops.difference(*pair).getextrema()[1])


@pytest.mark.soak
def test_a_missing_word_is_found_out(pdf: Path) -> None:
    with pypdfium2.PdfDocument(pdf) as opened:
        picture = opened[1].render(scale=DPI / 72).to_pil()
    damaged = picture.copy()
    damaged.paste("white", (60, 70, 130, 95))
    assert difference(picture, damaged) > ALIKE
