"""What the roles of one person come to: scopes for each right, and which fields are masked or hidden where."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from core.entity.entity import Entity, Field
from core.run.pages import Page
from core.run.roles import USER, WHOLE, Role
from core.run.snapshot import Snapshot
from core.store.scope import Scope


@dataclass(frozen=True)
class Account:
    """A person who is logged in. `refs` are what the person's own record names in its ref fields. With `must_change`
    nothing may be done but to change the password."""

    login: str
    title: str
    roles: tuple[str, ...]
    session_id: int
    must_change: bool
    refs: Mapping[str, str | None]
    address: str = ""


@dataclass(frozen=True)
class Rights:
    """An account in one snapshot. Whatever no role allows is denied."""

    account: Account
    snapshot: Snapshot

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """Those of the account that are declared."""
        if self.account.must_change:
            return ()
        return tuple(self.snapshot.roles[name] for name in self.account.roles if name in self.snapshot.roles)

    @cached_property
    def operations(self) -> frozenset[str]:
        """Names of the operations that may be run."""
        return frozenset().union(*(role.operations for role in self.roles))

    def scope_of(self, role: Role) -> Scope:
        """The rows of one role; none where the person's record does not say where the scope begins."""
        if role.scope == WHOLE:
            return Scope.whole()
        field = self.snapshot.entities[USER].fields[role.scope] if USER in self.snapshot.entities else None
        key = self.account.refs.get(role.scope)
        return Scope.within(field.to, {key}) if field is not None and field.to and key else Scope.any_of(())

    def scope(self, entity: str, right: str = "see") -> Scope:
        """The rows of an entity for which the right holds: those of each role that has it, together."""
        return self._together(lambda role: role.may(right, entity))

    def may(self, right: str, entity: str) -> bool:
        """Whether the right holds for any row."""
        return not self.scope(entity, right).is_nothing

    def open(self, entity: Entity, field: Field) -> Scope:
        """The rows in which the field is there at all."""
        return self._together(lambda role: role.may("see", entity.id) and not role.hides(entity.id, field.name))

    def plain(self, entity: Entity, field: Field) -> Scope:
        """The rows in which the field is shown as it is."""
        masked = field.mask is not None
        return self._together(
            lambda role: (
                role.may("see", entity.id)
                and not role.hides(entity.id, field.name)
                and not (masked and not role.unmasks(entity.id, field.name))
            )
        )

    def is_plain(self, entity: Entity, name: str) -> bool:
        """Whether a field is shown as it is in every row seen; columns that every record has are."""
        field = entity.fields.get(name)
        if field is None or (field.mask is None and not any(role.hides(entity.id, name) for role in self.roles)):
            return True
        return self.plain(entity, field) == self.scope(entity.id)

    def narrowed(self, entity: Entity, names: Iterable[str], right: str = "see") -> Scope:
        """The rows of a right in which all these fields are shown as they are: what one may ask by them about.
        Else an answer would tell what a mask hides."""
        fields = [entity.fields[name] for name in names if not self.is_plain(entity, name)]
        scopes = [self.scope(entity.id, right), *(self.plain(entity, field) for field in fields)]
        return Scope.any_of(()) if any(scope.is_nothing for scope in scopes) else Scope.all_of(scopes)

    def opens(self, page: Page) -> bool:
        """Whether a page may be opened: some role's menus reach it, and the page is for that role."""
        return any(
            role.reaches(page.group, page.id) and (not page.roles or role.id in page.roles) for role in self.roles
        )

    def _together(self, has: Callable[[Role], bool]) -> Scope:
        scopes = [self.scope_of(role) for role in self.roles if has(role)]
        return Scope.any_of(scope for scope in scopes if not scope.is_nothing)
