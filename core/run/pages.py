"""From declarations to pages: rows of blocks, every name in them checked against what it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.condition import compiled
from core.entity.entity import Entity, Field
from core.entity.near import instead
from core.entity.path import Path, known_paths
from core.entity.path import named as named_in
from core.entity.statistic import Statistic
from core.entity.window import WORDS, window
from core.intake.category import Category

Block = Mapping[str, Any]
NESTED = frozenset({"all", "any", "not"})
Rows = tuple[tuple[Block, ...], ...]
SOME_MS = 1_600_000_000_000  # any moment does to see whether a window can be read


@dataclass(frozen=True)
class Page:
    """A compiled page: its place in the menu, who may open it, and its blocks as declared."""

    id: str
    title: str
    help: str
    group: str
    order: int
    icon: str
    roles: frozenset[str]
    hidden: bool
    rows: Rows
    layout: str = "desk"
    rotate_s: int | None = None
    next: str | None = None


@dataclass(frozen=True)
class Named:
    """What the blocks of a page may name."""

    entities: Mapping[str, Entity]
    categories: Mapping[str, Category]
    statistics: Mapping[str, Statistic]
    zone: ZoneInfo


def compile_page(declaration: Declaration, named: Named) -> tuple[Page | None, list[Problem]]:
    """The page of a declaration, and its problems; None when there are any. Names of categories, statistics, entities
    and pages are links, checked before; here it is what they hold."""
    data = declaration.data
    problems = [
        declaration.problem(code, *path, **values)
        for path, block in placed(data["rows"])
        for code, path, values in _block_faults(block, path, named)
    ]
    if data.get("rotate_s") and data["layout"] != "wall":
        problems.append(declaration.problem("ZC367", "rotate_s"))
    if problems:
        return None, sorted(problems)
    page = Page(
        id=declaration.id,
        title=data["title"],
        help=data["help"],
        group=data["group"],
        order=data["order"],
        icon=data["icon"],
        roles=frozenset(data["roles"]),
        hidden=data["hidden"],
        rows=tuple(tuple(row) for row in data["rows"]),
        layout=data["layout"],
        rotate_s=data.get("rotate_s"),
        next=data.get("next"),
    )
    return page, []


def placed(rows: Any, path: tuple[str | int, ...] = ("rows",)) -> Iterator[tuple[tuple[str | int, ...], Block]]:
    """Every block with its path in the declaration, those inside tabs and groups too."""
    for row, blocks in enumerate(rows):
        for column, block in enumerate(blocks):
            yield (*path, row, column), block
            for index, tab in enumerate(block["tabs"] if block["block"] == "tabs" else ()):
                yield from placed(tab["rows"], (*path, row, column, "tabs", index, "rows"))
            if block["block"] == "group":
                yield from placed(block["rows"], (*path, row, column, "rows"))


Fault = tuple[str, tuple[str | int, ...], dict[str, Any]]


def _block_faults(block: Block, path: tuple[str | int, ...], named: Named) -> Iterator[Fault]:
    """(code, path, values of the problem) of one block; a category or statistic that did not compile is told there."""
    statistic = named.statistics.get(block.get("statistic", ""))
    if statistic is not None:
        yield from _figure_faults(block, path, statistic, named)
    category = named.categories.get(block.get("category", ""))
    if category is not None and block["block"] == "map":
        keys = [key for key in ("longitude", "latitude", "label", "colour") if block.get(key)]
        for key in keys:
            yield from _unknown(
                block[key], (*path, key), category.entity.fields, phrase("a field"), category.entity.title
            )
    if category is not None and block["block"] == "feed":
        for index, name in enumerate(block["columns"]):
            yield from _unknown(
                name, (*path, "columns", index), category_columns(category), phrase("a column"), category.title
            )
    entity = named.entities.get(block.get("entity", ""))
    if entity is not None:
        for index, name in enumerate(block.get("fields", ())):
            yield from _unknown(
                name, (*path, "fields", index), entity.mapped, phrase("a field to fill in"), entity.title
            )


def _figure_faults(block: Block, path: tuple[str | int, ...], statistic: Statistic, named: Named) -> Iterator[Fault]:
    fields, zone = figure_fields(block, statistic, named.entities), named.zone
    yield from _unknown(block["measure"], (*path, "measure"), statistic.measures, phrase("a measure"), statistic.title)
    for key in ("by", "series"):
        if block.get(key):
            yield from _unknown(block[key], (*path, key), fields, phrase("a dimension"), statistic.title)
    for key in sorted(NESTED & block["where"].keys()):
        yield "ZC359", (*path, "where", key), {"name": key}
    _, faults = compiled(block["where"], statistic.entity, zone, fields=fields)
    for inside, code, values in faults:
        yield code, (*path, "where", *inside), values
    try:
        window(block["within"], zone, SOME_MS)
    except ValueError:
        yield (
            "ZC353",
            (*path, "within"),
            {"text": block["within"], "mend": phrase("write {words}", words=WORDS)},
        )


def figure_fields(block: Block, statistic: Statistic, entities: Mapping[str, Entity]) -> Mapping[str, Field]:
    """What a block may ask its statistic by: its dimensions and grains, and the paths that it names."""
    paths = figure_paths(block, statistic, entities)
    return {**statistic.fields, **{name: path.field for name, path in paths.items()}}


def category_columns(category: Category) -> list[str]:
    """The names of a category's columns, in order."""
    return [column.field.name for column in category.shown]


def figure_paths(block: Block, statistic: Statistic, entities: Mapping[str, Entity]) -> dict[str, Path]:
    """The paths through refs that a block names."""
    names = (*(block[key] for key in ("by", "series") if block.get(key)), *named_in(block["where"]))
    return known_paths(names, statistic, entities)


def _unknown(name: str, path: tuple[str | int, ...], known: Any, role: str, of: str) -> Iterator[Fault]:
    if name not in known:
        yield "ZC352", path, {"name": name, "role": role, "of": of, "mend": instead(name, known)}
