"""Markdown as HTML: raw HTML in it stays text, headings get an id to link to."""

from __future__ import annotations

import re
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.token import Token

NOT_IN_AN_ID = re.compile(r"[^\w\- ]")


def rendered(text: str, link: Callable[[str], str] | None = None) -> str:
    """The text as HTML. `link` turns what a link says into where it leads."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(text)
    _name_headings(tokens)
    for token in tokens:
        if token.type == "table_open":
            token.attrSet("tabindex", "0")  # it scrolls where the screen is narrow, so the keyboard has to reach it
        for inner in token.children or ():
            if inner.type == "link_open" and link is not None:
                inner.attrSet("href", link(str(inner.attrGet("href") or "")))
    return str(parser.renderer.render(tokens, parser.options, {}))


def _name_headings(tokens: list[Token]) -> None:
    taken: dict[str, int] = {}
    for opening, inline in zip(tokens, tokens[1:], strict=False):
        if opening.type == "heading_open":
            name = NOT_IN_AN_ID.sub("", inline.content).strip().lower().replace(" ", "-")
            number = taken[name] = taken.get(name, -1) + 1
            opening.attrSet("id", f"{name}-{number}" if number else name)
