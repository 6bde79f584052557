"""Through whose eyes a question is asked: an account's rights, or a scope where no person asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from core.entity.entity import Entity
from core.run.rights import Rights
from core.run.snapshot import Snapshot
from core.store.scope import Scope


class Sight(Protocol):
    """What an answer has to know of who asks."""

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot asked in."""

    def may(self, right: str, entity: str) -> bool:
        """Whether the right holds for any row."""

    def is_plain(self, entity: Entity, name: str) -> bool:
        """Whether a field is shown as it is in every row seen."""

    def narrowed(self, entity: Entity, names: Iterable[str], right: str = "see") -> Scope:
        """The rows of a right in which all these fields are shown as they are."""


@dataclass(frozen=True)
class Unveiled:
    """All fields of the rows in a scope."""

    snapshot: Snapshot
    scope: Scope

    def may(self, right: str, entity: str) -> bool:
        """Always."""
        return True

    def is_plain(self, entity: Entity, name: str) -> bool:
        """Always."""
        return True

    def narrowed(self, entity: Entity, names: Iterable[str], right: str = "see") -> Scope:
        """The scope, whatever is asked by."""
        return self.scope


def sight(seen: Rights | Scope, snapshot: Snapshot) -> Sight:
    """The eyes of an account, or of whoever sees that scope unveiled."""
    return Unveiled(snapshot, seen) if isinstance(seen, Scope) else seen
