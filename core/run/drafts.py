"""Texts of declarations that somebody is working on: which files they may be, and what a home would be with them."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.declare import loader
from core.declare.folders import ID
from core.declare.kind import Kind
from core.declare.library import Cache
from core.declare.problem import ZcError
from core.declare.sources import FILE_BYTES
from core.run.home import Home
from core.run.words import Conflict, NotFound, said

SITE = "config/site.yaml"
SECRETS = "config/secrets.yaml"
FOLDERS = ("config", "interfaces")
MOST = 50  # files at once


@dataclass(frozen=True)
class Draft:
    """A text for one file of a home, or None to take the file away. `base` is the digest of the text that it was made
    from, empty where there was no file."""

    path: str
    text: str | None
    base: str


@dataclass(frozen=True)
class Desk:
    """Where drafts are laid over a home, one set at a time; its cache makes the next look quick."""

    home: Home
    cache: Cache = field(default_factory=Cache)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def laid(self, drafts: Iterable[Draft]) -> Iterator[Home]:
        """The home as it would be with the drafts: a copy of its declarations that is gone afterwards."""
        copy = self.home.data / "draft"
        with self.lock:
            shutil.rmtree(copy, ignore_errors=True)
            try:
                copy.mkdir(parents=True, mode=0o700)
                _copy(self.home.root, copy)
                for draft in drafts:
                    put(copy / draft.path, draft.text)
                yield Home(copy, self.home.root)
            finally:
                shutil.rmtree(copy, ignore_errors=True)


def _copy(home: Path, copy: Path) -> None:
    """The declarations of a home; what no draft can change is linked, secrets above all."""
    for name in FOLDERS:
        if (home / name).is_dir():
            apart = shutil.ignore_patterns("secrets.yaml", "__pycache__", ".*")
            shutil.copytree(home / name, copy / name, ignore=apart, ignore_dangling_symlinks=True)
    for name in (SECRETS, "plugins"):
        if (home / name).exists():
            (copy / name).symlink_to((home / name).resolve())


def declared(path: str, kinds: Mapping[str, Kind]) -> tuple[str, str]:
    """Kind and id of a file of a home that may be edited: site.yaml, and declarations under config/ and interfaces/.
    NotFound for any other path, however it is written."""
    if path == SITE:
        return "site", "site"
    folder, _, name = path.rpartition("/")
    there = [kind for kind in kinds.values() if not kind.single and kind.home == folder and kind.sound]
    kind = next((kind for kind in sorted(there, key=lambda k: -len(k.suffix)) if name.endswith(kind.suffix)), None)
    id_ = name.removesuffix(kind.suffix) if kind else ""
    if kind is None or folder.split("/")[0] not in FOLDERS or not ID.fullmatch(id_):
        raise NotFound(said("unknown_file", path=path[:200]))
    return kind.name, id_


def file_of(home: Home, path: str, kinds: Mapping[str, Kind]) -> Path:
    """The file of a home that may be edited under that path. NotFound where the path is no such file's, or leads out
    of the home through a link."""
    declared(path, kinds)
    file = home.root / path
    if not file.resolve().is_relative_to(home.root.resolve()):
        raise NotFound(said("unknown_file", path=path))
    return file


def drafts_of(changes: Any, kinds: Mapping[str, Kind]) -> list[Draft]:
    """What came as [{path, text, base}]. ZcError where it is not that, NotFound for a path that may not be edited."""
    if not isinstance(changes, list) or not 1 <= len(changes) <= MOST:
        raise ZcError(said("bad_changes", most=MOST))
    drafts = [_draft(one) for one in changes]
    for draft in drafts:
        declared(draft.path, kinds)
    if len({draft.path for draft in drafts}) != len(drafts):
        raise ZcError(said("bad_changes", most=MOST))
    return drafts


def _draft(said_: Any) -> Draft:
    if not isinstance(said_, Mapping) or set(said_) != {"path", "text", "base"}:
        raise ZcError(said("bad_changes", most=MOST))
    path, text, base = said_["path"], said_["text"], said_["base"]
    if not isinstance(path, str) or not isinstance(base, str) or not isinstance(text, str | None):
        raise ZcError(said("bad_changes", most=MOST))
    if text is not None and len(encoded(text)) > FILE_BYTES:
        raise ZcError(said("file_large", path=path[:200]))
    return Draft(path, text, base)


def encoded(text: str) -> bytes:
    """The bytes of a text. ZcError where it holds what no file can."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise ZcError(said("file_not_text")) from None


def text_of(file: Path) -> str | None:
    """What a file says, None where there is none; bytes that are not UTF-8 are shown as such."""
    try:
        return file.read_bytes().decode(errors="replace")
    except FileNotFoundError:
        return None


def digest_of(file: Path) -> str:
    """The digest of what a file says, empty where there is none."""
    try:
        return loader.digest(file.read_bytes())
    except FileNotFoundError:
        return ""


def require_unchanged(home: Home, drafts: Sequence[Draft], kinds: Mapping[str, Kind]) -> None:
    """Conflict where a file is no longer what its draft was made from."""
    changed = [draft.path for draft in drafts if digest_of(file_of(home, draft.path, kinds)) != draft.base]
    if changed:
        raise Conflict(said("file_changed", paths="、".join(changed)))


def put(file: Path, text: str | None) -> None:
    """Have a file say that, or be gone; whoever reads it meanwhile finds the old text or the new one, whole. OSError
    where the disk does not take it; then the file is as it was."""
    if text is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")  # a hidden file is nobody's declaration
    try:
        with fresh.open("wb") as handle:
            handle.write(encoded(text))
            handle.flush()
            os.fsync(handle.fileno())
        if file.exists():
            shutil.copymode(file, fresh)
        fresh.replace(file)
    except OSError:
        with suppress(OSError):
            fresh.unlink()
        raise
