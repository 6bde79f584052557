"""The backup commands."""

from __future__ import annotations

import json
import os
import re
import shutil
import tarfile
import time
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from core import api

from .files import copy_files, put_back
from .manifest import DECLARATIONS, FORMAT, TABLES, Backup, digest, open_backup, seal
from .phrase import phrase

PARTS = ("config", "interfaces", "plugins", "migrations")
PARTIAL = ".partial"
NAME = re.compile(r"\d{8}-\d{6}(-\d+)?")
SHIPPED = Path(__file__).resolve().parents[1]
"""The folder of the plugins that come with zc: where it is the home's own, as in a checkout, it is not packed."""


def create(live: api.Live, note: str = "") -> dict[str, Any]:
    """Make one: {text, name, rows, bytes, seconds}."""
    began = time.monotonic()
    place = folder_of(live.home, live.settings)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    moment = datetime.now(live.zone)
    name = _free_name(place, f"{moment:%Y%m%d-%H%M%S}")
    building = place / f"{name}{PARTIAL}"
    building.mkdir(mode=0o700)
    (building / TABLES).mkdir()
    try:
        dumped = live.operate("store.dump", folder=str(building / TABLES))
        _pack(live.home, building / DECLARATIONS)
        files = copy_files(live.home, building)
        manifest = {
            "format": FORMAT,
            "name": name,
            "made_at": moment.isoformat(timespec="seconds"),
            "note": note,
            "zc_version": _version(),
            "declarations": digest(building / DECLARATIONS),
            "files": files,
            "key": key_fingerprint(live),
            **dumped,
        }
        seal(building, manifest)
        _require_whole(open_backup(building))
        _sync(building)
        building.rename(place / name)
        _sync(place)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    backup = open_backup(place / name)
    removed = _prune(place, live.settings["keep"])
    size, seconds = _size(backup.folder), round(time.monotonic() - began, 1)
    megabytes = f"{size / 1e6:.1f}"
    text = phrase(
        "backup {name}: {rows} rows, {megabytes} MB, {seconds} s",
        name=name,
        rows=f"{backup.rows:,}",
        megabytes=megabytes,
        seconds=seconds,
    )
    if removed:
        text = phrase("{text}; {count} old ones removed", text=text, count=len(removed))
    text = _with_key(text, manifest["key"], live.home)
    return {"text": text, "name": name, "rows": backup.rows, "bytes": size, "seconds": seconds}


def listed(live: api.Live) -> dict[str, Any]:
    """{text, backups: [{name, made_at, rows, bytes, note}]}, the newest first."""
    rows = [_row(folder) for folder in finished(folder_of(live.home, live.settings))]
    lines = [
        f"{row['name']}  {row['rows'] or 0:>12,} rows  {row['bytes'] / 1e6:>9.1f} MB  {row['note']}" for row in rows
    ]
    return {"text": "\n".join(lines) or "no backup yet; make one with: zc backup create", "backups": rows}


def _row(folder: Path) -> dict[str, Any]:
    """One line of the list; a damaged manifest is told in place of the note."""
    try:
        backup = open_backup(folder)
    except api.ZcError as error:
        return {"name": folder.name, "made_at": None, "rows": None, "bytes": _size(folder), "note": error.reason}
    manifest = backup.manifest
    return {
        "name": backup.name,
        "made_at": manifest["made_at"],
        "rows": backup.rows,
        "bytes": _size(folder),
        "note": manifest["note"],
    }


def verify(live: api.Live, name: str | None = None) -> dict[str, Any]:
    """Read every byte, restore to scratch, compare: {text, name, rows, seconds}. ZcError names what is wrong."""
    began = time.monotonic()
    backup = chosen(folder_of(live.home, live.settings), name)
    _require_whole(backup)
    api.prove_copy(backup.folder / TABLES, backup.tables, live.progress)
    seconds = round(time.monotonic() - began, 1)
    text = phrase(
        "backup {name} is good: {rows} rows restored to scratch and compared, {seconds} s",
        name=backup.name,
        rows=f"{backup.rows:,}",
        seconds=seconds,
    )
    return {"text": text, "name": backup.name, "rows": backup.rows, "seconds": seconds}


def restore(live: api.Live, source: str, into: str, store: str | None = None) -> dict[str, Any]:
    """Restore into a new home: {text, name, rows}. Nothing that is there already is touched."""
    target = Path(into).resolve()
    if target.exists() and any(target.iterdir()):
        raise api.ZcError(f"{target} is not empty", "Name a new folder; nothing was changed.")
    folder = Path(source) if Path(source).is_dir() else folder_of(live.home, live.settings) / source
    backup = open_backup(folder.resolve())
    _require_whole(backup)
    try:
        _unpack(backup.folder / DECLARATIONS, target)
        if store is not None:
            _name_store(target / "config" / "site.yaml", store)
        api.restore_copy(target, backup.folder / TABLES, backup.tables, live.progress)
        put_back(backup.folder, backup.files, target / "data")
    except BaseException:
        _clear(target)
        raise
    text = phrase(
        "backup {name} restored into {target}: {rows} rows, as the manifest says",
        name=backup.name,
        target=target,
        rows=f"{backup.rows:,}",
    )
    text = _with_key(text, backup.manifest.get("key", ""), target)
    return {"text": text, "name": backup.name, "rows": backup.rows}


def key_fingerprint(live: api.Live) -> str:
    """Which key file opens the signing keys in the store; empty where nothing was ever sealed. The file itself is not
    in the backup: whoever finds one shall not be able to sign."""
    fingerprint: str = live.operate("partner.key")["fingerprint"]
    return fingerprint


def _with_key(text: str, fingerprint: str, home: Path) -> str:
    """The text with what a person must know about the key file, where one is needed."""
    if not fingerprint:
        return text
    return phrase(
        "{text}; signing keys need the key file {file} ({fingerprint}), which no backup holds",
        text=text,
        file=home / "data" / "key",
        fingerprint=fingerprint,
    )


def folder_of(home: Path, settings: Mapping[str, Any]) -> Path:
    """Where backups are kept."""
    return home / str(settings["folder"])


def finished(place: Path) -> list[Path]:
    """The folders of all finished backups, the newest first, damaged ones among them; others' folders are not."""
    folders = sorted(place.iterdir(), reverse=True) if place.is_dir() else []
    return [folder for folder in folders if folder.is_dir() and NAME.fullmatch(folder.name)]


def chosen(place: Path, name: str | None) -> Backup:
    """The backup of that name, the newest where none is named. ZcError where there is none, or it is damaged."""
    if name is not None:
        return open_backup(place / name)
    folders = finished(place)
    if not folders:
        raise api.ZcError(phrase("there is no backup yet"), phrase("Make one with: zc backup create"))
    return open_backup(folders[0])


def _require_whole(backup: Backup) -> None:
    wrong = backup.wrong()
    if wrong:
        what = phrase("backup {name} is damaged: {why}", name=backup.name, why="; ".join(wrong))
        raise api.ZcError(what, phrase("Use another: zc backup list"))


def _prune(place: Path, keep: int) -> list[Path]:
    """Remove the oldest backups beyond `keep`; damaged ones stay for the search of the cause."""
    old = [folder for folder in finished(place) if _row(folder)["rows"] is not None][keep:]
    for folder in old:
        shutil.rmtree(folder)
    return old


def _pack(home: Path, file: Path) -> None:
    """The home's declarations, with its own plugins, as one archive that only the owner may read."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        with tarfile.open(fileobj=handle, mode="w:gz") as archive:
            for part in PARTS:
                if (home / part).is_dir() and (home / part).resolve() != SHIPPED:
                    archive.add(home / part, arcname=part, filter=_without_caches)
        handle.flush()
        os.fsync(handle.fileno())


def _without_caches(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if "__pycache__" in entry.name else entry


def _unpack(file: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with tarfile.open(file, "r:gz") as archive:
        archive.extractall(target, filter="data")
    secrets = target / "config" / "secrets.yaml"
    if secrets.exists():
        secrets.chmod(0o600)


def _name_store(site: Path, url: str) -> None:
    """Put the store's URL into site.yaml in place of the one that is there."""
    line = f"store: {json.dumps(url)}"
    text = site.read_text(encoding="utf-8")
    changed, found = re.subn(r"^store:.*$", lambda _: line, text, count=1, flags=re.MULTILINE)
    site.write_text(changed if found else f"{text}\n{line}\n", encoding="utf-8")


def _clear(folder: Path) -> None:
    """Take away what a restore that failed has put into the folder, which was empty."""
    for entry in folder.iterdir() if folder.is_dir() else ():
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _free_name(place: Path, name: str) -> str:
    """`name`, or with a number behind it where two are made within a second."""
    taken = {folder.name.removesuffix(PARTIAL) for folder in place.iterdir()}
    return next(
        free for number in range(len(taken) + 1) if (free := f"{name}-{number}" if number else name) not in taken
    )


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _sync(folder: Path) -> None:
    """Make the folder's entries durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _version() -> str:
    try:
        return version("zc-overload-control")
    except PackageNotFoundError:
        return "unknown"
