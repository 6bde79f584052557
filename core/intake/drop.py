"""Files in place of posts: which names an interface takes, and what its acknowledgements are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.intake.file_name import FileName

ACK_NAMES = frozenset({"name", "stem"})
FREE = frozenset("*{}")


@dataclass(frozen=True)
class Drop:
    """Files that an interface takes. `files` reads a path below the partner's folder; `accepted` and `refused` build
    the names of the acknowledgement files that stand beside it."""

    files: FileName
    accepted: FileName
    refused: FileName

    def answers(self) -> dict[str, FileName]:
        """The patterns of the paths of all acknowledgements: {accepted, refused}."""
        folder, slash, last = self.files.text.rpartition("/")
        stem, dot, suffix = last.rpartition(".")
        if not dot or FREE.intersection(suffix):
            stem = f"{stem}*" if dot else last
        texts = {"accepted": self.accepted.text, "refused": self.refused.text}
        return {
            key: FileName.parsed(f"{folder}{slash}{text.replace('{name}', last).replace('{stem}', stem)}")
            for key, text in texts.items()
        }

    def acknowledgements(self, path: str) -> tuple[str, str]:
        """(accepted, refused): the paths of the acknowledgements of a file."""
        file = PurePosixPath(path)
        values = {"name": file.name, "stem": file.stem}
        accepted, refused = (_filled(pattern, values) for pattern in (self.accepted, self.refused))
        return str(file.with_name(accepted)), str(file.with_name(refused))


def compile_drop(declaration: Declaration) -> tuple[Drop | None, list[Problem]]:
    """What an interface says under drop; None where it says nothing or has problems."""
    said = declaration.data.get("drop")
    if said is None:
        return None, []
    patterns, problems = {}, []
    for key in ("files", "accepted", "refused"):
        try:
            patterns[key] = FileName.parsed(said[key])
            _require_ack(key, patterns[key])
        except ValueError as error:
            problems.append(declaration.problem("ZC348", "drop", key, what=error.args[0]))
    if problems:
        return None, problems
    drop = Drop(**patterns)
    for key, name in zip(("accepted", "refused"), drop.acknowledgements(_sample(drop.files)), strict=True):
        if drop.files.read(name) is not None:
            what = phrase("an acknowledgement such as {name} would be taken as a file itself", name=name)
            problems.append(declaration.problem("ZC348", "drop", key, what=what))
    return (None if problems else drop), problems


def _require_ack(key: str, pattern: FileName) -> None:
    """ValueError where an acknowledgement's name is not made of its file's."""
    if key != "files" and (not pattern.names or not ACK_NAMES.issuperset(pattern.names) or "/" in pattern.text):
        raise ValueError(phrase("write a name with {{name}} or {{stem}} in it, such as {{name}}.ok"))


def _filled(pattern: FileName, values: Mapping[str, str]) -> str:
    return pattern.text.format_map(values)


def _sample(files: FileName) -> str:
    return files.text.replace("*", "a").format_map(dict.fromkeys(files.names, "a"))
