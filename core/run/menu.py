"""The menu of one account: the pages that it may open and that show it something."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.declare.problem import ZcError
from core.entity.entity import Entity, Field
from core.intake.category import Category
from core.run.asking import allowed_category
from core.run.pages import Block, Page, placed
from core.run.rights import Rights

NEEDS = {
    "log": "log", "sessions": "user.sessions", "see_as": "see_as", "declarations": "declaration.list",
    "interfaces": "interface.list", "refusals": "refusals", "workbench": "interface.try",
    "jobs": "job.list",
}  # fmt: skip
"""Blocks that ask an operation, and which."""
WORDS = frozenset({"text", "help"})
"""Blocks that show nothing of the site's own."""
HOLDERS = frozenset({"tabs", "group"})
"""Blocks that are only a place for others."""
SEVERAL = frozenset({"overview", "vehicle_life", "categories"})
"""Blocks that look into several categories."""


def menu(rights: Rights) -> list[dict[str, Any]]:
    """[{group, pages: [{id, title, icon}]}] of what the account may open and sees something on, groups as site.yaml
    orders them."""
    pages = rights.snapshot.pages.values()
    seen = [page for page in pages if not page.hidden and rights.opens(page) and _has_something(rights, page)]
    wanted = rights.snapshot.site["menu"]
    ranks = {group: (wanted.index(group) if group in wanted else len(wanted)) for group in {one.group for one in seen}}
    groups = sorted(ranks, key=lambda group: (ranks[group], min(_place(one) for one in seen if one.group == group)))
    return [
        {
            "group": group,
            "pages": [
                {"id": one.id, "title": one.title, "icon": one.icon, "layout": one.layout}
                for one in sorted(seen, key=_place)
                if one.group == group
            ],
        }
        for group in groups
    ]


def page_of(rights: Rights, category: str) -> str | None:
    """The first page of the menu that lists a category; None where the account has none."""
    return pages_of(rights).get(category)


def pages_of(rights: Rights) -> dict[str, str]:
    """{category: the first page of the menu that lists it}."""
    found: dict[str, str] = {}
    for link in (one for group in menu(rights) for one in group["pages"]):
        for _, block in placed(rights.snapshot.pages[link["id"]].rows):
            if block["block"] == "table":
                found.setdefault(block["category"], link["id"])
    return found


def _has_something(rights: Rights, found: Page) -> bool:
    """Whether any block of a page is for the account; words alone only where the page has nothing else."""
    blocks = [block for _, block in placed(found.rows) if block["block"] not in HOLDERS]
    working = [block for block in blocks if block["block"] not in WORDS]
    return any(_is_for(rights, block) for block in working) if working else bool(blocks)


def _is_for(rights: Rights, block: Block) -> bool:
    if block["block"] in SEVERAL:
        return any(_answers(rights, category, block["block"]) for category in _asked(rights, block))
    if "category" in block:
        return _may_open(rights, block["category"])
    if "statistic" in block:
        return rights.may("see", rights.snapshot.statistics[block["statistic"]].entity.id)
    if "entity" in block:
        return rights.may("add", block["entity"]) or rights.may("amend", block["entity"])
    return _needed(rights, block["block"]) in (None, *rights.operations)


def _needed(rights: Rights, block: str) -> str | None:
    """The operation that a block asks; a plugin says so where it announces its own."""
    offered = (one.manifest.offers.get("blocks", {}).get(block, {}) for one in rights.snapshot.plugins.values())
    return NEEDS.get(block) or next((said["needs"] for said in offered if said.get("needs")), None)


def _asked(rights: Rights, block: Block) -> Iterator[Category]:
    """The categories that a block looks into and the account may ask."""
    known = rights.snapshot.categories
    return (known[id_] for id_ in block.get("categories") or known if _may_open(rights, id_))


def _answers(rights: Rights, category: Category, block: str) -> bool:
    """Whether the block can show something of the category; the life of a plate needs plates that are plain."""
    fields = category.asks.values()
    return block != "vehicle_life" or any(each.type.alike and may_ask(rights, category.entity, each) for each in fields)


def _may_open(rights: Rights, category: str) -> bool:
    try:
        allowed_category(rights, category)
    except ZcError:
        return False
    return True


def _place(page: Page) -> tuple[int, str]:
    return page.order, page.id


def may_ask(rights: Rights, entity: Entity, field: Field) -> bool:
    """Whether there are rows in which the field is plain."""
    return field.name not in entity.fields or not rights.plain(entity, field).is_nothing
