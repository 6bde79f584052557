"""URL-encoded forms."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from core.intake.decode.layout import Content
from core.intake.post import Stop

MOST_FIELDS = 10_000
MOST_ESCAPES = 1_000_000  # %XX; taking them apart costs many times their size in memory


def decode(content: Content) -> dict[str, Any]:
    """A mapping {name: text}; of a name that is there twice the last."""
    charset = content.layout.charset
    text = content.text("ascii" if charset == "utf-8" else charset)
    if text.count("%") > MOST_ESCAPES:
        raise Stop("body_many", bound=MOST_ESCAPES)
    try:
        pairs = parse_qsl(text, keep_blank_values=True, encoding=charset, errors="strict", max_num_fields=MOST_FIELDS)
    except UnicodeDecodeError as error:
        raise Stop("body_malformed", detail=f"不是 {charset} 字符集") from error
    except ValueError as error:
        raise Stop("body_many", bound=MOST_FIELDS) from error
    return dict(pairs)
