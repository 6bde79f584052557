"""Files that a plugin's command gives to a page: GET /api/v1/files/<command>?ARGUMENT=…, whole or in ranges."""

from __future__ import annotations

import mimetypes
from typing import Any

from tornado.web import HTTPError, StaticFileHandler

from core.api import Seeing
from webui.exported import disposition
from webui.handler import PageHandler


class GivenFileHandler(PageHandler, StaticFileHandler):
    """The command answers {path below data of the home, name to keep it by, sha256}; it is asked like any other
    operation, so that roles, the log and the plugin's own rules hold. Others than such commands are not found here."""

    def initialize(self, *arguments: Any, **more: Any) -> None:
        PageHandler.initialize(self, *arguments, **more)
        StaticFileHandler.initialize(self, str(self.platform.home.data))

    async def get(self, command: str, include_body: bool = True) -> None:
        """Send the file."""
        given = {name: values[-1] for name, values in self.query.items()}
        self.given: dict[str, Any] = await self.ask(lambda seeing: _asked(seeing, command, given))
        await StaticFileHandler.get(self, str(self.given["path"]), include_body)

    async def head(self, command: str) -> None:
        """What would be sent."""
        await self.get(command, include_body=False)

    def compute_etag(self) -> str | None:
        """The file's SHA-256 stands for its content."""
        return f'"{self.given["sha256"]}"' if hasattr(self, "given") else None

    def get_content_type(self) -> str:
        """As its name tells."""
        return mimetypes.guess_type(str(self.given["name"]))[0] or "application/octet-stream"

    def set_extra_headers(self, path: str) -> None:
        """Say under which name to keep it."""
        self.set_header("Content-Disposition", disposition(str(self.given["name"])))


def _asked(seeing: Seeing, command: str, given: dict[str, str]) -> dict[str, Any]:
    if not seeing.gives_file(command):
        raise HTTPError(404)
    found: dict[str, Any] = seeing.operate(command, given)
    return found
