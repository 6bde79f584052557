"""A home: the folder with config/, interfaces/, plugins/, data/ and backups/ that one site lives in."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from core.declare.problem import ZcError

SOCKET_PATH_MAX = 100  # the kernel takes 107 bytes


def shipped_root() -> Path:
    """The folder that ships plugins/, config/ and interfaces/: the installed package's data, or the checkout."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "shipped"
    return shipped if shipped.is_dir() else package.parent


@dataclass(frozen=True)
class Home:
    """One home folder. Making the object touches nothing on disk."""

    root: Path
    original: Path | None = None  # of a copy of declarations: the root of the home that it serves

    @property
    def place(self) -> Path:
        """The home that plugins are told of: this one, or the one that this is a copy of."""
        return self.original or self.root

    @property
    def data(self) -> Path:
        """Where the server keeps what it makes: database, last good declarations, lock."""
        return self.root / "data"

    @property
    def backups(self) -> Path:
        """Default destination of backups."""
        return self.root / "backups"

    @property
    def plugin_roots(self) -> list[Path]:
        """Folders that hold plugin folders: built in, the city's own, and those of pip packages."""
        own = [root for root in (self.root / "plugins",) if root.is_dir()]
        shipped = shipped_root() / "plugins"
        roots = [shipped, *(root for root in own if root.resolve() != shipped.resolve())]
        return roots + [folder for folder in map(_folder_of, entry_points(group="zc.plugins")) if folder]

    @property
    def socket(self) -> Path:
        """The admin door's unix socket; beside the data, or in a private temporary folder where the path is long."""
        path = self.data / "admin.sock"
        if len(os.fsencode(path)) <= SOCKET_PATH_MAX:
            return path
        name = hashlib.sha256(os.fsencode(self.root.resolve())).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"zc-{os.getuid()}-{name}" / "admin.sock"

    @property
    def is_made(self) -> bool:
        """Whether this is a home: it has a site.yaml, or had one when its declarations were last activated."""
        return (self.root / "config" / "site.yaml").is_file() or (self.data / "last_good").is_dir()

    def require(self) -> None:
        """Raise ZcError unless this is a home."""
        if not self.is_made:
            raise ZcError(f"{self.root} is not a home of zc: config/site.yaml is missing", "Make one with: zc init DIR")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the home: one process at a time opens its store for writing. ZcError where another does."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.data / "home.lock").open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise ZcError(
                    f"another zc process is using {self.root}",
                    "Wait for it, or stop it; a running server is reached through its admin door.",
                ) from None
            yield


def _folder_of(entry: object) -> Path | None:
    """The folder of a pip plugin, found without importing it."""
    spec = find_spec(str(getattr(entry, "value", "")).partition(":")[0])
    return Path(spec.origin).parent if spec is not None and spec.origin else None
