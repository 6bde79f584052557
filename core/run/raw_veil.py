"""What a partner sent, as an account may see it: a value is shown only where the interface maps it to a field that the
account sees plain and that takes it. What no field is mapped from could be anything, and is hidden."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import msgspec

from core.entity.entity import Entity
from core.entity.mask import HIDDEN, masked
from core.intake.mapping import Source
from core.intake.outcomes import OUTCOMES
from core.intake.plan import Interface
from core.run.rights import Rights
from core.run.snapshot import Snapshot
from core.run.words import NotAllowed, said

Path = tuple[str, ...]
Show = Callable[[Any], Any]


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


def _paths(interface: Interface, rights: Rights) -> Mapping[Path, Show]:
    """{path of a partner's value in small letters: how it is shown}. A value that both a plain and a masked field are
    read from is masked."""
    paths: dict[Path, Show] = {}
    for source in interface.explainer.sources.values():
        is_plain = rights.is_plain(interface.entity, source.field.name)
        for name in (*source.names, *source.join, *source.numbered):
            path = tuple(key.lower() for key in name.keys)
            if not is_plain:
                paths[path] = partial(masked, source.field.mask or "")
            elif path not in paths:
                paths[path] = partial(_readable, source)
    return paths


def _readable(source: Source, value: Any) -> Any:
    """The value where the field takes it: what stands there by mistake could be anything."""
    try:
        if not source.is_gathered:
            source.read(value.strip() if isinstance(value, str) else value)
            return value
    except Exception:  # noqa: BLE001 - a plugin's field type may raise anything
        return HIDDEN
    return HIDDEN


def _veiled(value: Any, path: Path, paths: Mapping[Path, Show]) -> Any:
    if value is None or value == "":
        return value
    if path in paths:
        return paths[path](value)
    if isinstance(value, dict):
        return {name: _veiled(inner, (*path, str(name).lower()), paths) for name, inner in value.items()}
    if isinstance(value, list):
        return [_veiled(inner, path, paths) for inner in value]
    return HIDDEN
