"""Which file is which declaration: the folder gives the kind, the file name the id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from core.declare.kind import Kind
from core.declare.phrase import joined, phrase
from core.declare.problem import Place, Problem, problem
from core.declare.wording import known, nearest

ID = re.compile(r"[a-z][a-z0-9_]*")
SINGLES = ("site.yaml", "secrets.yaml")
PLUGIN_FOLDERS = ("kinds", "examples", "zh")
"""Folders of a plugin that hold YAML and are no kind's."""


class Found(NamedTuple):
    """One file that is a declaration, by where it stands."""

    kind: str
    id: str
    shown: str
    path: Path


def plugins(home: Path, roots: Iterable[Path]) -> tuple[dict[str, Path], list[Problem]]:
    """Every plugin folder by id. A root is a folder of plugins, or a plugin itself; home/plugins is always one."""
    found: dict[str, Path] = {}
    problems = []
    for root in dict.fromkeys(path.resolve() for path in (*roots, home / "plugins")):
        for manifest in [root / "plugin.yaml", *sorted(root.glob("*/plugin.yaml"))]:
            folder = manifest.parent
            if not manifest.is_file():
                continue
            if found.setdefault(folder.name, folder) != folder:
                both = {"first": str(found[folder.name]), "second": str(folder)}
                problems.append(problem("ZC309", Place(f"plugins/{folder.name}"), value=folder.name, **both))
    return found, problems


def in_folder(folder: Path, shown: str, kinds: list[Kind]) -> tuple[list[Found], list[Problem]]:
    """The declarations in `folder`, which holds those of `kinds`, told apart by their suffix."""
    found: list[Found] = []
    problems: list[Problem] = []
    longest_first = sorted(kinds, key=lambda kind: -len(kind.suffix))
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        return [], [problem("ZC101", Place(shown), reason=error.strerror)]
    for path in paths:
        if path.name.startswith(".") or path.name.endswith(("~", ".md")):
            continue
        kind = next((kind for kind in longest_first if path.name.endswith(kind.suffix)), None)
        name = path.name.removesuffix(kind.suffix) if kind else ""
        if kind and path.is_file() and ID.fullmatch(name):
            found.append(Found(kind.name, name, f"{shown}/{path.name}", path))
        else:
            problems.append(_stray(path, shown, kind, longest_first))
    return found, problems


def _stray(path: Path, shown: str, kind: Kind | None, kinds: list[Kind]) -> Problem:
    place = Place(f"{shown}/{path.name}")
    if kind and path.is_file():
        name = path.name.removesuffix(kind.suffix)
        better = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
        guess = phrase(", such as {name}", name=f"{better}{kind.suffix}") if ID.fullmatch(better) else ""
        return problem("ZC115", place, name=name, guess=guess)
    if path.suffix.lower() in (".yml", ".yaml") and path.is_file():
        suffix = kinds[-1].suffix
        return problem("ZC114", place, name=path.name, suffix=suffix, wanted=f"{path.stem}{suffix}")
    wanted = joined((f"<id>{kind.suffix}" for kind in reversed(kinds)), "{one} and {other}")
    return problem("ZC117", place, name=path.name, folder=shown, wanted=wanted)


def strays_in_config(home: Path, kinds: Iterable[Kind]) -> Iterator[Problem]:
    """Folders of config/ that hold YAML and belong to no kind, and YAML beside them."""
    homes = {kind.home for kind in kinds if not kind.single}
    for path in sorted((home / "config").iterdir()):
        shown = f"config/{path.name}"
        if path.is_dir() and shown not in homes and _holds_yaml(path):
            yield _unknown_folder(shown, homes)
        elif path.is_file() and path.name not in SINGLES and path.suffix.lower() in (".yml", ".yaml"):
            yield problem(
                "ZC117", Place(shown), name=path.name, folder="config", wanted=joined(SINGLES, "{one} and {other}")
            )


def strays_in_plugins(home: Path) -> Iterator[Problem]:
    """Folders of the home's plugins/ without a manifest; hidden ones and Python's own apart."""
    root = home / "plugins"
    for path in sorted(root.iterdir()) if root.is_dir() else ():
        if path.is_dir() and not path.name.startswith((".", "_")) and not (path / "plugin.yaml").is_file():
            place = Place(f"plugins/{path.name}")
            yield problem("ZC117", place, name=path.name, folder="plugins", wanted="<id>/plugin.yaml")


def strays_in_plugin(folder: Path, kinds: Iterable[Kind]) -> Iterator[Problem]:
    """Folders of a plugin that hold YAML and belong to no kind."""
    known_folders = {kind.folder for kind in kinds if not kind.single}
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in known_folders | {*PLUGIN_FOLDERS} and _holds_yaml(path):
            yield _unknown_folder(f"plugins/{folder.name}/{path.name}", known_folders)


def _unknown_folder(shown: str, folders: Iterable[str]) -> Problem:
    by_name = {name.rsplit("/", 1)[-1]: name for name in folders}
    near = nearest(shown.rsplit("/", 1)[-1], by_name)
    mend = phrase("did you mean {folder}/?", folder=by_name[near]) if near else None
    values = {"folder": shown, "known": known(f"{name}/" for name in folders)}
    return problem("ZC116", Place(shown), **values, **({"mend": mend} if mend else {}))


def _holds_yaml(folder: Path) -> bool:
    return any(path.suffix.lower() in (".yml", ".yaml") for path in folder.rglob("*"))
