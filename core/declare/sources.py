"""The files of one read: each is read once, parsed through the cache, and counted into the digest."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

from core.declare import loader
from core.declare.cache import Cache
from core.declare.declaration import Document
from core.declare.problem import Place, Problem, problem

FILE_BYTES = 1 << 20


class Sources:
    """Reads files for one Reading and keeps their problems, their real paths and their digests."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self.problems: list[Problem] = []
        self.files: dict[str, Path] = {}
        self._digests: dict[str, str] = {}

    def document(self, shown: str, path: Path) -> Document | None:
        """The document in `path`, shown under the name `shown`; None once its problems are noted."""
        data = self.data(shown, path)
        if data is None:
            return None
        key = ("document", shown, self._digests[shown])
        document, problems = self.cache.remember(key, lambda: loader.load(shown, data))
        self.problems += problems
        return document

    def data(self, shown: str, path: Path) -> bytes | None:
        """The bytes of a file of at most 1 MiB; None once its problem is noted."""
        self.files[shown] = path
        try:
            size_bytes = path.stat().st_size
            if size_bytes > FILE_BYTES:
                too_large = problem("ZC113", Place(shown), size_kib=size_bytes // 1024, bound_kib=FILE_BYTES // 1024)
                self.problems.append(too_large)
                self._digests[shown] = f"{size_bytes} bytes"
                return None
            data = path.read_bytes()
        except OSError as error:
            self.problems.append(problem("ZC101", Place(shown), reason=error.strerror or type(error).__name__))
            self._digests[shown] = "unread"
            return None
        self._digests[shown] = loader.digest(data)
        return data

    def digest_of_file(self, shown: str, path: Path) -> str:
        """The digest of a file that is not parsed."""
        self.data(shown, path)
        return self._digests[shown]

    def digest(self) -> str:
        """One digest over the names and contents of all files read."""
        return loader.digest("\n".join(f"{name} {self._digests[name]}" for name in sorted(self._digests)).encode())


def digest_of(home: Path, plugin_roots: Iterable[Path]) -> str:
    """A cheap digest of everything a read could see: names, sizes and times of change, no contents. Never raises."""
    state = blake2b(digest_size=16)
    for folder in (home / "config", home / "interfaces", home / "plugins", *plugin_roots):
        for entry in _walk(folder):
            try:
                found = entry.stat()
            except OSError:
                continue  # gone since it was listed; the next look tells
            state.update(f"{entry.path}\0{found.st_mtime_ns}\0{found.st_size}\0{found.st_mode}\n".encode())
    return state.hexdigest()


def _walk(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path)
        else:
            yield entry
