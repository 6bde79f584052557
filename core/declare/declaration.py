"""A declaration: one YAML file of a kind, with its data and where each part of it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.declare.problem import Place, Problem, problem

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed YAML file: its data and a side table from path to place (of the key, or of the list item)."""

    file: str
    data: Any
    places: Mapping[Path, Place]
    value_places: Mapping[Path, Place]
    digest: str


@dataclass(frozen=True, slots=True)
class Declaration:
    """One declaration, defaults filled in and `like:` resolved.

    `owner` is "home" or the id of the plugin that ships it. `origins` says, for each path that did not come
    from this file, the document it came from (`zc show` prints it).
    """

    kind: str
    id: str
    data: Mapping[str, Any]
    document: Document
    owner: str
    origins: Mapping[Path, Document] = field(default_factory=dict)
    replaced_digest: str | None = None

    def place(self, *path: str | int) -> Place:
        """The place of the key or list item at `path`, or of the nearest thing around it."""
        for end in range(len(path), -1, -1):
            found = self._origin(path[:end]).places.get(path[:end])
            if found is not None:
                return found
        return Place(self.document.file)

    def value_place(self, *path: str | int) -> Place:
        """The place of the value at `path`, or of the nearest key around it."""
        return self._origin(path).value_places.get(path) or self.place(*path)

    def _origin(self, path: Path) -> Document:
        return self.origins.get(path, self.document)

    def problem(self, code: str, *path: str | int, **values: object) -> Problem:
        """The problem `code` at `path` of this declaration."""
        return problem(code, self.place(*path), ".".join(str(part) for part in path), **values)
