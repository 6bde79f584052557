"""Records as people add and change them. Every change is an event with who and why."""

from __future__ import annotations

from typing import Any

import msgspec

from webui.handler import PageHandler

CHOICES = 50
MOST_CHOICES = 1000


class AddAsked(msgspec.Struct, forbid_unknown_fields=True):
    """A new record, in shown terms."""

    values: dict[str, Any]


class AmendAsked(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be different, in shown terms, and why; the version of the record that was read."""

    values: dict[str, Any]
    why: str
    version: int


class VoidAsked(msgspec.Struct, forbid_unknown_fields=True):
    """Why a record is set aside."""

    why: str


class RevealAsked(msgspec.Struct, forbid_unknown_fields=True):
    """Which masked field is to be seen, and why."""

    field: str
    why: str


class AddHandler(PageHandler):
    """POST /api/v1/entities/<entity> {values}."""

    async def post(self, entity: str) -> None:
        """Add a record."""
        said = self.said(AddAsked)
        await self.answer(lambda seeing: seeing.add(entity, said.values), status=201)


class AmendHandler(PageHandler):
    """POST /api/v1/entities/<entity>/<number>/amend {values, why, version}."""

    async def post(self, entity: str, number: str) -> None:
        """Change fields of a record."""
        said = self.said(AmendAsked)
        await self.ask(lambda seeing: seeing.amend(entity, int(number), said.values, said.why, said.version))
        self.send_json(200, {"ok": True})


class VoidHandler(PageHandler):
    """POST /api/v1/entities/<entity>/<number>/void {why}."""

    async def post(self, entity: str, number: str) -> None:
        """Set a record aside."""
        said = self.said(VoidAsked)
        await self.ask(lambda seeing: seeing.void(entity, int(number), said.why))
        self.send_json(200, {"ok": True})


class RevealHandler(PageHandler):
    """POST /api/v1/entities/<entity>/<number>/reveal {field, why}."""

    async def post(self, entity: str, number: str) -> None:
        """Show a masked field this once."""
        said = self.said(RevealAsked)
        value = await self.ask(lambda seeing: seeing.reveal(entity, int(number), said.field, said.why))
        self.send_json(200, {"value": value})


class ChoicesHandler(PageHandler):
    """GET /api/v1/entities/<entity>/choices?q=&limit=&tree=."""

    async def get(self, entity: str) -> None:
        """What a field that refers to this entity may be."""
        asked = self.get_query_argument("q", "")
        number = self.get_query_argument("limit", str(CHOICES))
        limit = min(int(number), MOST_CHOICES) if number.isascii() and number.isdigit() else CHOICES
        tree = self.get_query_argument("tree", "") == "1"
        await self.answer(lambda seeing: seeing.choices(entity, asked, limit, tree))


class AdHocHandler(PageHandler):
    """GET /api/v1/ad-hoc?entity=…&by=…&measure=KIND:FIELD&within=…&compare=…&top=…&order=…&as_of=…, and conditions
    over any field as a list has them; or, in place of entity and conditions, ask=…, a statistic as YAML that nobody
    declared."""

    async def get(self) -> None:
        """Its figures."""
        query = self.query
        await self.answer(lambda seeing: seeing.ad_hoc(query))


class AdHocOfferedHandler(PageHandler):
    """GET /api/v1/ad-hoc/offered?entity=…."""

    async def get(self) -> None:
        """What may be picked."""
        query = self.query
        await self.answer(lambda seeing: seeing.ad_hoc_offered(query))


class StatisticHandler(PageHandler):
    """GET /api/v1/statistics/<statistic>?by=…&measure=…&within=…&compare=…&top=…&order=…&completeness=…&as_of=…, and
    conditions over whatever may stand in by."""

    async def get(self, statistic: str) -> None:
        """Its figures."""
        query = self.query
        await self.answer(lambda seeing: seeing.statistic(statistic, query))
