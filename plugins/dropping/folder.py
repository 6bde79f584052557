"""A partner's folder as FTP sees it: nothing is overwritten or resumed, sizes are bounded, names are sane."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path
from typing import Any, BinaryIO

from pyftpdlib.exceptions import FilesystemError
from pyftpdlib.filesystems import AbstractedFS

from .accounts import Account

UNFINISHED = (".tmp", ".part", ".filepart", ".partial")
STRANGE = frozenset("\\\ufffd") | {chr(code) for code in (*range(32), 127)}


def is_unfinished(path: str) -> bool:
    """Whether the name says that the file is still being sent."""
    return path.lower().endswith(UNFINISHED)


def size_of(folder: Path) -> int:
    """Bytes in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


class UnderWay:
    """Files that are being sent or whose end is not sure yet; nobody else touches them. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._paths: set[str] = set()

    def add(self, path: str) -> None:
        """A file is begun."""
        with self._lock:
            self._paths.add(path)

    def discard(self, path: str) -> None:
        """A file is whole, or given up."""
        with self._lock:
            self._paths.discard(path)

    def __contains__(self, path: str) -> bool:
        return path in self._paths


class Counted:
    """An open file that refuses to grow beyond `most` bytes; what pyftpdlib writes to."""

    def __init__(self, file: BinaryIO, most: int) -> None:
        self._file = file
        self._left = most
        self.name = file.name

    def write(self, chunk: bytes) -> int:
        """Write on; OSError where the bound is passed."""
        self._left -= len(chunk)
        if self._left < 0:
            raise OSError(errno.EDQUOT, "The file is too large, or the folder is full")
        return self._file.write(chunk)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class DropFolder(AbstractedFS):  # type: ignore[misc]  # pyftpdlib has no types
    """What a session may do in its partner's folder. `account` and `under_way` are set at login."""

    account: Account
    under_way: UnderWay

    def open(self, filename: str, mode: str) -> Any:
        """Open a file to read, or a new one to write."""
        if mode == "rb":
            return super().open(filename, mode)
        if mode != "wb":
            raise FilesystemError("Files are not resumed; send it again from the beginning.")
        self._require_name(filename)
        if os.path.lexists(filename) and not is_unfinished(filename):
            raise FilesystemError("File exists.")
        left = self.account.quota - size_of(Path(self.root))
        if left <= 0:
            raise FilesystemError("The folder is full; wait until its files are taken.")
        self.under_way.add(filename)
        try:
            return Counted(super().open(filename, mode), min(left, self.account.file_most))
        except OSError:
            self.under_way.discard(filename)
            raise

    def mkdir(self, path: str) -> None:
        """Make a folder."""
        self._require_name(path)
        super().mkdir(path)

    def rename(self, src: str, dst: str) -> None:
        """Rename a file to a name that is free."""
        self._require_name(dst)
        if Path(src).is_dir():
            raise FilesystemError("Folders are not renamed.")
        if os.path.lexists(dst):
            raise FilesystemError("File exists.")
        super().rename(src, dst)

    def chdir(self, path: str) -> None:
        """Change the session's folder. The process stays where it is: it has other threads."""
        if not Path(path).is_dir():
            raise FilesystemError("No such folder.")
        self.cwd = self.fs2ftp(path)

    @staticmethod
    def _require_name(path: str) -> None:
        if STRANGE.intersection(path):
            raise FilesystemError("The name has characters that cannot be kept, or is in another character set.")
