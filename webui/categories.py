"""Pages and categories as JSON. Everything comes from the one door, scoped and masked for the account."""

from __future__ import annotations

from webui.handler import PageHandler
from webui.markdown import rendered
from webui.paper import PaperHandler


class PageOfHandler(PageHandler):
    """GET /api/ui/pages/<page>."""

    async def get(self, page: str) -> None:
        """The page's blocks, resolved."""
        await self.answer(lambda seeing: seeing.page(page))


class CatalogueHandler(PageHandler):
    """GET /api/v1/categories."""

    async def get(self) -> None:
        """Every category that the account may ask."""
        await self.answer(lambda seeing: seeing.catalogue())


class CategoryHandler(PageHandler):
    """GET /api/v1/categories/<category>?…"""

    async def get(self, category: str) -> None:
        """Records with labels, and unless count=false with count and sums."""
        query = self.query
        await self.answer(lambda seeing: seeing.find(category, query))


class TotalsHandler(PageHandler):
    """GET /api/v1/categories/<category>/totals?…"""

    async def get(self, category: str) -> None:
        """How many records, and their sums."""
        query = self.query
        await self.answer(lambda seeing: seeing.totals(category, query))


class FacetsHandler(PageHandler):
    """GET /api/v1/categories/<category>/facets?field=…"""

    async def get(self, category: str) -> None:
        """The values of a field with their counts."""
        query = self.query
        field = self.get_query_argument("field")
        query = {name: values for name, values in query.items() if name != "field"}
        await self.answer(lambda seeing: seeing.facets(category, field, query))


class RecordHandler(PageHandler):
    """GET /api/v1/categories/<category>/records/<number>."""

    async def get(self, category: str, number: str) -> None:
        """One record with its events and how it was judged."""
        await self.answer(lambda seeing: seeing.one(category, int(number)))


class ManualHandler(PaperHandler):
    """GET /api/v1/categories/<category>/manual."""

    async def get(self, category: str) -> None:
        """The manual of that address, as a page of its own."""
        text = await self.ask(lambda seeing: seeing.manual(category))
        self.show("guide.html", title=category, body=rendered(text))


class OverviewHandler(PageHandler):
    """GET /api/v1/overview?q=…&category=…"""

    async def get(self) -> None:
        """Where one text is found."""
        query = self.query
        await self.answer(lambda seeing: seeing.overview(query))


class LifeHandler(PageHandler):
    """GET /api/v1/life?plate=…&category=…"""

    async def get(self) -> None:
        """All that is known of a plate."""
        query = self.query
        await self.answer(lambda seeing: seeing.life(query))


class LogHandler(PageHandler):
    """GET /api/v1/log?…"""

    async def get(self) -> None:
        """A page of the log."""
        query = self.query
        await self.answer(lambda seeing: seeing.log(query))
