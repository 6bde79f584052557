"""Looking at a printed report as its reader does: page by page, as pictures and as text. Each check tells its faults
in words, so that it can be asked of a broken paper too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image, ImageChops

SCALE = 2
"""Pixels a point."""

SIDE, ABOVE, BELOW = 56, 32, 26
"""Points at the edges of a page on which nothing may stand; head and foot of a page are inside of them."""

HEAD, FOOT = 60, 52
"""Points at its edges beside which the body of a page stands."""

WHITE, PRINTED = 250, 170
"""Grey from which a pixel is white, and up to which it is print rather than a watermark or a tint."""

FULL_ENOUGH = 1 / 3
"""The part of its height that a page inside a report takes at least."""

CHART_HEIGHT = 260
CHART_PIXELS = 400
"""How far above its title a chart may begin, in points, and how many pixels of its colours it has at least."""

NUMBERED = re.compile(r"第(\d+)页共(\d+)页")
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Sheet:
    """One page: its number from 1, what it says, its picture, and each visible character with its box in pixels."""

    number: int
    text: str
    picture: Image.Image
    letters: tuple[tuple[str, Box], ...]
    maps_all: bool

    @property
    def squeezed(self) -> str:
        """What it says without any space."""
        return squeezed(self.text)


def squeezed(text: str) -> str:
    """A text without any space."""
    return "".join(text.split())


def sheets(pdf: Path) -> list[Sheet]:
    """The pages of a PDF."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [_sheet(number, page) for number, page in enumerate(opened, start=1)]


def _sheet(number: int, page: Any) -> Sheet:
    texts, height = page.get_textpage(), page.get_height()
    letters, maps_all = [], True
    for index in range(texts.count_chars()):
        letter = chr(pypdfium2.raw.FPDFText_GetUnicode(texts, index))
        maps_all = maps_all and not pypdfium2.raw.FPDFText_HasUnicodeMapError(texts, index)
        if not letter.isspace() and letter != "\0":
            left, bottom, right, top = texts.get_charbox(index, loose=True)
            letters.append((letter, (left * SCALE, (height - top) * SCALE, right * SCALE, (height - bottom) * SCALE)))
    return Sheet(number, texts.get_text_range(), page.render(scale=SCALE).to_pil(), tuple(letters), maps_all)


def faults(found: Sequence[Sheet], dataset: Mapping[str, Any], colours: Sequence[tuple[int, int, int]]) -> list[str]:
    """Everything that a reader would find wrong with the pages of a dataset, whose charts have those colours."""
    covers = int(bool(dataset["report"].get("cover")))
    return [
        *numbering(found, covers),
        *margins(found),
        *glyphs(found),
        *emptiness(found, covers),
        *charts(found, dataset, colours),
        *heads(found, dataset),
    ]


def numbering(found: Sequence[Sheet], covers: int) -> Iterator[str]:
    """Each page but the covers says once which it is, of how many."""
    for sheet in found:
        said = [tuple(map(int, pair)) for pair in NUMBERED.findall(sheet.squeezed)]
        wanted = [(sheet.number - covers, len(found) - covers)] if sheet.number > covers else []
        if said != wanted:
            yield f"page {sheet.number}: numbered {said} for {wanted}"


def margins(found: Sequence[Sheet]) -> Iterator[str]:
    """Nothing stands at the edges of a page."""
    for sheet in found:
        grey = sheet.picture.convert("L")
        width, height = grey.size
        side, above, below = SIDE * SCALE, ABOVE * SCALE, BELOW * SCALE
        edges = {
            "left": (0, 0, side, height), "right": (width - side, 0, width, height),
            "top": (0, 0, width, above), "bottom": (0, height - below, width, height),
        }  # fmt: skip
        for name, box in edges.items():
            if grey.crop(box).getextrema()[0] < WHITE:
                yield f"page {sheet.number}: something stands in the {name} margin"


def glyphs(found: Sequence[Sheet]) -> Iterator[str]:
    """Every character can be read out, and there is ink where it stands."""
    for sheet in found:
        grey = sheet.picture.convert("L")
        unread = not sheet.maps_all or any(letter in "\ufffd\ufffe\uffff" for letter, _ in sheet.letters)
        if unread:
            yield f"page {sheet.number}: a character cannot be read out"
        blank = {letter for letter, box in sheet.letters if grey.crop(tuple(map(round, box))).getextrema()[0] >= WHITE}
        if blank:
            yield f"page {sheet.number}: nothing is drawn for {''.join(sorted(blank))}"


def emptiness(found: Sequence[Sheet], covers: int) -> Iterator[str]:
    """No page but the covers and the last is nearly empty."""
    for sheet in found[covers:-1]:
        width, height = sheet.picture.size
        body = sheet.picture.convert("L").crop((0, HEAD * SCALE, width, height - FOOT * SCALE))
        box = body.point([255 if grey < PRINTED else 0 for grey in range(256)]).getbbox()
        share = box[3] / body.size[1] if box else 0.0
        if share < FULL_ENOUGH:
            yield f"page {sheet.number}: printed on {share:.0%} of its height only"


def charts(
    found: Sequence[Sheet], dataset: Mapping[str, Any], colours: Sequence[tuple[int, int, int]]
) -> Iterator[str]:
    """Above the title of each declared chart there is something in the colours of charts."""
    for title in chart_titles(dataset):
        places = [(sheet, at) for sheet in found if (at := _line_of(sheet, title)) is not None]
        if len(places) != 1:
            yield f"chart {title}: its title stands at {len(places)} places"
            continue
        sheet, bottom = places[0]
        others = [_line_of(sheet, other) or 0.0 for other in chart_titles(dataset)]
        top = max([HEAD * SCALE, bottom - CHART_HEIGHT * SCALE, *(at for at in others if at < bottom)])
        box = sheet.picture.crop((SIDE * SCALE, round(top), sheet.picture.size[0] - SIDE * SCALE, round(bottom)))
        drawn = sum(_pixels(box, colour) for colour in colours)
        if drawn < CHART_PIXELS:
            yield f"page {sheet.number}: chart {title} has {drawn} coloured pixels"


def chart_titles(dataset: Mapping[str, Any]) -> list[str]:
    """Of the charts that are declared, as printed without spaces: 图1各时段货车数."""
    sections = (dataset["report"]["sections"][name] for name in dataset["sections"])
    return [f"图{number}{said['chart']['title']}" for number, said in enumerate(filter(_has_chart, sections), start=1)]


def _has_chart(said: Mapping[str, Any]) -> bool:
    return bool(said.get("chart"))


def _line_of(sheet: Sheet, text: str) -> float | None:
    """Where, in pixels from above, a text stands that begins a line; None where it does not."""
    letters = "".join(letter for letter, _ in sheet.letters)
    at = letters.find(text)
    return sheet.letters[at][1][1] if at >= 0 else None


def _pixels(picture: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many have just that colour."""
    off = ImageChops.difference(picture.convert("RGB"), Image.new("RGB", picture.size, colour)).convert("L")
    return int(off.histogram()[0])


def heads(found: Sequence[Sheet], dataset: Mapping[str, Any]) -> Iterator[str]:
    """On each page with records of a list its head stands above the first of them."""
    for name, listed in dataset["lists"].items():
        first, head = listed["columns"][0], squeezed("".join(listed["headings"].values()))
        for sheet in found:
            places = [at for row in listed["rows"] if (at := sheet.squeezed.find(squeezed(str(row[first])))) >= 0]
            if places and not 0 <= sheet.squeezed.find(head) < min(places):
                yield f"page {sheet.number}: records of {name} without the head of their table"


def unsaid(found: Sequence[Sheet], wanted: Sequence[str]) -> list[str]:
    """Those of the texts that stand on none of the pages, whatever lines they are broken into."""
    return [text for text in wanted if not any(squeezed(text) in sheet.squeezed for sheet in found)]


def summary(dataset: Mapping[str, Any]) -> list[str]:
    """Every figure that the summary of the monthly report must say, written by its own rules: 1,234辆, 8.05%."""
    total, heavy = dataset["answers"]["total"]["totals"], dataset["answers"]["heavy"]["totals"]
    labels = dataset["answers"]["by_station"]["labels"]["station"]
    best = dataset["answers"]["by_station"]["rows"][:3]
    return [
        f"共检测货车{total['trucks']:,}辆",
        f"其中超限{total['overloaded']:,}辆",
        f"超限率{total['overload_rate'] * 100:.2f}%",
        f"超限100%以上{total['doubled']:,}辆",
        f"总重80吨及以上{heavy['over_80']:,}辆",
        f"百吨王{heavy['over_100']:,}辆",
        *(f"{labels[row['station']]}（{row['overload_rate'] * 100:.2f}%）" for row in best),
    ]
