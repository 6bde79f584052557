"""From declarations to interfaces: how a partner's records become ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.condition import Condition, compiled, tests
from core.entity.entity import Entity
from core.entity.near import instead
from core.entity.record import hasher
from core.intake.clock import civil_day
from core.intake.decode.compile import compile_layout
from core.intake.decode.layout import Layout
from core.intake.drop import Drop, compile_drop
from core.intake.explain import Explainer, explainer
from core.intake.generate import Plan, plan
from core.intake.mapping import ARRIVAL, Source
from core.intake.quick import Plans, quick
from core.intake.reply import Reply
from core.intake.source import compile_source


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold for a mapped record: a condition, or a check that a plugin offers under `use`.

    `inputs` maps the offered check's inputs to our fields. `field` and `ours` are what the message is about, the
    partner's name and our own; both may be empty.
    """

    message: str
    field: str
    ours: str
    must: Condition | None = None
    use: str | None = None
    inputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Interface:
    """A compiled contract with partners.

    `path` is empty where it is not served over HTTP, `drop` says which files it takes; `nested` and `prefixes` tell
    where one element holds several records; `needs_arrival` whether the moment of arrival is read as a value; `day`
    the civil day (yyyymmdd) of UTC milliseconds; `plan` makes one record ours, `plans` all of a post; `partner_names`
    maps our fields to the partner's names.
    """

    id: str
    title: str
    path: str
    drop: Drop | None
    active: bool
    layout: Layout
    records: tuple[str, ...]
    nested: tuple[str, ...]
    prefixes: tuple[str, ...]
    needs_arrival: bool
    token: tuple[str, ...] | None
    entity: Entity
    reply: Reply
    day: Callable[[int], int]
    plan: Plan
    plans: Plans
    explainer: Explainer
    checks: tuple[Check, ...]
    partner_names: Mapping[str, str]
    hashes: Callable[[Mapping[str, Any]], tuple[bytes, bytes]]


def compile_interface(
    declaration: Declaration,
    entity: Entity,
    reply: Reply,
    checks: Mapping[str, Mapping[str, Any]],
    zone: ZoneInfo,
) -> tuple[Interface | None, list[Problem]]:
    """The interface of a declaration, and its problems; None when there are any.

    `checks` are announced ones, {name: {uses}}.
    """
    data = declaration.data
    layout, problems = compile_layout(declaration)
    drop, found = compile_drop(declaration)
    problems += found
    sources, found = _sources(declaration, entity, zone)
    problems += found
    names = {name: source.shown for name, source in sources.items()}
    compiled_checks, found = _checks(declaration, entity, names, checks, zone)
    problems += found
    problems += _key_problems(declaration, entity, sources)
    if problems:
        return None, sorted(problems)
    columns = tuple(entity.columns)
    ordered = tuple(sources.values())
    planned = plan(ordered, columns, data["ignore_case"])
    interface = Interface(
        id=declaration.id,
        title=data["title"],
        path=data["path"] or "",
        drop=drop,
        active=data["active"],
        layout=layout,
        records=_path(data["records"]),
        nested=_path(data["nested"]),
        prefixes=tuple(data["prefixes"]),
        needs_arrival=any(name.keys == (ARRIVAL,) for source in ordered for name in (*source.names, *source.join)),
        token=_path(data["token"]) if data["token"] else None,
        entity=entity,
        reply=reply,
        day=civil_day(zone),
        plan=planned,
        plans=quick(ordered, columns, planned, layout.typed and not data["ignore_case"]),
        explainer=explainer(ordered, columns, data["ignore_case"]),
        checks=compiled_checks,
        partner_names=names,
        hashes=hasher(entity),
    )
    return interface, []


def _path(text: str) -> tuple[str, ...]:
    return tuple(text.split(".")) if text else ()


def _sources(declaration: Declaration, entity: Entity, zone: ZoneInfo) -> tuple[dict[str, Source], list[Problem]]:
    sources: dict[str, Source] = {}
    problems: list[Problem] = []
    for name, entry in declaration.data["fields"].items():
        field = entity.fields.get(name)
        if field is None:
            mend = instead(name, entity.mapped)
            problems.append(declaration.problem("ZC335", "fields", name, name=name, entity=entity.id, mend=mend))
        elif field.derived:
            problems.append(declaration.problem("ZC336", "fields", name, name=name))
        else:
            source, found = compile_source(declaration, field, entry or {}, zone)
            problems += found
            sources[name] = source
    return sources, problems


def _key_problems(declaration: Declaration, entity: Entity, sources: Mapping[str, Source]) -> Iterator[Problem]:
    """Every record must come with its key."""
    for name in entity.key:
        source = sources.get(name)
        if source is None and name not in declaration.data["fields"]:
            yield declaration.problem("ZC337", "fields", name=name, what=phrase("is not mapped"))
        elif source is not None and not source.required and source.default is None and not source.is_constant:
            yield declaration.problem("ZC337", "fields", name, name=name, what=phrase("may be missing"))


def _checks(
    declaration: Declaration,
    entity: Entity,
    names: Mapping[str, str],
    announced: Mapping[str, Mapping[str, Any]],
    zone: ZoneInfo,
) -> tuple[tuple[Check, ...], list[Problem]]:
    checks: list[Check] = []
    problems: list[Problem] = []
    for row, entry in enumerate(declaration.data["checks"]):
        ours, inputs = entry.get("field", ""), tuple(entry["with"].items())
        problems += _check_problems(declaration, entity, row, announced)
        must = None
        if "must" in entry:
            must, faults = compiled(entry["must"], entity, zone, entity.fields)
            for path, code, values in faults:
                problems.append(declaration.problem(code, "checks", row, "must", *path, **values))
            problems += _tree_problems(declaration, row, must)
        checks.append(Check(entry["message"], names.get(ours, ours), ours, must, entry.get("use"), inputs))
    return tuple(checks), problems


def _check_problems(
    declaration: Declaration, entity: Entity, row: int, announced: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    entry = declaration.data["checks"][row]
    use, given = entry.get("use"), entry["with"]
    if use is None and "must" not in entry:
        yield declaration.problem("ZC342", "checks", row, what=phrase("a check says neither must nor use"))
    if use is not None and use not in announced:
        mend = instead(use, announced)
        yield declaration.problem(
            "ZC342", "checks", row, "use", what=phrase("no plugin offers the check '{use}'", use=use), mend=mend
        )
    uses = announced[use].get("uses", {}) if use in announced else {}
    for slot in uses.keys() - given.keys():
        yield declaration.problem(
            "ZC342", "checks", row, what=phrase("'{use}' needs the input '{slot}' under with", use=use, slot=slot)
        )
    for slot in given.keys() - uses.keys() if use in announced else ():
        mend = instead(slot, uses)
        yield declaration.problem(
            "ZC342",
            "checks",
            row,
            "with",
            slot,
            what=phrase("'{use}' has no input '{slot}'", use=use, slot=slot),
            mend=mend,
        )
    named: list[tuple[tuple[str, ...], Any]] = [(("with", slot), name) for slot, name in given.items()]
    named += [(("field",), entry["field"])] if "field" in entry else []
    for path, name in named:
        if name not in entity.mapped:
            what, mend = phrase("'{name}' is no field that can be mapped", name=name), instead(str(name), entity.mapped)
            yield declaration.problem("ZC342", "checks", row, *path, what=what, mend=mend)


def _tree_problems(declaration: Declaration, row: int, must: Condition | None) -> Iterator[Problem]:
    """A check sees one record and no other, so no subtree can be asked for."""
    for test in tests(must.sample) if must is not None else ():
        if test.operator == "within_tree":
            what = phrase("within on the ref '{field}' cannot be checked on one record alone", field=test.field)
            yield declaration.problem("ZC342", "checks", row, "must", what=what, mend=phrase("list the keys with in"))
