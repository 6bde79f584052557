"""What stays together on pages, wherever a table happens to end."""

import io

import pypdfium2
import pytest
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer

PAGE = (300, 400)
ROW, NOTE, SIGNED = 19, 12, 50


@pytest.fixture(scope="module")
def keeping(part):
    """The module, the fonts of tables at hand."""
    with part("fonts").cut("测"):
        yield part("keeping")


def paragraph(text, high):
    return Paragraph(text, ParagraphStyle("test", leading=high, fontSize=8))


def pages(story):
    """What each page says, its lines in order."""
    file = io.BytesIO()
    SimpleDocTemplate(file, pagesize=PAGE, topMargin=0, bottomMargin=0, leftMargin=0, rightMargin=0).build(story)
    with pypdfium2.PdfDocument(file.getvalue()) as opened:
        return [page.get_textpage().get_text_range().split() for page in opened]


def ended(part, keeping, rows, above=0, totals=None):
    """A table of so many rows with a note, signatures tied to it."""
    grid = part("grids").Grid(["head"], [[f"row{number}"] for number in range(rows)], [False], totals)
    laid = part("grids").Laid(grid, PAGE[0])
    story = [*([Spacer(1, above)] if above else []), keeping.Ended(laid, [paragraph("note", NOTE)])]
    keeping.tied(story, [paragraph("signed", SIGNED)])
    return pages(story)


@pytest.mark.parametrize("totals", [[], ["sum"]], ids=["plain", "totals"])
def test_signatures_below_a_long_table_never_stand_without_rows_and_no_row_is_lost(part, keeping, totals):
    end = [*totals, "note", "signed"]
    for rows in range(12, 64):
        found = ended(part, keeping, rows, totals=totals or None)
        assert all(page[0] == "head" for page in found), "the head stands on each page"
        assert [line for page in found for line in page[1:]] == [*(f"row{number}" for number in range(rows)), *end]
        assert len(found[-1]) >= len(["head", "row", "row", *end]), f"{rows} rows: {found[-1]}"
        assert len(found) <= 2 + (rows + len(end) + 3) * ROW // PAGE[1]


def test_a_table_that_fits_no_longer_begins_on_the_next_page(part, keeping):
    above, *found = ended(part, keeping, 30, above=PAGE[1] - 20)
    assert above == []
    assert [page[0] for page in found] == ["head", "head"]


@pytest.mark.parametrize("last", ["kept", "plain", "nothing"])
def test_a_tail_goes_with_what_it_follows(keeping, last):
    block = paragraph("block", 100)
    before = {"kept": [keeping.Kept([block])], "plain": [block], "nothing": []}[last]
    story = [Spacer(1, PAGE[1] - 120), *before] if before else []
    keeping.tied(story, [paragraph("signed", SIGNED)])
    assert pages(story)[-1] == [*(["block"] if before else []), "signed"]


def test_a_tail_behind_a_page_break_begins_the_page(keeping):
    story = [paragraph("block", 20), PageBreak()]
    keeping.tied(story, [paragraph("signed", SIGNED)])
    assert pages(story) == [["block"], ["signed"]]
