"""sftp_pull: each file of a partner's SFTP server once, from a server whose key is known."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import asyncssh

from core import api

from .phrase import phrase
from .remote import Found, Remote, connected

OF_ITS_FILE = frozenset({"name", "stem"})


@dataclass(frozen=True)
class SftpPull:
    """What an interface says under pull, compiled."""

    said: Mapping[str, Any]
    files: api.FileName
    host_key: asyncssh.SSHKey

    def __call__(self, door: api.PullDoor) -> Generator[api.Pulled, api.Taken, None]:
        """Take what is new and whole, the oldest first."""
        host, user = self.said["host"], self.said["user"]
        with asyncio.Runner() as runner:
            try:
                remote = runner.run(connected(self.said, self.host_key, door))
                try:
                    yield from Visit(self, remote, runner.run, door).take()
                finally:
                    runner.run(remote.close())
            except asyncssh.HostKeyNotVerifiable as error:
                mend = phrase(
                    "Ask its administrator whether the key changed; until then somebody else may be answering."
                )
                raise api.PullFailed(
                    phrase("{host} shows another host key than the declared one", host=host), mend
                ) from error
            except asyncssh.PermissionDenied as error:
                mend = phrase("See user, password or key with its administrator.")
                raise api.PullFailed(
                    phrase("{host} refuses the login of {user}", host=host, user=user), mend
                ) from error
            except (OSError, asyncssh.Error) as error:
                why = getattr(error, "reason", "") or getattr(error, "strerror", "") or type(error).__name__
                raise api.PullFailed(
                    phrase("{host}: {why}", host=host, why=why), phrase("See the address, the port and the folders.")
                ) from error


@dataclass(frozen=True)
class Visit:
    """One pull, with its session open. A file's mark is its size and time."""

    pull: SftpPull
    remote: Remote
    run: Callable[[Coroutine[Any, Any, Any]], Any]
    door: api.PullDoor

    def take(self) -> Generator[api.Pulled, api.Taken, None]:
        """File after file: its body, then its mark, then where it goes."""
        there: dict[str, Found] = self.run(self.remote.listed(self.pull.files))
        known = self.door.marks.under(self._place)
        self.door.marks.drop([name for name in known if name.removeprefix(self._place) not in there])
        taken = {found.path for found in there.values() if known.get(self._place + found.path) == found.mark}
        for found in self._whole(there, taken):
            if found.path not in taken:
                body = self._read(found)
                if body is None:
                    continue
                yield api.Pulled(found.path, body)
                self.door.marks.put(self._place + found.path, found.mark)
            if self.pull.said["after"] != "leave":
                self.run(self.remote.put_away(found, self._sign_of(found)))
                self.door.marks.drop([self._place + found.path])

    @property
    def _place(self) -> str:
        said = self.pull.said
        return f"{said['host']}:{said['port']}/{said['folder']}/"

    def _read(self, found: Found) -> bytes | None:
        """What it holds; None where it cannot be taken now."""
        if found.size > self.door.body_bytes:
            self.door.tell(f"{found.path}: left there, its {found.size} bytes are more than intake.body_mib allows")
            return None
        body: bytes | None = self.run(self.remote.read(found))
        if body is None:
            self.door.tell(f"{found.path}: left for the next time, it changed while it was read")
        return body

    def _whole(self, there: Mapping[str, Found], taken: set[str]) -> list[Found]:
        """Files to take, and taken ones that could not be put away, by time."""
        leaves = self.pull.said["after"] == "leave"
        files = [found for found in there.values() if not (leaves and found.path in taken)]
        if "whole" in self.pull.said:
            beside: set[str] = self.run(self.remote.beside(files))
            files = [found for found in files if self._sign_of(found) in beside]
        elif any(found.path not in taken for found in files):
            self.door.wait(self.pull.said["steady_s"])
            again: dict[str, Found] = self.run(self.remote.listed(self.pull.files))
            files = [found for found in files if again.get(found.path) == found]
        return sorted(files, key=lambda found: (found.changed_s, found.path))

    def _sign_of(self, found: Found) -> str | None:
        """The path of the file that says that this one is whole."""
        if "whole" not in self.pull.said:
            return None
        file = PurePosixPath(found.path)
        return str(file.with_name(self.pull.said["whole"].format_map({"name": file.name, "stem": file.stem})))


def compile_sftp(declaration: api.Declaration) -> tuple[api.Fetch | None, list[api.Problem]]:
    """The pull of a declaration, and what is wrong with it."""
    said, problems = declaration.data["pull"], []
    files, host_key = None, None

    def wrong(key: str, what: str, mend: str) -> None:
        problems.append(declaration.problem("ZC346", "pull", key, what=what, mend=mend))

    if "password" not in said and "key" not in said:
        wrong(
            "user",
            phrase("nothing says how the user proves itself"),
            phrase("add password or key, the name of a secret"),
        )
    try:
        files = api.FileName.parsed(said["files"])
    except ValueError as error:
        wrong("files", error.args[0], phrase("mend the pattern"))
    if (fault := _sign_fault(said.get("whole"))) is not None:
        wrong("whole", fault, phrase("write a name such as {{name}}.ok"))
    try:
        host_key = asyncssh.import_public_key(said["host_key"])
    except asyncssh.KeyImportError:
        wrong(
            "host_key",
            phrase("this is no public key"),
            phrase("write the whole line that the server's administrator gives"),
        )
    if problems or files is None or host_key is None:
        return None, problems
    return SftpPull(said, files, host_key), []


def _sign_fault(text: str | None) -> str | None:
    """What is wrong with the name of a file that says that another is whole."""
    try:
        names = api.FileName.parsed(text).names if text is not None else ("name",)
    except ValueError as error:
        fault: str = error.args[0]
        return fault
    return None if names and OF_ITS_FILE.issuperset(names) else phrase("it must tell its file by {{name}} or {{stem}}")
