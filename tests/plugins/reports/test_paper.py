"""The PDF: its text can be read out, no glyph is missing, heads are repeated, and pages say which they are."""

import json

import pypdfium2
import pytest
from PIL import Image

from core.api import ZcError
from tests.plugins.reports.conftest import sound


def render(part, dataset, folder):
    """The PDF of a dataset, made in that folder."""
    file = folder / "dataset.json"
    file.write_text(json.dumps(dataset), encoding="utf-8")
    part("rendering").render(file, ("pdf",), folder)
    return folder / "report.pdf"


def texts(pdf):
    """What each page says."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_range() for page in opened]


@pytest.fixture(scope="module")
def pdf(part, tmp_path_factory):
    """The PDF of the sound dataset; nobody changes it."""
    return render(part, sound(), tmp_path_factory.mktemp("sound"))


@pytest.fixture(scope="module")
def pages(pdf):
    """What each of its pages says."""
    return texts(pdf)


def test_pages_have_cover_numbers_watermark_and_repeated_table_heads(pages, dataset):
    cover, *inner = pages
    assert "测试平台分析报告" in cover
    assert "数据截止 2026-11-01 07:00:00" in cover
    assert "页 共" not in cover
    for number, text in enumerate(inner, start=1):
        assert f"第 {number} 页 共 {len(inner)} 页" in text
        assert text.count("测试水印") == 2
        assert ("检测时间" in text) == ("湘D1" in text), "the head of the list stands on each of its pages"
    assert sum("湘D1" in text for text in inner) == 3
    for record in dataset["lists"]["heavy"]["rows"]:
        assert record["plate"] in "".join(inner)


def test_text_is_made_of_the_figures(pages):
    text = "".join(pages).replace("\r\n", "").replace("\n", "")
    assert "共检测货车47,800辆，超限率1.63%，环比下降0.15个百分点，同比—（无同期数据）。" in text
    assert "测试站点1货车1,000辆；较严重超限80辆，占0.2%。" in text
    assert "测试口径。" in text
    assert "缺数据的有 1 个站点：测试站点2（缺 44）" in text
    assert "共 120 条，本表列出前 90 条。" in text


def test_headings_are_numbered_and_outlined(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        titles = [mark.get_title() for mark in opened.get_toc()]
    assert titles == ["一、内容提要", "二、各站点", "（一）构成", "三、附件"]


def test_fonts_are_embedded_and_all_characters_have_glyphs(part, pdf, pages):
    written = {letter for text in pages for letter in text if letter.isprintable()}
    assert part("fonts").missing(written) == []
    with pypdfium2.PdfDocument(pdf) as opened:
        texts_of = [one for page in opened for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])]
        fonts = {one.get_font().get_base_name(): one.get_font().is_embedded for one in texts_of}
    assert fonts
    assert all(fonts.values()), fonts
    assert all("zc-regular" in name or "zc-bold" in name for name in fonts)
    assert b"/Helvetica" not in pdf.read_bytes(), "nor is a font named that nothing is written in"


def test_a_glyph_that_the_font_lacks_is_named(part, dataset, tmp_path):
    dataset["lists"]["heavy"]["rows"][0]["plate"] = "湘D\U0001f69a1"
    with pytest.raises(ZcError, match=r"🚚\(U\+1F69A\)"):
        render(part, dataset, tmp_path)


def test_a_demo_site_says_so_rare_characters_and_images_are_there(part, dataset, tmp_path):
    dataset["lists"]["heavy"]["rows"][0]["plate"] = "㮾䶮"
    Image.new("RGB", (40, 20), "navy").save(tmp_path / "seal.png")
    dataset["report"]["sections"]["signed"]["image"] = {"file": "seal.png", "width_mm": 30, "caption": "测试印章"}
    pdf = render(part, {**dataset, "demo": True}, tmp_path)
    found = texts(pdf)
    assert any("测试印章" in text for text in found)
    with pypdfium2.PdfDocument(pdf) as opened:
        pictures = [one for page in opened for one in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])]
    assert len(pictures) == 1
    assert all(text.count("演示数据 测试水印") == 2 for text in found)
    assert any("㮾䶮" in text for text in found)


def test_the_same_dataset_gives_the_same_bytes(part, pdf, tmp_path):
    assert render(part, sound(), tmp_path).read_bytes() == pdf.read_bytes()


def test_nothing_is_drawn_outside_the_margins(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        for page in opened:
            picture = page.render(scale=0.5, grayscale=True).to_pil()
            width, height = picture.size
            for left in (0, width - 24):
                margin = picture.crop((left, 0, left + 24, height))
                assert margin.getextrema()[0] > 250, "the margin is white"


def test_an_image_that_is_not_there_is_named(part, dataset, tmp_path):
    dataset["report"]["sections"]["signed"]["image"] = {"file": "config/gone.png", "width_mm": 50, "caption": ""}
    with pytest.raises(ZcError, match="config/gone.png"):
        render(part, dataset, tmp_path)
