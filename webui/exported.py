"""The addresses of exports: begin one, ask how far it is, fetch the file, from the middle where need be."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import msgspec
from tornado.web import HTTPError, StaticFileHandler

from webui.exports import DONE, FAILED, FORMS, Export
from webui.handler import PageHandler

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


class ExportAsked(msgspec.Struct, forbid_unknown_fields=True):
    """What to export: the list's query as in its address, and the columns in order (none: the category's)."""

    format: str
    query: dict[str, str | list[str]] = {}
    columns: list[str] = []


class BeginHandler(PageHandler):
    """POST /api/v1/categories/<category>/exports."""

    kind = "category"

    async def post(self, category: str) -> None:
        """Begin: 200 where it has ended already, 202 where it is large."""
        said = self.said(ExportAsked)
        if said.format not in FORMS or self.account is None:
            raise HTTPError(400)
        query = {name: [value] if isinstance(value, str) else value for name, value in said.query.items()}
        export = await self.web.exports.start(self.account, self.kind, category, said.format, query, said.columns)
        if export.state == FAILED:
            self.send_json(export.status or 503, {"error": export.error})
            return
        self.send_json(200 if export.state == DONE else 202, export.told())


class FiguresHandler(BeginHandler):
    """POST /api/v1/statistics/<statistic>/exports; the query is that of its figures."""

    kind = "statistic"


class AdHocHandler(BeginHandler):
    """POST /api/v1/ad-hoc/<entity>/exports; the query is that of the figures."""

    kind = "ad_hoc"


class OwnExportHandler(PageHandler):
    """Base of both: an export is its owner's alone."""

    def owned(self, key: str) -> Export:
        """The export; HTTPError 404 where it is not there or another's."""
        export = self.web.exports.of(key, self.login)
        if export is None:
            raise HTTPError(404)
        return export


class StateHandler(OwnExportHandler):
    """GET /api/v1/exports/<id>."""

    async def get(self, key: str) -> None:
        """How far it is."""
        self.send_json(200, self.owned(key).told())


class FileHandler(OwnExportHandler, StaticFileHandler):
    """GET /api/v1/exports/<id>/file, whole or in ranges."""

    def initialize(self, *arguments: Any, **more: Any) -> None:
        OwnExportHandler.initialize(self, *arguments, **more)
        StaticFileHandler.initialize(self, str(self.web.exports.folder))

    async def get(self, key: str, include_body: bool = True) -> None:
        """Send the file."""
        export = self.owned(key)
        if export.state != DONE:
            self.send_json(409, {"error": "导出尚未完成", "state": export.state})
            return
        if not await self.ask(lambda seeing: seeing.may_export(export.kind, export.category)):  # taken away meanwhile
            raise HTTPError(403)
        self.export = export
        path = self.web.exports.path(export).relative_to(self.web.exports.folder)
        await StaticFileHandler.get(self, path.as_posix(), include_body)

    async def head(self, key: str) -> None:
        """What would be sent."""
        await self.get(key, include_body=False)

    def compute_etag(self) -> str | None:
        """The file's SHA-256 stands for its content."""
        return f'"{self.export.sha256}"' if hasattr(self, "export") else None

    def get_content_type(self) -> str:
        """Of its form."""
        return TYPES[self.export.form]

    def set_extra_headers(self, path: str) -> None:
        """Say under which name to keep it."""
        self.set_header("Content-Disposition", disposition(self.export.name))


def disposition(name: str) -> str:
    """Content-Disposition for a file of that name (RFC 6266): whatever the name holds, the header holds only what is
    percent-encoded."""
    plain = "".join(letter for letter in name if letter.isprintable() and letter not in '/\\:*?"<>|')
    ending = plain.rpartition(".")[2]
    return f"attachment; filename=\"export.{ending}\"; filename*=UTF-8''{quote(plain, safe='')}"
