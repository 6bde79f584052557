"""The history of the declarations' files: each activation keeps what changed, with who, when and why."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from core.declare.library import Reading
from core.run import drafts
from core.run.shown import moment
from core.run.words import NotFound, said
from core.store.store import Store

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

MOST = 200


def keep(store: Store, reading: Reading, number: int, who: str, note: str) -> None:
    """Keep what the home's files say, secrets apart."""
    texts = {
        shown: drafts.text_of(path) or ""
        for shown, path in reading.files.items()
        if PurePosixPath(shown).parts[0] in drafts.FOLDERS and shown != drafts.SECRETS
    }
    store.file_versions.keep(texts, number, who, note)


def history(platform: Platform, _progress: Progress, *, path: str) -> list[dict[str, Any]]:
    """[{id, snapshot, at, who, note, removed}] of a file that may be edited, newest first. NotFound for another."""
    drafts.declared(path, platform.snapshot.reading.kinds)
    return [
        {
            "id": one.id,
            "snapshot": one.snapshot,
            "at": moment(one.at, platform.snapshot.zone),
            "who": one.who,
            "note": one.note,
            "removed": one.text is None,
        }
        for one in platform.store.file_versions.of(path, MOST)
    ]


def version(platform: Platform, _progress: Progress, *, id: int) -> dict[str, Any]:
    """{path, text}: what a file said then; text is null where it was taken away. NotFound for an unknown version."""
    found = platform.store.file_versions.one(id)
    if found is None:
        raise NotFound(said("unknown_version"))
    drafts.declared(found.path, platform.snapshot.reading.kinds)
    return {"path": found.path, "text": found.text}
