"""What a home keeps in files beside its store: copied into a backup with the SHA-256 of each, and back again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from core import api

from .manifest import FILES, digest, wrong_copies
from .phrase import phrase

KEPT = ("reports",)
"""Folders below data whose files cannot be made again: what was sent out, as it was sent."""


def copy_files(home: Path, backup: Path) -> dict[str, str]:
    """Copy them into a backup: {path below data: SHA-256 of what was there}. Copied after the tables, so that each
    version that the tables know has its files."""
    said = {}
    for file in _files(home / "data"):
        path = file.relative_to(home / "data")
        said[path.as_posix()] = digest(file)
        _copy(file, backup / FILES / path)
    return said


def put_back(backup: Path, said: Mapping[str, str], data: Path) -> None:
    """Copy the files of a backup into the folder `data` of a restored home, and compare them there. ZcError where one
    is not what the manifest says."""
    for path in said:
        _copy(backup / FILES / path, data / path)
    wrong = wrong_copies(data, said)
    if wrong:
        what = phrase("the restored files are not those of the backup: {why}", why="; ".join(wrong))
        raise api.ZcError(what, phrase("Look whether the disk is sound, then restore again."))


def _files(data: Path) -> Iterator[Path]:
    """The files that are kept, in order; what begins with a dot is under way."""
    for folder in KEPT:
        for file in sorted((data / folder).rglob("*")):
            hidden = any(part.startswith(".") for part in file.relative_to(data).parts)
            if file.is_file() and not hidden:
                yield file


def _copy(file: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with file.open("rb") as source, os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as copy:
        shutil.copyfileobj(source, copy)
        copy.flush()
        os.fsync(copy.fileno())
