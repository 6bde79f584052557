"""Bodies decoded in tests, and data that the formats can say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st

from core.intake.decode import decode, open_inside
from core.intake.decode.layout import Content, Layout
from core.intake.post import Stop

LIMITS = {"body_mib": 1, "depth": 8, "records": 50}


def decoded(body: bytes, layout: Layout, content_type: str = "") -> Any:
    """The body as plain data."""
    content = Content(body, layout, LIMITS, content_type)
    data = decode(content)
    open_inside(data, content)
    return data


def stopped(body: bytes, layout: Layout, content_type: str = "") -> Stop:
    """The Stop that the body ends in."""
    with pytest.raises(Stop) as caught:
        decoded(body, layout, content_type)
    return caught.value


OUTCOMES = {"body_malformed", "body_deep", "body_many", "records_missing", "records_many", "operation_unknown"}


def only_stops(body: bytes, layout: Layout, content_type: str = "") -> None:
    """Whatever comes, it is decoded or stopped, and nothing else is raised."""
    outcome = None
    try:
        decoded(body, layout, content_type)
    except Stop as stop:
        outcome = stop.outcome
    assert outcome is None or outcome in OUTCOMES


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,8}", fullmatch=True)
WRITABLE = st.text(
    st.characters(codec="gb18030", exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="\ufeff"),
    max_size=12,
)
"""Texts that every format and charset here can write; XML takes no control characters, and a byte order mark is none
of the text."""

CHARSETS = st.sampled_from(["utf-8", "gb18030"])
FLAT = st.dictionaries(NAMES, WRITABLE, min_size=1, max_size=6)
