"""What a partner sent, as an account may see it: a value is shown only where the interface maps it to a field that the
account sees plain. What no field is mapped from could be anything, and is hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from core.entity.entity import Entity
from core.entity.mask import HIDDEN, masked
from core.intake.outcomes import OUTCOMES
from core.intake.plan import Interface
from core.run.rights import Rights
from core.run.snapshot import Snapshot
from core.run.words import NotAllowed, said

Path = tuple[str, ...]


@dataclass(frozen=True)
class RawVeil:
    """The eyes on partners' records. Without rights (an operator at the machine) all is seen."""

    snapshot: Snapshot
    rights: Rights | None = None

    def sees(self, entity: str) -> bool:
        """Whether records of that entity are seen at all."""
        return self.rights is None or self.rights.may("see", entity)

    def is_clear(self, entity: str) -> bool:
        """Whether nothing of such records is masked or hidden; of an entity that is no more, nobody can say."""
        if self.rights is None:
            return True
        found = self.snapshot.entities.get(entity)
        return found is not None and all(self.rights.is_plain(found, name) for name in found.fields)

    def require(self, entity: Entity) -> None:
        """Raise NotAllowed unless records of the entity are seen."""
        if not self.sees(entity.id):
            raise NotAllowed(said("no_see", title=entity.title))

    def message(self, entity: str, outcome: str, text: str) -> str:
        """The words of a refusal; where values are masked, those of the outcome, which quote none."""
        return text if self.is_clear(entity) or outcome not in OUTCOMES else OUTCOMES[outcome].meaning

    def record(self, interface: str, entity: str, raw: bytes) -> str | None:
        """A kept record as text; None where nothing of it can be shown."""
        if self.is_clear(entity):
            return raw.decode("utf-8", "replace")
        said_ = self.snapshot.interfaces.get(interface)
        if self.rights is None or said_ is None:
            return None
        try:
            record = msgspec.json.decode(raw)
        except msgspec.DecodeError:
            return None
        return msgspec.json.encode(_veiled(record, (), _paths(said_, self.rights))).decode()


def _paths(interface: Interface, rights: Rights) -> Mapping[Path, str | None]:
    """{path of a partner's value in small letters: its mask, or None where it is shown as it is}. A value that both a
    plain and a masked field are read from is masked."""
    paths: dict[Path, str | None] = {}
    for source in interface.explainer.sources.values():
        plain = rights.is_plain(interface.entity, source.field.name)
        for name in (*source.names, *source.join, *source.numbered):
            path = tuple(key.lower() for key in name.keys)
            paths[path] = paths.get(path) if plain else source.field.mask or ""
    return paths


def _veiled(value: Any, path: Path, paths: Mapping[Path, str | None]) -> Any:
    if path in paths:
        mask = paths[path]
        return value if mask is None or value is None else masked(mask, value)
    if isinstance(value, dict):
        return {name: _veiled(inner, (*path, str(name).lower()), paths) for name, inner in value.items()}
    if isinstance(value, list):
        return [_veiled(inner, path, paths) for inner in value]
    return value if value in (None, "") else HIDDEN
