"""A backup on disk: a folder with the tables, the declarations, a manifest of counts and hashes, and its own hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import api

MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
DECLARATIONS = "declarations.tar.gz"
TABLES = "tables"
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
    def rows(self) -> int:
        """Rows of all tables together."""
        return sum(int(table["rows"]) for table in self.tables.values())

    def wrong(self) -> list[str]:
        """Every file that is not what was written, in words; the manifest itself first."""
        if seal_of(self.folder) != digest(self.folder / MANIFEST):
            return [f"{MANIFEST} is not what was written"]
        wrong = api.wrong_files(self.folder / TABLES, self.tables)
        if digest(self.folder / DECLARATIONS) != self.manifest["declarations"]:
            wrong.append(f"{DECLARATIONS} is not what was written")
        return wrong


def open_backup(folder: Path) -> Backup:
    """The backup in a folder. ZcError where it is none, or its manifest cannot be read."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        known = manifest["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError):
        raise api.ZcError(f"{folder} is no backup, or its manifest is damaged", "See: zc backup list") from None
    if not known:
        raise api.ZcError(f"{folder} was made by another version of zc", "Restore it with that version.")
    return Backup(folder, manifest)


def seal(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest and its hash."""
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    (folder / SEAL).write_text(digest(folder / MANIFEST) + "\n", encoding="utf-8")


def seal_of(folder: Path) -> str:
    """The hash that the manifest should have."""
    try:
        return (folder / SEAL).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def digest(file: Path) -> str:
    """sha256 of a file, hexadecimal; empty where it cannot be read."""
    try:
        with file.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return ""
