"""From declarations to categories: the only way to ask for records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.condition import Condition, compiled
from core.entity.entity import Entity, Field
from core.entity.near import instead
from core.entity.system import all_fields


@dataclass(frozen=True, slots=True)
class Filter:
    """A field one may ask by on a page: `control` is presets, tree, plate, range, choice or text."""

    field: Field
    control: str
    default: Any = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list; `width` in pixels, None for what fits."""

    field: Field
    width: int | None = None
    fixed: bool = False
    hidden: bool = False
    opens: str | None = None  # the page that a value leads to


@dataclass(frozen=True, slots=True)
class Run:
    """An operation of the platform that a record offers: `arguments` names the field that each argument takes, `shows`
    the label of each part of the result that is shown."""

    operation: str
    label: str
    arguments: Mapping[str, Field]
    sure: str
    shows: Mapping[str, str]


@dataclass(frozen=True)
class Category:
    """A compiled category. `condition.at(now_ms)` are its fixed rows; `asks` are the fields one may ask by, by name.

    `sort` is names, a leading minus for descending, by weight. `filters` and `shown` say how a page offers conditions
    and columns. `roles` are those who may ask it, empty for all who may see the entity.
    """

    id: str
    title: str
    help: str
    entity: Entity
    condition: Condition
    asks: Mapping[str, Field]
    columns: tuple[str, ...]
    sort: tuple[str, ...]
    voided: bool
    filters: tuple[Filter, ...] = ()
    shown: tuple[Column, ...] = ()
    facets: tuple[str, ...] = ()
    sums: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    operations: tuple[Run, ...] = ()
    export: bool = True
    roles: frozenset[str] = frozenset()


def compile_category(
    declaration: Declaration, entity: Entity, zone: ZoneInfo, operations: Collection[str] = ()
) -> tuple[Category | None, list[Problem]]:
    """The category of a declaration, and its problems; None when there are any. `operations` are those that may be run
    from the web.

    Without columns it has all fields of the entity; without asks one may ask by every field and system column; without
    filters a page offers those of its columns that may be asked by; without sort the entity's newest come first.
    """
    data, fields = declaration.data, all_fields(entity)
    condition, faults = compiled(data["where"], entity, zone)
    problems = [declaration.problem(code, "where", *path, **values) for path, code, values in faults]
    for key in ("asks", "filters", "facets", "columns", "sums", "sort"):
        problems += _unknown(declaration, key, fields)
    problems += _unknown_runs(declaration, fields, operations)
    if not problems:
        problems += [*_unfit(declaration, fields)]
    if problems or condition is None:
        return None, sorted(problems)
    newest = f"-{entity.time or 'id'}"
    columns = tuple(_columns(data["columns"], fields)) or tuple(Column(one) for one in entity.fields.values())
    asks = {name: fields[name] for name in data["asks"]} or dict(fields)
    category = Category(
        id=declaration.id,
        title=data["title"],
        help=data["help"],
        entity=entity,
        condition=condition,
        asks=asks,
        columns=tuple(one.field.name for one in columns),
        sort=tuple(data["sort"]) or (newest,),
        voided=data["voided"],
        filters=tuple(_filters(data["filters"], fields)) or tuple(_fitting(columns, asks)),
        shown=columns,
        facets=tuple(data["facets"]),
        sums=tuple(data["sums"]),
        actions=tuple(data["actions"]),
        operations=tuple(_runs(data["operations"], fields)),
        export=data["export"],
        roles=frozenset(data["roles"]),
    )
    return category, []


def control(field: Field) -> str:
    """The control that suits a field."""
    if field.type.timed:
        return "presets"
    if field.to:
        return "tree"
    if field.dictionary or field.type.column == "boolean":
        return "choice"
    if field.type.alike:
        return "plate"
    return "range" if field.type.ordered else "text"


def _filters(entries: list[Any], fields: Mapping[str, Field]) -> Iterator[Filter]:
    for entry in entries:
        field = fields[_name(entry)]
        said = entry if isinstance(entry, dict) else {}
        yield Filter(field, said.get("as") or control(field), said.get("default"))


def _fitting(columns: Iterable[Column], asks: Mapping[str, Field]) -> Iterator[Filter]:
    """What a page offers where nothing is said: the columns that may be asked by."""
    for one in columns:
        if one.field.name in asks and not one.field.type.listed:
            yield Filter(one.field, control(one.field))


def _columns(entries: list[Any], fields: Mapping[str, Field]) -> Iterator[Column]:
    for entry in entries:
        said = entry if isinstance(entry, dict) else {}
        more = {name: said[name] for name in ("width", "fixed", "hidden", "opens") if name in said}
        yield Column(fields[_name(entry)], **more)


def _runs(entries: list[Any], fields: Mapping[str, Field]) -> Iterator[Run]:
    for entry in entries:
        arguments = {argument: fields[name] for argument, name in entry["with"].items()}
        yield Run(entry["operation"], entry["label"], arguments, entry["sure"], entry["shows"])


def _name(entry: Any) -> str:
    """The field that an entry of a list names, by itself or in a mapping, with or without a minus."""
    return str(entry["field"] if isinstance(entry, dict) else entry).removeprefix("-")


def _unknown(declaration: Declaration, key: str, fields: Mapping[str, Field]) -> list[Problem]:
    found = []
    for index, entry in enumerate(declaration.data[key]):
        name, inside = _name(entry), ("field",) if isinstance(entry, dict) else ()
        if name not in fields:
            found.append(declaration.problem("ZC350", key, index, *inside, name=name, mend=instead(name, fields)))
    return found


def _unknown_runs(
    declaration: Declaration, fields: Mapping[str, Field], operations: Collection[str]
) -> Iterator[Problem]:
    for index, entry in enumerate(declaration.data["operations"]):
        if (name := entry["operation"]) not in operations:
            mend = instead(name, sorted(operations))
            yield declaration.problem("ZC356", "operations", index, "operation", name=name, mend=mend)
        for argument, name in entry["with"].items():
            if name not in fields:
                path = ("operations", index, "with", argument)
                yield declaration.problem("ZC350", *path, name=name, mend=instead(name, fields))


def _unfit(declaration: Declaration, fields: Mapping[str, Field]) -> Iterator[Problem]:
    """Facets, sums and controls that mean nothing for their fields; what is offered though it may not be asked by."""
    yield from _unasked(declaration)
    for key, role, why_not in (("facets", phrase("a facet"), no_facet), ("sums", phrase("summed"), no_sum)):
        for index, name in enumerate(declaration.data[key]):
            if why := why_not(fields[name]):
                mend = phrase("name another field")
                yield declaration.problem("ZC351", key, index, name=name, role=role, why=why, mend=mend)
    for index, entry in enumerate(declaration.data["filters"]):
        if isinstance(entry, dict) and (wanted := entry.get("as")) and not _suits(wanted, fields[entry["field"]]):
            values = {
                "role": phrase("asked by as {wanted}", wanted=wanted),
                "why": phrase("its type has no such control"),
            }
            mend = phrase("write as: {control}", control=control(fields[entry["field"]]))
            yield declaration.problem("ZC351", "filters", index, "as", name=entry["field"], mend=mend, **values)


def _unasked(declaration: Declaration) -> Iterator[Problem]:
    """Filters and facets, which ask by their field, outside of what may be asked by."""
    asks = declaration.data["asks"]
    for key, role in (("filters", phrase("offered")), ("facets", phrase("a facet"))):
        for index, entry in enumerate(declaration.data[key] if asks else ()):
            if (name := _name(entry)) not in asks:
                mend = phrase("add it to asks, or take it away here")
                values = {"role": role, "why": phrase("asks leaves it out"), "mend": mend}
                yield declaration.problem("ZC351", key, index, name=name, **values)


def no_facet(field: Field) -> str | None:
    """Why a field has too many values to be counted by each; None where it has not."""
    if field.type.listed or field.type.column == "real":
        return phrase("almost every record has a value of its own")
    if field.type.timed and field.type.column == "integer":
        return phrase("almost every record has a time of its own")
    return None


def no_sum(field: Field) -> str | None:
    """Why a field's sum would mean nothing; None where it means something."""
    summed = field.type.column == "integer" and not field.type.timed and not field.type.listed
    return None if summed else phrase("it is no whole number, mass, length or speed")


def _suits(wanted: str, field: Field) -> bool:
    return {
        "presets": field.type.timed,
        "tree": field.to is not None,
        "plate": bool(field.type.alike),
        "range": field.type.ordered,
        "choice": bool(field.to or field.dictionary or field.type.column == "boolean"),
        "text": True,
    }[wanted]
