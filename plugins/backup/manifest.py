"""A backup on disk: a folder with tables, declarations, kept files, a manifest of counts and hashes, its own hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import api

from .phrase import phrase

MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
DECLARATIONS = "declarations.tar.gz"
TABLES = "tables"
FILES = "files"
FORMAT = 1


@dataclass(frozen=True)
class Backup:
    """One finished backup."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """Its name: the local time it was begun."""
        return self.folder.name

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """{table: {rows, sha256, content}}."""
        tables: dict[str, dict[str, Any]] = self.manifest["tables"]
        return tables

    @property
    def files(self) -> dict[str, str]:
        """{path below the home's data: SHA-256} of the files in it; none in a backup of an older version."""
        files: dict[str, str] = self.manifest.get("files", {})
        return files

    @property
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(int(table["rows"]) for table in self.tables.values())

    def wrong(self) -> list[str]:
        """Every file that is not what was written, in words; the manifest was compared when it was opened."""
        wrong = api.wrong_files(self.folder / TABLES, self.tables)
        if digest(self.folder / DECLARATIONS) != self.manifest["declarations"]:
            wrong.append(f"{DECLARATIONS} is not what was written")
        return wrong + wrong_copies(self.folder / FILES, self.files)


def wrong_copies(folder: Path, files: Mapping[str, str]) -> list[str]:
    """Every file below a folder that is not what it was, in words. ZcError where a path leads out of the folder."""
    for path in files:
        if not (folder / path).resolve().is_relative_to(folder.resolve()):
            raise api.ZcError(
                phrase("{path} leads out of the backup", path=path), phrase("Use another: zc backup list")
            )
    return [f"{path} is not what was written" for path, sha256 in files.items() if digest(folder / path) != sha256]


def open_backup(folder: Path) -> Backup:
    """The backup in a folder. ZcError where it is none, or its manifest is not what was written."""
    try:
        text = (folder / MANIFEST).read_bytes()
    except OSError:
        what = phrase("{folder} is no backup: it has no {file}", folder=folder, file=MANIFEST)
        raise api.ZcError(what, phrase("See: zc backup list")) from None
    if _seal_in(folder) != _seal_of(text):
        why = phrase("{file} or {seal} is not what was written", file=MANIFEST, seal=SEAL)
        what = phrase("backup {name} is damaged: {why}", name=folder.name, why=why)
        raise api.ZcError(what, phrase("Use another: zc backup list"))
    manifest = json.loads(text)
    if manifest["format"] != FORMAT:
        what = phrase("{folder} was made by another version of zc", folder=folder)
        raise api.ZcError(what, phrase("Restore it with that version."))
    return Backup(folder, manifest)


def seal(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest and its hash."""
    text = (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()
    (folder / MANIFEST).write_bytes(text)
    (folder / SEAL).write_bytes(_seal_of(text))


def _seal_of(text: bytes) -> bytes:
    return f"{hashlib.sha256(text).hexdigest()}\n".encode()


def _seal_in(folder: Path) -> bytes:
    try:
        return (folder / SEAL).read_bytes()
    except OSError:
        return b""


def digest(file: Path) -> str:
    """sha256 of a file, hexadecimal; empty where it cannot be read."""
    try:
        with file.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return ""
