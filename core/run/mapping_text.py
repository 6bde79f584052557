"""Operations on the text of an interface: read it, and put an edited one in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.intake.plan import Interface
from core.run import drafts, editing
from core.run.build import build
from core.run.drafts import Draft
from core.run.snapshot import Snapshot
from core.run.words import NotFound, said

if TYPE_CHECKING:
    from core.run.live import Platform, Progress


def text(platform: Platform, _progress: Progress, *, interface: str) -> dict[str, str]:
    """{interface, title, file, text, base} of the declaration as it is on disk; `file` is where an edit is kept,
    which stands for the plugin's file where the interface is a plugin's."""
    title, file = known(platform.snapshot, interface).title, file_of(interface)
    found = text_at(platform, "interface", interface, file)
    base = drafts.digest_of(platform.home.root / file)
    return {"interface": interface, "title": title, "file": file, "text": found, "base": base}


def save(
    platform: Platform, _progress: Progress, *, interface: str, text: str, base: str, who: str, note: str = ""
) -> dict[str, Any]:
    """Put an edited declaration in force, as core.run.editing.activate does: {activated, number, problems, …}. With
    any error nothing is written. Conflict where the file no longer says what the edit was made from."""
    known(platform.snapshot, interface)
    changes = [{"path": file_of(interface), "text": text, "base": base}]
    return editing.activate(platform, _progress, changes=changes, who=who, note=note or said("mapping_edited"))


def snapshot_with(platform: Platform, interface: str, text: str | None) -> tuple[Snapshot | None, list[dict[str, Any]]]:
    """The snapshot in force, or with `text` what would be in force with that interface: (None, problems) where the
    text has errors. Trials are not run: a mapping may be looked at while its trials still say the old."""
    if text is None:
        return platform.snapshot, []
    with platform.desk.laid([Draft(file_of(known(platform.snapshot, interface).id), text, "")]) as copy:
        built = build(copy, platform.desk.cache, skip_trials=True)
    return built.snapshot, [problem.as_dict() for problem in built.problems if problem.level == "error"]


def known(snapshot: Snapshot, interface: str) -> Interface:
    """The interface of that name. NotFound."""
    if interface not in snapshot.interfaces:
        raise NotFound(said("unknown_interface", id=interface))
    return snapshot.interfaces[interface]


def file_of(interface: str) -> str:
    """Where the home keeps the declaration of an interface."""
    return f"interfaces/{interface}.yaml"


def text_at(platform: Platform, kind: str, id_: str, file: str) -> str:
    """What the home's file says, else the plugin's that it would stand for, else nothing."""
    own = drafts.text_of(platform.home.root / file)
    if own is not None:
        return own
    reading = platform.snapshot.reading
    declared = reading.declarations.get(kind, {}).get(id_)
    shipped = reading.files.get(declared.document.file) if declared is not None else None
    return (drafts.text_of(shipped) if shipped is not None else None) or ""
