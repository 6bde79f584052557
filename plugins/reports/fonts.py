"""The two fonts of a report, cut from Noto Sans SC for just the characters that it has.

The font comes with the package justmytype-intl-cjk as one variable file, whose default weight is thin; ReportLab knows
nothing of weights. So the file is first cut to the characters wanted, then made regular and bold. ReportLab tells
fonts apart by their PostScript name, so each weight gets one of its own.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer
from reportlab.pdfbase import pdfmetrics, ttfonts

from core import api

PACKAGE = "justmytype-intl-cjk"
FILE = "NotoSansSC[wght].ttf"
REGULAR, BOLD = "zc-regular", "zc-bold"
WEIGHTS = {REGULAR: 400, BOLD: 700}
POSTSCRIPT_NAME = 6  # of the table `name`
ALWAYS = frozenset(map(chr, range(0x20, 0x7F)))


def source() -> Path:
    """The variable font. ZcError where its package is not installed."""
    try:
        listed = files(PACKAGE) or []
    except PackageNotFoundError:
        listed = []
    for file in listed:
        if file.name == FILE:
            return Path(str(file.locate()))
    raise api.ZcError("报告所用的中文字体未安装", f"请运行 make setup，或 pip install {PACKAGE}")


def missing(characters: Iterable[str]) -> list[str]:
    """Those of the characters that the font has no glyph for, as 字(U+5B57)."""
    with TTFont(source(), lazy=True) as font:
        known = font.getBestCmap()
    return [f"{one}(U+{ord(one):04X})" for one in sorted(set(characters)) if ord(one) not in known]


@contextmanager
def cut(characters: Iterable[str]) -> Iterator[None]:
    """Have both fonts registered with ReportLab for these characters. ZcError that names those without a glyph: they
    would be left blank on paper."""
    wanted = ALWAYS | set(characters)
    lacking = missing(wanted)
    if lacking:
        raise api.ZcError(f"字体中没有这些字：{'、'.join(lacking)}", "请更正数据或文字中的这些字符后重新生成。")
    small = _subset(wanted)
    try:
        for name, weight in WEIGHTS.items():
            pdfmetrics.registerFont(ttfonts.TTFont(name, _instance(small, name, weight)))
        yield
    finally:
        pdfmetrics._reset()  # ReportLab's own way to forget fonts; a pool's process would keep them all


def _subset(characters: Iterable[str]) -> bytes:
    options = Options()
    options.layout_features = []
    options.hinting = False
    options.notdef_outline = True
    with TTFont(source(), lazy=True, recalcTimestamp=False) as font:
        cutter = Subsetter(options)
        cutter.populate(unicodes=map(ord, characters))
        cutter.subset(font)
        return _bytes(font)


def _instance(small: bytes, name: str, weight: int) -> io.BytesIO:
    font = instancer.instantiateVariableFont(TTFont(io.BytesIO(small), recalcTimestamp=False), {"wght": weight})
    for record in font["name"].names:
        if record.nameID == POSTSCRIPT_NAME:
            record.string = name
    return io.BytesIO(_bytes(font))


def _bytes(font: TTFont) -> bytes:
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()
