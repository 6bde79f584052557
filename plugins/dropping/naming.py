"""What the names of photos and clips tell, by declared patterns that also build such names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from core import api

from .phrase import phrase

MEANT = ("station", "lane", "code", "taken_at")


@dataclass(frozen=True)
class Naming:
    """One compiled naming. `fields` are the record's fields for MEANT; `category` is where the record is looked for."""

    id: str
    files: api.FileName
    pattern: str
    category: str
    fields: Mapping[str, str]
    within_s: int

    def meaning(self, values: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
        """What the values of a name mean: station, lane and code as text, taken_at in UTC milliseconds. ValueError
        where the time cannot be read."""
        said: dict[str, Any] = {name: values[name] for name in MEANT if name in values}
        if "taken_at" in said:
            said["taken_at"] = api.read_time(said["taken_at"], self.pattern, zone)
            if said["taken_at"] is None:
                raise ValueError(f"{values['taken_at']} is no time written as {self.pattern}")
        return said

    def build(self, values: Mapping[str, Any], zone: ZoneInfo) -> str:
        """The name of a photo with these values, taken_at in UTC milliseconds. ValueError where it cannot be said."""
        written = dict(values)
        if "taken_at" in written:
            written["taken_at"] = api.write_time(written["taken_at"], self.pattern, zone)
        return self.files.build(written)


def compile_namings(
    declarations: Mapping[str, api.Declaration], _links: Mapping[str, Any]
) -> tuple[dict[str, Naming], list[api.Problem]]:
    """The namings by id, and what is wrong with their patterns."""
    namings, problems = {}, []
    for name, declaration in declarations.items():
        said = declaration.data
        if (fault := api.time_pattern_fault(said["pattern"])) is not None:
            problems.append(
                declaration.problem("ZC420", "pattern", what=fault, mend=phrase("write it as yyyyMMddHHmmss"))
            )
        try:
            files = api.FileName.parsed(said["files"])
        except ValueError as error:
            problems.append(declaration.problem("ZC420", "files", what=error.args[0], mend=phrase("mend the pattern")))
            continue
        if not {"code", "taken_at"}.intersection(files.names) or "station" not in files.names:
            what = phrase("a name tells what it belongs to by {{station}} and by {{code}} or {{taken_at}}")
            problems.append(declaration.problem("ZC420", "files", what=what, mend=phrase("put them into the pattern")))
        fields = {meant: said["fields"].get(meant, meant) for meant in MEANT}
        namings[name] = Naming(name, files, said["pattern"], said["category"], fields, said["within_s"])
    return namings, problems


def named(namings: Mapping[str, Naming], path: str) -> tuple[Naming, dict[str, str]] | None:
    """The first naming, by id, that reads a path, and its values; None where none does."""
    for _, naming in sorted(namings.items()):
        values = naming.files.read(path)
        if values is not None:
            return naming, values
    return None
