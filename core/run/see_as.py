"""What a user sees, and why not the rest, in words: for the operator who set the roles up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.declare.problem import ZcError
from core.entity.condition import All, Test
from core.entity.entity import Entity
from core.intake.category import Category
from core.run.asking import COUNT_CAP, allowed_category, count_text
from core.run.labels import titles
from core.run.menu import menu
from core.run.rights import Account, Rights
from core.run.roles import USER, WHOLE, Role
from core.run.words import NotFound, said
from core.store.database import now_ms
from core.store.scope import Scope
from core.store.search import Search

if TYPE_CHECKING:
    from core.run.live import Platform, Progress


def see_as(platform: Platform, _progress: Progress, *, login: str, category: str | None = None) -> dict[str, Any]:
    """{login, title, roles, lines, categories: [{category, title, seen, all, lines}]}: texts in the words of staff.
    With a category only that one. No row is shown. NotFound for an unknown user or category."""
    account = platform.accounts.account_of(login)
    snapshot = platform.snapshot
    if category is not None and category not in snapshot.categories:
        raise NotFound(said("unknown_category", id=category))
    rights = Rights(account, snapshot)
    wanted = [snapshot.categories[category]] if category else sorted(snapshot.categories.values(), key=lambda c: c.id)
    return {
        "login": login,
        "title": account.title,
        "roles": list(account.roles),
        "lines": [*_roles(rights), *_pages(rights)],
        "categories": [_category(platform, rights, one) for one in wanted],
    }


def _roles(rights: Rights) -> Iterator[str]:
    account: Account = rights.account
    if not account.roles:
        yield said("sees_not_active")
    for name in account.roles:
        if name not in rights.snapshot.roles:
            yield said("sees_not_role", role=name)


def _pages(rights: Rights) -> Iterator[str]:
    titles_ = [page["title"] for group in menu(rights) for page in group["pages"]]
    yield said("page_list", pages="、".join(titles_)) if titles_ else said("no_pages")


def _category(platform: Platform, rights: Rights, category: Category) -> dict[str, Any]:
    entity, snapshot = category.entity, rights.snapshot
    simulated = () if snapshot.site["demo"] else (Test("provenance", "not", "simulated"),)
    search = Search(entity, All((category.condition.at(now_ms()), *simulated)), voided=category.voided)
    everything = platform.store.count(search, Scope.whole(), snapshot.entities, cap=COUNT_CAP)
    told: dict[str, Any] = {
        "category": category.id,
        "title": category.title,
        "all": count_text(everything)["count_text"],
    }
    try:
        allowed_category(rights, category.id)
    except ZcError as error:
        return told | {"seen": "0", "lines": [error.reason, *_why_not(platform, rights, category)]}
    seen = platform.store.count(search, rights.scope(entity.id), snapshot.entities, cap=COUNT_CAP)
    counts = {"seen": count_text(seen)["count_text"], "all": told["all"]}
    lines = [said("category_all" if seen == everything else "category_rows", title=category.title, **counts)]
    return {**told, **counts, "lines": [*lines, *_why(platform, rights, entity), *_fields(platform, rights, entity)]}


def _why(platform: Platform, rights: Rights, entity: Entity) -> Iterator[str]:
    """Which roles give which rows, and which give none for want of a scope."""
    for role in rights.roles:
        if not role.may("see", entity.id):
            continue
        if rights.scope_of(role).is_nothing:
            yield said("sees_not_scope", title=entity.title, role=role.title, field=_field(rights, role))
        elif role.scope != WHOLE and not _leads(rights, entity, role):
            to = rights.snapshot.entities[_to(rights, role)].title
            yield said("sees_not_path", role=role.title, field=_field(rights, role), title=entity.title, entity=to)
        else:
            yield said("sees", title=entity.title, scope=scope_text(platform, rights, role), role=role.title)


def _why_not(platform: Platform, rights: Rights, category: Category) -> Iterator[str]:
    entity = category.entity
    if category.roles:
        yield said("category_roles", title=category.title, roles="、".join(sorted(category.roles)))
    if not any(role.may("see", entity.id) for role in rights.roles):
        yield said("sees_not", title=entity.title)
    yield from _why(platform, rights, entity)


def _fields(platform: Platform, rights: Rights, entity: Entity) -> Iterator[str]:
    """Fields that are masked or hidden, in all rows or in some."""
    for name, field in entity.fields.items():
        if rights.is_plain(entity, name):
            continue
        if rights.open(entity, field).is_nothing:
            yield said("hidden_field", field=field.label)
        elif rights.plain(entity, field).is_nothing:
            yield said("masked_field", field=field.label)
        else:
            showing = [role for role in rights.roles if role.may("see", entity.id) and _shows(role, entity, name)]
            scopes = "、".join(scope_text(platform, rights, role) for role in showing)
            yield said("partly_masked", field=field.label, scope=scopes)


def _shows(role: Role, entity: Entity, name: str) -> bool:
    masked = entity.fields[name].mask is not None and not role.unmasks(entity.id, name)
    return not role.hides(entity.id, name) and not masked


def scope_text(platform: Platform, rights: Rights, role: Role) -> str:
    """The scope of a role in words: all, or what the person's record names."""
    if role.scope == WHOLE:
        return said("scope_whole")
    key = rights.account.refs.get(role.scope)
    if not key:
        return said("scope_none", field=_field(rights, role))
    to = rights.snapshot.entities[_to(rights, role)]
    title = titles(rights, platform.store, to, {key}).get(key, key)
    return said("scope_of", field=_field(rights, role), value=title)


def _leads(rights: Rights, entity: Entity, role: Role) -> bool:
    """Whether the scope path of an entity can reach what the role's scope begins at."""
    wanted, passed = _to(rights, role), set()
    at: Entity | None = entity
    while at is not None and at.id not in passed:
        if at.id == wanted:
            return True
        passed.add(at.id)
        field = at.fields.get(at.scope or "")
        at = rights.snapshot.entities.get(field.to or "") if field else None
    return False


def _to(rights: Rights, role: Role) -> str:
    return str(rights.snapshot.entities[USER].fields[role.scope].to)


def _field(rights: Rights, role: Role) -> str:
    return rights.snapshot.entities[USER].fields[role.scope].label
