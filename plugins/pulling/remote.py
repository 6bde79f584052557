"""A folder of an SFTP server: what lies there, what a file holds, and where a taken one goes."""

from __future__ import annotations

import asyncio
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import asyncssh

from core import api

from .phrase import phrase

MOST_ENTRIES = 200_000
CLOSE_S = 5
FOLDER, FILE = asyncssh.FILEXFER_TYPE_DIRECTORY, asyncssh.FILEXFER_TYPE_REGULAR
UNFINISHED = (".tmp", ".part", ".filepart", ".partial")


@dataclass(frozen=True)
class Found:
    """A file below the folder: bytes, and when it was last changed, seconds since 1970 by the server's clock."""

    path: str
    size: int
    changed_s: int

    @property
    def mark(self) -> list[int]:
        """What tells it from another file of that name."""
        return [self.size, self.changed_s]


@dataclass
class Remote:
    """An open session."""

    connection: asyncssh.SSHClientConnection
    session: asyncssh.SFTPClient
    said: Mapping[str, Any]
    folder: str

    async def listed(self, files: api.FileName) -> dict[str, Found]:
        """The files of that pattern by path. No link is followed."""
        folders, seen = [""], 0
        for _ in range(files.text.count("/")):
            entries = [(folder, entry) for folder in folders for entry in await self._entries(folder)]
            folders = [f"{folder}{entry.filename}/" for folder, entry in entries if self._is_inner(folder, entry)]
            seen = _bounded(seen + len(entries), self.folder)
        found: dict[str, Found] = {}
        for folder in folders:
            for entry in await self._entries(folder):
                path = f"{folder}{entry.filename}"
                if entry.attrs.type == FILE and files.read(path) is not None and not path.endswith(UNFINISHED):
                    found[path] = Found(path, int(entry.attrs.size or 0), int(entry.attrs.mtime or 0))
            _bounded(seen + len(found), self.folder)
        return found

    async def beside(self, files: Iterable[Found]) -> set[str]:
        """Paths of all that lies in the folders of these files."""
        folders = {found.path.rpartition("/")[0] for found in files}
        return {
            f"{folder}/{entry.filename}".lstrip("/")
            for folder in folders
            for entry in await self._entries(f"{folder}/" if folder else "")
        }

    async def read(self, found: Found) -> bytes | None:
        """What a file holds; None where that is not as much as was found, since it is being changed."""
        async with asyncio.timeout(self.said["timeout_s"]):
            async with self.session.open(self._place(found.path), "rb") as file:
                body = await file.read(found.size + 1)
            attrs = await self.session.stat(self._place(found.path))
        same = (attrs.size, int(attrs.mtime or 0)) == (found.size, found.changed_s)
        return body if len(body) == found.size and same else None

    async def put_away(self, found: Found, sign: str | None) -> None:
        """What is declared of taken files, for a file and the one that says that it is whole."""
        for path in (found.path, sign):
            if path is not None:
                async with asyncio.timeout(self.said["timeout_s"]):
                    await self._put_away(path, f"{found.changed_s}-{found.size}")

    async def _put_away(self, path: str, mark: str) -> None:
        """One of the same name in the folder of taken files stays beside it."""
        here = self._place(path)
        if self.said["after"] == "delete":
            await self.session.remove(here)
            return
        there = f"{self._place(self.said['move_to'])}/{PurePosixPath(path).name}"
        await self.session.rename(here, f"{there}.{mark}" if await self.session.exists(there) else there)

    async def close(self) -> None:
        """End the session."""
        self.session.exit()
        self.connection.close()
        try:
            async with asyncio.timeout(CLOSE_S):
                await self.connection.wait_closed()
        except TimeoutError:
            self.connection.abort()

    async def _entries(self, folder: str) -> list[asyncssh.SFTPName]:
        async with asyncio.timeout(self.said["timeout_s"]):
            entries = await self.session.readdir(self._place(folder))
        return [entry for entry in entries if entry.filename not in (".", "..") and "/" not in str(entry.filename)]

    def _is_inner(self, folder: str, entry: asyncssh.SFTPName) -> bool:
        """Whether it is a folder to look into; that of taken files is none."""
        taken = self._place(self.said["move_to"]) if self.said["after"] == "move" else ""
        return entry.attrs.type == FOLDER and self._place(f"{folder}{entry.filename}") != taken

    def _place(self, path: str) -> str:
        """The whole path of one below the folder, or of one that begins with a slash."""
        return posixpath.normpath(posixpath.join(self.folder, path))


def _bounded(number: int, folder: str) -> int:
    """The number, where a folder has no more entries than can be looked at; else PullFailed."""
    if number > MOST_ENTRIES:
        mend = phrase("Let taken files be moved or deleted, or pull a smaller folder.")
        raise api.PullFailed(
            phrase("more than {count} entries lie in {folder}", count=MOST_ENTRIES, folder=folder), mend
        )
    return number


async def connected(said: Mapping[str, Any], host_key: asyncssh.SSHKey, door: api.PullDoor) -> Remote:
    """A session with the declared server. Nothing of the machine's own SSH files or agent is used."""
    if "key" in said:
        try:
            keys = [asyncssh.import_private_key(door.secret(said["key"]))]
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            mend = phrase("Put the whole PEM or OpenSSH text there, without a passphrase.")
            raise api.PullFailed(
                phrase("the secret {key} is no private key that can be read", key=said["key"]), mend
            ) from error
        proof: dict[str, Any] = {"client_keys": keys, "preferred_auth": "publickey"}
    else:
        methods = "password,keyboard-interactive"
        proof = {"client_keys": None, "password": door.secret(said["password"]), "preferred_auth": methods}
    async with asyncio.timeout(said["timeout_s"]):
        connection = await asyncssh.connect(
            said["host"],
            said["port"],
            username=said["user"],
            known_hosts=([host_key], [], []),
            config=None,
            agent_path=None,
            gss_host=None,
            **proof,
        )
        try:
            session = await connection.start_sftp_client(path_encoding=said["names"])
            folder = str(await session.realpath(said["folder"]))
        except BaseException:
            connection.abort()
            raise
    return Remote(connection, session, said, folder)
