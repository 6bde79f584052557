"""What a person should know, and that it was read."""

from __future__ import annotations

from typing import Annotated

import msgspec

from webui.handler import PageHandler

MOST = 200

LARGEST = 10**15  # of a number that is sent; far above any id or time

Id = Annotated[int, msgspec.Meta(ge=1, le=LARGEST)]


class ReadAsked(msgspec.Struct, forbid_unknown_fields=True):
    """Which were read: these, or all where none is named, as the list told that was asked `until` then."""

    until: Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
    ids: Annotated[list[Id], msgspec.Meta(max_length=MOST)] | None = None


class NoticesHandler(PageHandler):
    """GET /api/ui/notices?level=…&unread=true&limit=…&after=…"""

    async def get(self) -> None:
        """One's own notices."""
        query = self.query
        await self.answer(lambda seeing: seeing.notices(query))


class ReadHandler(PageHandler):
    """POST /api/ui/notices/read {until, ids}."""

    async def post(self) -> None:
        """Note that they were read."""
        said = self.said(ReadAsked)
        await self.ask(lambda seeing: seeing.read_notices(said.ids, said.until))
        self.send_json(200, {"ok": True})
