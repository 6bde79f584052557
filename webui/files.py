"""The files a browser loads: third-party bundles from the assets folder and our own from the static folder.

What is served is listed when the server starts; a request's path is looked up in that list and never joined to a
folder.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from webui.handler import PageHandler

HERE = Path(__file__).parent
ASSETS = HERE / "assets"
STATIC = HERE / "static"
IMMUTABLE = "public, max-age=31536000, immutable"
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".json": "application/json",
    ".geojson": "application/json",
}
NO_BLOCKS: Mapping[str, Path] = MappingProxyType({})
SMALLEST_GZIP = 512  # bytes; below it compressing gains nothing
VERSION_LENGTH = 12


@dataclass(frozen=True)
class Served:
    """One file: its bytes as they are and compressed (None: not worth it), or where to read them."""

    content_type: str
    plain: Path
    gzipped: Path | None = None
    packed: bytes | None = None

    def read(self, takes_gzip: bool) -> tuple[bytes, bool]:
        """The bytes to send and whether they are compressed. Blocking."""
        if takes_gzip and self.packed is not None:
            return self.packed, True
        if takes_gzip and self.gzipped is not None:
            return self.gzipped.read_bytes(), True
        return self.plain.read_bytes(), False


class Files:
    """All files that may be asked for, and the addresses that the shell names them by."""

    def __init__(self, assets: Path = ASSETS, static: Path = STATIC, blocks: Mapping[str, Path] = NO_BLOCKS) -> None:
        """`blocks` are the scripts of blocks that plugins bring, by the block's name."""
        listed = _manifest(assets)
        self.assets: Mapping[str, Served] = {name: _asset(assets, name) for name in listed.values()}
        self.addresses: Mapping[str, str] = {name: f"/assets/{file}" for name, file in listed.items()}
        own = {path.relative_to(static).as_posix(): path for path in sorted(static.rglob("*")) if path.is_file()}
        own = {f"blocks/{name}.js": path for name, path in sorted(blocks.items())} | own
        self.static: Mapping[str, Served] = {name: _own(path) for name, path in own.items()}
        self.version = _version(own)
        self.digest = hashlib.sha256("".join([self.version, *sorted(listed.values())]).encode()).hexdigest()[:12]

    @property
    def prefix(self) -> str:
        """Where our own files are, the version in it."""
        return f"/static/{self.version}"

    @property
    def are_there(self) -> bool:
        """Whether the third-party bundles were set up."""
        return bool(self.addresses)


def _manifest(assets: Path) -> dict[str, str]:
    """{name: hashed file name} of what the set-up put there; a name that leads out of the folder is left out."""
    path = assets / "manifest.json"
    if not path.is_file():
        return {}
    listed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["files"]
    root = assets.resolve()
    return {name: file for name, file in listed.items() if (assets / file).resolve().is_relative_to(root)}


def _asset(folder: Path, name: str) -> Served:
    plain, gzipped = folder / name, folder / f"{name}.gz"
    return Served(_type_of(plain), plain, gzipped if gzipped.is_file() else None)


def _own(path: Path) -> Served:
    content = path.read_bytes()
    packed = gzip.compress(content, mtime=0) if len(content) >= SMALLEST_GZIP else None
    return Served(_type_of(path), path, packed=packed)


def _type_of(path: Path) -> str:
    guessed = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    is_text = guessed.startswith("text/") or guessed in ("application/json", "image/svg+xml")
    return f"{guessed}; charset=utf-8" if is_text else guessed


def _version(own: Mapping[str, Path]) -> str:
    """The first 12 hex digits of SHA-256 over all paths and contents."""
    digest = hashlib.sha256()
    for name, path in own.items():
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:VERSION_LENGTH]


class FileHandler(PageHandler):
    """Base of both: nobody needs a session for what is the same for everybody."""

    needs_session = False

    async def send_file(self, served: Served | None, immutable: bool) -> None:
        """Send the file, compressed where the browser takes it; 404 where there is none."""
        if served is None:
            self.write_error(404)
            return
        takes_gzip = "gzip" in self.request.headers.get("Accept-Encoding", "")
        content, is_packed = await self.web.asking.run(served.read, takes_gzip)
        self.set_header("Content-Type", served.content_type)
        self.set_header("Cache-Control", IMMUTABLE if immutable else "no-cache")
        self.set_header("Vary", "Accept-Encoding")
        if is_packed:
            self.set_header("Content-Encoding", "gzip")
        self.finish(content)


class AssetHandler(FileHandler):
    """GET /assets/<hashed name>."""

    async def get(self, name: str) -> None:
        """A third-party file of the manifest."""
        await self.send_file(self.web.files.assets.get(name), immutable=True)


class StaticHandler(FileHandler):
    """GET /static/<version>/<path>."""

    async def get(self, version: str, name: str) -> None:
        """One of our own files; a version that is not this one's is served, but not to be kept."""
        await self.send_file(self.web.files.static.get(name), immutable=version == self.web.files.version)
