"""Edits that are not in force yet: looked at without touching the files, then put in force or left alone."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.declare.library import Cache
from core.run.build import Built, build
from core.run.home import Home

if TYPE_CHECKING:
    from core.run.live import Platform

PARTS = ("config", "interfaces")


def build_with(home: Home, changed: Mapping[str, str], skip_trials: bool = False) -> Built:
    """Build the home as if some of its files, by their path in it, had other texts. Touches nothing in force."""
    with _copied(home) as copy:
        for name, text in changed.items():
            write(copy.root / name, text)
        return build(copy, Cache(), skip_trials)


def put_in_force(platform: Platform, changed: Mapping[str, str], who: str, note: str) -> dict[str, Any]:
    """Write files of the home and reload: {activated, number, problems, changes}. Where there are errors nothing is
    written; where the reload refuses what the build took, the files are as they were."""
    built = build_with(platform.home, changed)
    if built.snapshot is None:
        return _refused(platform, [problem.as_dict() for problem in built.problems])
    before = {name: _text(platform.home.root / name) for name in changed}
    for name, text in changed.items():
        write(platform.home.root / name, text)
    done = platform.reload(who, note)
    problems = [problem.as_dict() for problem in done.problems]
    if not done.activated:
        for name, former in before.items():
            write(platform.home.root / name, former)
        return _refused(platform, problems)
    return {"activated": True, "number": done.number, "problems": problems, "changes": done.changes}


def write(file: Path, text: str | None) -> None:
    """Put a text in a file's place in one step; None takes the file away. The file's mode stays."""
    if text is None:
        file.unlink(missing_ok=True)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(text, encoding="utf-8", newline="\n")
    if file.exists():
        shutil.copymode(file, fresh)
    fresh.replace(file)


def _refused(platform: Platform, problems: list[dict[str, Any]]) -> dict[str, Any]:
    return {"activated": False, "number": platform.snapshot.number, "problems": problems, "changes": []}


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


@contextmanager
def _copied(home: Home) -> Iterator[Home]:
    """A copy of the home's own declarations. Plugins are the very same folders: their code is imported once."""
    home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="draft-", dir=home.data) as folder:
        root = Path(folder)
        for part in PARTS:
            if (home.root / part).is_dir():
                shutil.copytree(home.root / part, root / part)
        if (home.root / "plugins").is_dir():
            (root / "plugins").symlink_to((home.root / "plugins").resolve(), target_is_directory=True)
        yield Home(root, home.place)
