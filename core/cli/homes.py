"""Making a home: the shipped declarations copied, the plugins' demo rows loaded."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from core.cli.options import out
from core.declare.kind import core_kinds
from core.declare.problem import ZcError
from core.run.home import Home, shipped_root
from core.run.live import Platform

COPIED = ("config", "interfaces")

log = logging.getLogger("zc.init")


def make_home(home: Home, demo: bool) -> None:
    """Copy the shipped config/ and interfaces/ into an empty or new folder; make the folders that operators fill."""
    if home.root.exists() and any(home.root.iterdir()):
        raise ZcError(f"{home.root} is not empty", "Name a new folder; nothing was changed.")
    for part in COPIED:
        ignored = shutil.ignore_patterns("secrets.yaml", "__pycache__", ".*")
        shutil.copytree(shipped_root() / part, home.root / part, ignore=ignored)
    if demo:
        site = home.root / "config" / "site.yaml"
        site.write_text(site.read_text(encoding="utf-8").replace("demo: false", "demo: true"), encoding="utf-8")
    for kind in core_kinds().values():
        if not kind.single:
            (home.root / kind.home).mkdir(parents=True, exist_ok=True)
    for folder in (home.data, home.backups):
        folder.mkdir(mode=0o700)


def load_demo_rows(home: Home, quiet: bool = False) -> None:
    """Load every plugin's demo/*.csv, those first that others refer to."""
    with home.lock(), Platform.opened(home) as platform:
        for entity, file in platform.operate("demo_rows", log.debug):
            data = Path(file).read_bytes().hex()
            load = {"entity": entity, "name": "demo.csv", "data": data, "replace": False, "who": "init"}
            done = platform.operate("load", log.debug, **load)
            if not quiet:
                out.print(f"{entity}: {done['added']} demo rows", style="dim", markup=False)
            for row in done["refused"]:
                raise ZcError(f"demo rows of {entity}, line {row['line']}: {row['message']}")
