"""Declarations from the web interface: what there is, what a text would do, and putting it in force. A text that
cannot be activated is not written; the snapshot in force stays the very same object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from core.declare.json_schema import json_schema
from core.declare.kind import Kind
from core.declare.library import Reading
from core.declare.phrase import in_language
from core.declare.problem import ZcError
from core.run import checking, diff, drafts, versions
from core.run.build import Built, build, read, stops
from core.run.drafts import Draft
from core.run.home import Home
from core.run.words import said

WEB = "zh"
"""The language of the web interface."""

if TYPE_CHECKING:
    from core.run.live import Platform, Progress, Reloaded

Plain = dict[str, Any]


def list_(platform: Platform, _progress: Progress) -> Plain:
    """{kinds: [{kind, title, help, folder, suffix, files: [{id, title, path, owner, plugin, replaces, errors,
    warnings}]}], problems}: every declaration of the disk, whose it is, and what is wrong with the disk now. `owner` is
    home or a plugin's id, `plugin` the title of the one that ships it, `replaces` the plugin whose file one of the home
    stands for."""
    with platform.desk.lock:
        reading = read(platform.home, platform.desk.cache)
    problems = platform.problems or list(reading.problems)
    wrong = Counter((one.file, one.level) for one in problems)
    kinds = [kind for kind in reading.kinds.values() if kind.sound and kind.name != "plugin"]
    return {
        "kinds": [
            {
                "kind": kind.name,
                "title": kind.title,
                "help": in_language(kind.help, WEB),
                "folder": "config" if kind.single else kind.home,
                "suffix": kind.suffix,
                "files": [_listed(reading, kind, id_, wrong) for id_ in sorted(reading.known.get(kind.name, ()))],
            }
            for kind in sorted(kinds, key=lambda kind: (kind.name != "site", kind.owner != "core", kind.name))
        ],
        "problems": [one.as_dict() for one in problems],
    }


def _listed(reading: Reading, kind: Kind, id_: str, wrong: Mapping[tuple[str, str], int]) -> Plain:
    path, shipped = path_of(kind, id_), next(shipped_by(reading, kind, id_), None)
    is_own = path in reading.files
    plugin = shipped[0] if shipped else ""
    counted = path if is_own or shipped is None else shipped[1]
    found = reading.declarations.get(kind.name, {}).get(id_)
    return {
        "id": id_,
        "title": found.data.get("title", "") if found else "",
        "path": path,
        "owner": "home" if is_own else plugin,
        "plugin": reading.plugins[plugin].declaration.data["title"] if plugin else "",
        "replaces": plugin if is_own else "",
        "errors": wrong.get((counted, "error"), 0),
        "warnings": wrong.get((counted, "warning"), 0),
    }


def path_of(kind: Kind, id_: str) -> str:
    """Where the home has, or would have, that declaration."""
    return drafts.SITE if kind.single else f"{kind.home}/{id_}{kind.suffix}"


def shipped_by(reading: Reading, kind: Kind, id_: str) -> Iterator[tuple[str, str]]:
    """(plugin, shown name) of the plugin's own file, where one ships the declaration."""
    for plugin in reading.plugins:
        shown = f"plugins/{plugin}/{kind.folder}/{id_}{kind.suffix}"
        if shown in reading.files:
            yield plugin, shown


def open_(platform: Platform, _progress: Progress, *, path: str) -> Plain:
    """{path, kind, id, title, help, there, text, base, beneath: {plugin, path, text} or null, schema}: what a person
    needs to edit a file of the home, there or not yet. A plugin's file is edited as a file of the home that is like
    it. `schema` is the kind's JSON Schema. NotFound for any other path."""
    reading = platform.snapshot.reading
    name, id_ = drafts.declared(path, reading.kinds)
    kind, file = reading.kinds[name], drafts.file_of(platform.home, path, reading.kinds)
    text, beneath = drafts.text_of(file), next(shipped_by(reading, kind, id_), None)
    shipped = None
    if beneath is not None:
        shipped = {"plugin": beneath[0], "path": beneath[1], "text": drafts.text_of(reading.files[beneath[1]]) or ""}
    begin = said("like_begin", id=id_, plugin=beneath[0]) + "\n" if beneath else ""
    return {
        "path": path,
        "kind": name,
        "id": id_,
        "title": kind.title,
        "help": in_language(kind.help, WEB),
        "there": text is not None,
        "text": begin if text is None else text,
        "base": drafts.digest_of(file),
        "beneath": shipped,
        "schema": json_schema(kind, reading.offered, WEB),
    }


def check(platform: Platform, _progress: Progress, *, changes: Any, trials: bool = True) -> Plain:
    """What the drafts [{path, text, base}] would do, nothing written: {good, problems, steps, changes, diffs: [{path,
    text}], trials: [{interface, title, green}]}. Changes are in words, diffs as text against the disk."""
    wanted = drafts.drafts_of(changes, platform.snapshot.reading.kinds)
    return _checked(platform, wanted, skip_trials=not trials)


def _checked(platform: Platform, wanted: Sequence[Draft], skip_trials: bool = False) -> Plain:
    with platform.desk.laid(wanted) as copy:
        built = build(copy, platform.desk.cache, skip_trials)
        told = checking.report(built, platform.store)
    good = built.snapshot is not None and all(one["level"] != "error" for one in told["problems"])
    return {
        "good": good,
        "problems": told["problems"],
        "steps": told["steps"],
        "changes": _words(platform.snapshot.reading, built),
        "diffs": [{"path": draft.path, "text": _text_diff(platform.home, draft)} for draft in wanted],
        "trials": [
            {"interface": case.interface, "title": case.title, "green": not case.problems} for case in built.trials
        ],
    }


def _words(before: Reading, built: Built) -> list[str]:
    """What changes, in words; nothing where a file could not be read, since it would seem removed."""
    return [] if stops(list(built.reading.problems)) else diff.changes(before, built.reading)


def _text_diff(home: Home, draft: Draft) -> str:
    """The difference as text, as diff -u tells it."""
    old = (drafts.text_of(home.root / draft.path) or "").splitlines()
    new = (draft.text or "").splitlines()
    return "\n".join(unified_diff(old, new, draft.path, draft.path, lineterm=""))


def activate(platform: Platform, _progress: Progress, *, changes: Any, who: str, note: str) -> Plain:
    """Write the drafts and put them in force, all or none: what check says, with activated and number. Where a build
    fails no file is written and the snapshot in force serves on. Conflict where a file changed since it was opened;
    ZcError without a note."""
    if not note.strip():
        raise ZcError(said("why_needed"))
    kinds = platform.snapshot.reading.kinds
    wanted = drafts.drafts_of(changes, kinds)
    with platform.reloading:
        drafts.require_unchanged(platform.home, wanted, kinds)
        told = _checked(platform, wanted)
        if not told["good"]:
            return {**told, "activated": False, "number": platform.snapshot.number}
        done = _in_force(platform, wanted, who, note.strip())
    problems = [problem.as_dict() for problem in done.problems]
    return {**told, "problems": problems, "activated": done.activated, "number": done.number}


def _in_force(platform: Platform, wanted: Sequence[Draft], who: str, note: str) -> Reloaded:
    """Write the files and reload; the former texts are put back where the reload fails all the same."""
    root = platform.home.root
    former: dict[str, str | None] = {}
    try:
        for draft in wanted:
            before = drafts.text_of(root / draft.path)
            drafts.put(root / draft.path, draft.text)
            former[draft.path] = before
    except OSError as error:
        _put_back(platform, former)
        raise ZcError(said("file_not_written", why=error.strerror or type(error).__name__)) from error
    done = platform.reload(who, note)
    if not done.activated:
        _put_back(platform, former)
        return done
    for draft in wanted:
        platform.store.log.add("edited", who, "", draft.path, snapshot=done.number, note=note)
    return done


def return_(platform: Platform, progress: Progress, *, id: int, who: str, note: str = "") -> Plain:
    """Put a file back to what a version of it said, and in force: what activate says. NotFound for an unknown
    version."""
    former = versions.version(platform, progress, id=id)
    base = drafts.digest_of(drafts.file_of(platform.home, former["path"], platform.snapshot.reading.kinds))
    change = {"path": former["path"], "text": former["text"], "base": base}
    return activate(platform, progress, changes=[change], who=who, note=note or said("returned", id=id))


def _put_back(platform: Platform, former: Mapping[str, str | None]) -> None:
    for path, text in former.items():
        drafts.put(platform.home.root / path, text)
    platform.reload("zc", said("put_back"))
