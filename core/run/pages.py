"""From declarations to pages: rows of blocks, every name in them checked against what it names."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.condition import compiled
from core.entity.entity import Entity, Field
from core.entity.measure import ONLINE
from core.entity.near import instead
from core.entity.path import Path, known_paths
from core.entity.path import named as named_in
from core.entity.statistic import Statistic
from core.entity.window import WORDS, window
from core.intake.category import Category
from core.run.block_query import dimensions_of, measures_of

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
    walls: frozenset[str]
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
    if data.get("next") and data["next"] not in named.walls:
        problems.append(declaration.problem("ZC369", "next", name=data["next"]))
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
    fields = figure_fields(block, statistic, named.entities)
    measured = "measures" if block.get("measures") else "measure"
    asked: list[tuple[str, list[str], Container[str], str]] = [
        (measured, measures_of(block), statistic.measures, "a measure"),
        ("by", dimensions_of(block), fields, "a dimension"),
    ]
    for key, names, known, role in asked:
        for at, name in enumerate(names):
            yield from _unknown(name, (*path, *_place(block, key, at)), known, phrase(role), statistic.title)
    if block.get("online") and (statistic.expected is None or dimensions_of(block) != [statistic.entity.scope]):
        mend = phrase("ask by the scope alone, of a statistic that says under expected what is due")
        yield (
            "ZC352",
            (*path, "online"),
            {"name": "online", "role": phrase("a column"), "of": statistic.title, "mend": mend},
        )
    if block.get("order"):
        ordered = {*dimensions_of(block), *measures_of(block), *(ONLINE if block.get("online") else ())}
        name = block["order"].removeprefix("-")
        yield from _unknown(name, (*path, "order"), ordered, phrase("a measure"), statistic.title)
    yield from _asked_faults(block, path, statistic, fields, named.zone)


def _place(block: Block, key: str, at: int) -> tuple[str | int, ...]:
    """Where in a block one of its measures or dimensions is written."""
    if block["block"] == "filters":
        return ("fields", at)
    if isinstance(block.get(key), str):
        return ((key, "series")[at],)
    return (key, at)


def _asked_faults(
    block: Block, path: tuple[str | int, ...], statistic: Statistic, fields: Mapping[str, Field], zone: ZoneInfo
) -> Iterator[Fault]:
    """Of the conditions and windows that a block says."""
    where = block.get("where", {})
    for key in sorted(NESTED & where.keys()):
        yield "ZC359", (*path, "where", key), {"name": key}
    _, faults = compiled(where, statistic.entity, zone, fields=fields)
    for inside, code, values in faults:
        yield code, (*path, "where", *inside), values
    windows: list[tuple[tuple[str | int, ...], str]] = [(("within",), block["within"])] if block.get("within") else []
    windows += [(("presets", at), text) for at, text in enumerate(block.get("presets", ()))]
    for place, text in windows:
        try:
            window(text, zone, SOME_MS)
        except ValueError:
            yield "ZC353", (*path, *place), {"text": text, "mend": phrase("write {words}", words=WORDS)}


def figure_fields(block: Block, statistic: Statistic, entities: Mapping[str, Entity]) -> Mapping[str, Field]:
    """What a block may ask its statistic by: its dimensions and grains, and the paths that it names."""
    paths = figure_paths(block, statistic, entities)
    return {**statistic.fields, **{name: path.field for name, path in paths.items()}}


def category_columns(category: Category) -> list[str]:
    """The names of a category's columns, in order."""
    return [column.field.name for column in category.shown]


def figure_paths(block: Block, statistic: Statistic, entities: Mapping[str, Entity]) -> dict[str, Path]:
    """The paths through refs that a block names."""
    names = (*dimensions_of(block), *named_in(block.get("where", {})))
    return known_paths(names, statistic, entities)


def _unknown(name: str, path: tuple[str | int, ...], known: Any, role: str, of: str) -> Iterator[Fault]:
    if name not in known:
        yield "ZC352", path, {"name": name, "role": role, "of": of, "mend": instead(name, known)}
