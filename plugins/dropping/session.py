"""One FTP session: when an upload counts as complete."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyftpdlib.handlers import FTPHandler, TLS_FTPHandler

from .accounts import Authorizer
from .folder import DropFolder, UnderWay, is_unfinished

Arrived = Callable[[str, str, bool], None]
"""Hears of a partner, a path and whether it is sure that the upload is whole."""

COMMANDS_LEFT_OUT = ("STOU", "APPE", "MFMT", "DELE", "RMD", "XRMD", "SITE CHMOD")


class Drops:
    """A session that hands on what is uploaded. A sender that dies in mid-upload closes its connections just as one
    that has sent all does, so a file is sure only if the sender then says something, or stays for a while."""

    authorizer: Authorizer
    arrived: Arrived
    under_way: UnderWay
    settle_s: float

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._pending: list[str] = []
        self._partner = ""
        super().__init__(*arguments, **named)

    def on_login(self, appid: str) -> None:
        """Speak the account's character set, in its own folder."""
        account = self.authorizer.account_of(appid)
        self._partner = account.partner
        self.encoding = account.charset
        self.fs.account, self.fs.under_way = account, self.under_way

    def on_file_received(self, file: str) -> None:
        """The data connection ended in order."""
        if is_unfinished(file):
            self.under_way.discard(file)
            return
        self._pending.append(file)
        self.ioloop.call_later(self.settle_s, self._settled, file, _errback=self.handle_error)

    def on_incomplete_file_received(self, file: str) -> None:
        """The upload broke off: what came of it is not kept."""
        Path(file).unlink(missing_ok=True)
        self.under_way.discard(file)

    def pre_process_command(self, line: str, cmd: str, arg: str) -> None:
        """A sender that goes on speaking has sent all of what it sent before."""
        self._hand_on(sure=True)
        super().pre_process_command(line, cmd, arg)

    def on_disconnect(self) -> None:
        """A sender that left without a word may have died."""
        self._hand_on(sure=False)

    def ftp_RNTO(self, path: str) -> tuple[str, str] | None:  # noqa: N802 - pyftpdlib's name
        """A file that gets its last name is whole."""
        renamed: tuple[str, str] | None = super().ftp_RNTO(path)
        if renamed is not None and not is_unfinished(path):
            self.arrived(self._partner, path, True)
        return renamed

    def _settled(self, file: str) -> None:
        if file in self._pending and not self._closed:
            self._hand_on(sure=True)

    def _hand_on(self, sure: bool) -> None:
        files, self._pending = self._pending, []
        for file in files:
            self.under_way.discard(file)
            self.arrived(self._partner, file, sure)


class PlainSession(Drops, FTPHandler):  # type: ignore[misc]  # pyftpdlib has no types
    """A session without TLS."""

    proto_cmds = {name: said for name, said in FTPHandler.proto_cmds.items() if name not in COMMANDS_LEFT_OUT}
    abstracted_fs = DropFolder


class TlsSession(Drops, TLS_FTPHandler):  # type: ignore[misc]  # pyftpdlib has no types
    """A session that may be encrypted, or must be."""

    proto_cmds = {name: said for name, said in TLS_FTPHandler.proto_cmds.items() if name not in COMMANDS_LEFT_OUT}
    abstracted_fs = DropFolder
    use_sendfile = False  # it would pass the encryption by
