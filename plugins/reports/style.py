"""Colours and sizes of printed reports, in points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reportlab.lib.colors import Color, HexColor

INK = HexColor(0x1F2933)
SOFT = HexColor(0x5F6B7A)
RULE = HexColor(0xC9D1DB)
FAINT = HexColor(0xE6EAF0)
HEAD = HexColor(0xEEF3F9)
BAND = HexColor(0xF8FAFC)
ACCENT = HexColor(0x1F4E8C)
WATERMARK = Color(0.45, 0.5, 0.58, alpha=0.10)

PALETTE: Sequence[Color] = tuple(
    HexColor(value) for value in (0x1F5FA8, 0xE08A1E, 0x3B8F6B, 0xB8433F, 0x7A5BA6, 0x5C7F92, 0xC2A83E, 0x8A5A44)
)
"""Told apart in grey print as well, since neighbours differ in lightness."""

NAMED: Mapping[str, Color] = {
    "green": HexColor(0x3B8F6B),
    "amber": HexColor(0xE3B23C),
    "orange": HexColor(0xE07B2A),
    "red": HexColor(0xB8332E),
    "purple": HexColor(0x6B3FA0),
    "blue": HexColor(0x1F5FA8),
    "grey": HexColor(0x8795A6),
}
"""Colours of dictionaries."""

BODY, SMALL, TABLE = 10.5, 8.0, 8.5
LEADING, TABLE_LEADING, SMALL_LEADING = 19.0, 12.5, 12.0
HEADING = {1: 14.0, 2: 11.5}
MARGIN_X, MARGIN_TOP, MARGIN_BOTTOM = 60.0, 68.0, 62.0
