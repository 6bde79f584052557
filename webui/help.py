"""Help: the guides, and the reference generated from the kinds that this very site has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tornado.web import HTTPError

from core.api import Seeing, Snapshot, reference_pages, shipped_root
from webui.markdown import rendered
from webui.paper import PaperHandler

GUIDES: Mapping[str, str] = {
    "first-steps": "第一步",
    "operators-guide": "使用手册",
    "tutorial-register": "教程：新建一个台账",
    "plugin-authors-guide": "插件作者手册",
    "reply-codes": "应答代码表",
}
REFERENCE = "index"
LINK = re.compile(r"(?:\./)?(?:(?P<folder>reference|\.\.)/)?(?P<name>[a-z0-9_-]+)\.md(?P<rest>#.*)?")
FULL = re.compile(r"(https?://|#|mailto:).*")


class Help:
    """The texts of one snapshot, made once."""

    def __init__(self) -> None:
        self._number = 0
        self._reference: Mapping[str, str] = {}
        self._is_filled = False

    def is_site_empty(self, seeing: Seeing) -> bool:
        """Whether no category but that of the users has a record. Blocking; asked no more once there was one."""
        if not self._is_filled:
            others = [one["id"] for one in seeing.catalogue() if one["entity"]["id"] != "user"]
            self._is_filled = any(seeing.find(name, {"limit": ["1"]})["records"] for name in others)
        return not self._is_filled

    def guide(self, name: str) -> str | None:
        """A guide's text; None where there is none of that name. Blocking."""
        if name not in GUIDES:
            return None
        path = _folder_of(name) / f"{name}.md"
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def reference(self, name: str, snapshot: Snapshot) -> str | None:
        """A page of the reference; None where there is none of that name. Blocking."""
        if self._number != snapshot.number:
            self._reference, self._number = reference_pages(snapshot.reading, "zh"), snapshot.number
        text = self._reference.get(f"{name}.md")
        return text and text[text.index("# ") :]  # what stands above it is for those who see the file


def _folder_of(name: str) -> Path:
    return Path(__file__).with_name("help") if name == "first-steps" else shipped_root() / "docs"


def link_from(is_reference: bool) -> str:
    """Where a link without a folder leads to."""
    return "/help/reference" if is_reference else "/help/guides"


def led(href: str, is_reference: bool) -> str:
    """A link between the files as one between our addresses; what we do not show leads to the start."""
    if FULL.fullmatch(href):
        return href
    found = LINK.fullmatch(href)
    if found is None:
        return "/help"
    inside = is_reference if found["folder"] is None else found["folder"] == "reference"
    if not inside and found["name"] not in GUIDES:
        return "/help"
    return f"{link_from(inside)}/{found['name']}{found['rest'] or ''}"


class HelpHandler(PaperHandler):
    """GET /help: what there is to read."""

    def get(self) -> None:
        """List it."""
        self.show("help.html", title="帮助", guides=GUIDES)


class GuideHandler(PaperHandler):
    """GET /help/guides/<name>."""

    async def get(self, name: str) -> None:
        """One guide."""
        text = await self.web.asking.run(self.web.help.guide, name)
        if text is None:
            raise HTTPError(404)
        self.show("guide.html", title=GUIDES[name], body=rendered(text, lambda href: led(href, is_reference=False)))


class ReferenceHandler(PaperHandler):
    """GET /help/reference/<name>."""

    async def get(self, name: str) -> None:
        """One page of the reference."""
        text = await self.web.asking.run(self.web.help.reference, name, self.snapshot)
        if text is None:
            raise HTTPError(404)
        title = text.partition("\n")[0].lstrip("# ")
        self.show("guide.html", title=title, body=rendered(text, lambda href: led(href, is_reference=True)))
