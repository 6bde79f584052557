"""Operations on the text of an interface: read it, and put an edited one in force."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from core.declare.problem import ZcError
from core.intake.plan import Interface
from core.run import draft
from core.run.snapshot import Snapshot
from core.run.words import Conflict, NotFound, said

if TYPE_CHECKING:
    from core.run.live import Platform, Progress


def text(platform: Platform, _progress: Progress, *, interface: str) -> dict[str, str]:
    """{interface, title, file, text, digest} of the declaration as it is on disk; `file` is where an edit is kept,
    which stands for the plugin's file where the interface is a plugin's."""
    known(platform.snapshot, interface)
    found = _on_disk(platform, interface)
    title = platform.snapshot.interfaces[interface].title
    return {
        "interface": interface, "title": title, "file": file_of(interface), "text": found, "digest": _digest(found)
    }  # fmt: skip


def save(
    platform: Platform, _progress: Progress, *, interface: str, text: str, digest: str, who: str, note: str = ""
) -> dict[str, Any]:
    """Put an edited declaration in force: {activated, number, problems, changes}. With any error nothing is written.
    Conflict where the file is not the one with `digest` any more."""
    known(platform.snapshot, interface)
    if _digest(_on_disk(platform, interface)) != digest:
        raise Conflict(said("file_changed", file=file_of(interface)))
    return draft.put_in_force(platform, {file_of(interface): text}, who, note)


def snapshot_with(platform: Platform, interface: str, text: str | None) -> tuple[Snapshot | None, list[dict[str, Any]]]:
    """The snapshot in force, or with `text` what would be in force with that interface: (None, problems) where the
    text has errors. Trials are not run: a mapping may be looked at while its trials still say the old."""
    if text is None:
        return platform.snapshot, []
    built = draft.build_with(platform.home, {file_of(interface): text}, skip_trials=True)
    return built.snapshot, [problem.as_dict() for problem in built.problems if problem.level == "error"]


def known(snapshot: Snapshot, interface: str) -> Interface:
    """The interface of that name. NotFound."""
    if interface not in snapshot.interfaces:
        raise NotFound(said("unknown_interface", id=interface))
    return snapshot.interfaces[interface]


def file_of(interface: str) -> str:
    """Where the home keeps the declaration of an interface."""
    return f"interfaces/{interface}.yaml"


def _on_disk(platform: Platform, interface: str) -> str:
    own = platform.home.root / file_of(interface)
    if own.is_file():
        return own.read_text(encoding="utf-8")
    reading = platform.snapshot.reading
    shipped = reading.files.get(reading.declarations["interface"][interface].document.file)
    if shipped is None:
        raise ZcError(said("file_gone", file=file_of(interface)))
    return shipped.read_text(encoding="utf-8")


def _digest(found: str) -> str:
    return hashlib.sha256(found.encode()).hexdigest()
