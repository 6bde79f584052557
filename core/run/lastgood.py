"""The copy of the declarations that were last activated, to start from when the files on disk are bad."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from core.run.home import Home

PARTS = ("config", "interfaces", "plugins")


def folder(home: Home) -> Path:
    """Where the copy is kept."""
    return home.data / "last_good"


def keep(home: Home, unchanged: Callable[[], bool]) -> None:
    """Replace the copy by what is on disk, if `unchanged` still says so when it is copied; the old copy stands until
    the new one is whole."""
    fresh = home.data / "last_good.new"
    stale = home.data / "last_good.old"
    for leftover in (fresh, stale):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh.mkdir(parents=True, mode=0o700)
    for part in PARTS:
        if (home.root / part).is_dir() and not (part == "plugins" and _is_shipped(home)):
            shutil.copytree(home.root / part, fresh / part, ignore=shutil.ignore_patterns("__pycache__"))
    if not unchanged():
        shutil.rmtree(fresh)
        return
    if folder(home).exists():
        folder(home).rename(stale)
    fresh.rename(folder(home))
    shutil.rmtree(stale, ignore_errors=True)


def available(home: Home) -> Home | None:
    """The copy as a home to read declarations from; None where none was ever kept."""
    copy = folder(home)
    if not copy.is_dir():
        copy = home.data / "last_good.old"
    return Home(copy, home.root) if (copy / "config" / "site.yaml").is_file() else None


def _is_shipped(home: Home) -> bool:
    """Whether the home's plugins/ are the built-in ones, which need no copy (the checkout as a home)."""
    return len(home.plugin_roots) > 0 and (home.root / "plugins").resolve() == home.plugin_roots[0].resolve()
