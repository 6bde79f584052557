"""A PostgreSQL server of the tests' own, in the memory file system where there is room."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.cli.bench.postgresql import served

ROOM_BYTES = 2 << 30
SETTINGS = {"listen_addresses": "''", "fsync": "on", "max_connections": "60", "shared_buffers": "64MB"}


@contextmanager
def cluster() -> Iterator[str]:
    """Start a server for as long as the context lasts; a URL with {name} in place of the database. ZcError if neither
    the machine nor the wheel has a PostgreSQL that starts."""
    folder = Path(tempfile.mkdtemp(prefix="zc-pg-", dir=_roomy_memory()))
    try:
        with served(folder, SETTINGS) as url:
            yield url
    finally:
        shutil.rmtree(folder)


def _roomy_memory() -> Path | None:
    """The memory file system, where a sync costs nothing; None, the usual place, where it is missing or small."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM_BYTES
    return memory if roomy else None
