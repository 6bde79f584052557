"""Declarations to working objects: every kind's compile step, called in the order in which they need each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.declare.declaration import Declaration
from core.declare.library import Reading
from core.declare.phrase import phrase
from core.declare.problem import Problem, ZcError
from core.entity.compile import compile_entities
from core.entity.entity import Entity
from core.entity.statistic import Statistic, compile_statistic
from core.entity.types import CORE
from core.intake.auth import compile_auth, told_alike
from core.intake.category import Category, compile_category
from core.intake.plan import Interface, compile_interface
from core.intake.post import Partner
from core.intake.reply import Reply, compile_reply
from core.intake.time_call import TimeCall, compile_time_call
from core.run.arguments import checked_arguments
from core.run.drops import check_drops
from core.run.guard import bound
from core.run.offers import Facts
from core.run.pages import Named, Page, compile_page
from core.run.paths import check_paths
from core.run.plugins import Loaded, raised_by
from core.run.pulls import Pull, compile_pulls
from core.run.roles import Role, compile_role
from core.run.web import FROM_WEB


@dataclass
class Compiled:
    """What the compile steps made, and the problems they found."""

    entities: Mapping[str, Entity] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    interfaces: dict[str, Interface] = field(default_factory=dict)
    time_calls: dict[str, TimeCall] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    statistics: dict[str, Statistic] = field(default_factory=dict)
    partners: dict[str, Partner] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    scrape: tuple[IPv4Network | IPv6Network, ...] = ()
    kinds: dict[str, Any] = field(default_factory=dict)
    pulls: dict[str, Pull] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def compile_all(reading: Reading, loaded: Mapping[str, Loaded], zone: ZoneInfo) -> Compiled:
    """Compile every kind; problems are collected, and what does not compile is left out."""
    made = Compiled()
    declared = reading.declarations
    dictionaries = {name: item.data["items"] for name, item in declared.get("dictionary", {}).items()}
    field_types = dict(CORE) | _offered(loaded, "field_types")
    entities = declared.get("entity", {})
    derivers = announced(reading, "derivers")
    made.entities, problems = _guarded(
        loaded, "entity", compile_entities, entities, field_types, derivers, dictionaries
    )
    made.problems += problems
    made.entities = made.entities or {}
    for name, declaration in declared.get("reply", {}).items():
        _keep(made.replies, name, compile_reply(declaration), made.problems)
    _compile_interfaces(made, reading, loaded, zone)
    for name, declaration in declared.get("time_call", {}).items():
        _keep(made.time_calls, name, compile_time_call(declaration, zone), made.problems)
    made.problems += check_paths([*declared.get("interface", {}).values(), *declared.get("time_call", {}).values()])
    _compile_over_entities(made, reading, loaded, zone)
    _compile_partners(made, reading, loaded, zone)
    made.problems += _check_jobs(reading)
    site = declared["site"]["site"]
    proxies = site.data["listen"]["trusted_proxies"]
    made.proxies, problems = networks_of(site, ("listen", "trusted_proxies"), proxies)
    made.problems += problems
    made.scrape, problems = networks_of(site, ("listen", "scrape"), site.data["listen"]["scrape"])
    made.problems += problems
    _compile_plugin_kinds(made, reading, loaded)
    _compile_seeing(made, reading, zone)
    return made


def zone_of(reading: Reading) -> tuple[ZoneInfo, list[Problem]]:
    """The site's zone; UTC and a problem where its name is none."""
    site = reading.declarations["site"]["site"]
    try:
        return ZoneInfo(site.data["zone"]), []
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC"), [site.problem("ZC364", "zone", zone=site.data["zone"])]


def _guarded(
    loaded: Mapping[str, Loaded], kind: str, compile_: Callable[..., tuple[Any, list[Problem]]], *arguments: Any
) -> tuple[Any, list[Problem]]:
    """What a compile step returns; where a plugin's field type raises in it, None and a problem of that plugin."""
    try:
        return compile_(*arguments)
    except Exception as error:
        one = raised_by(error, loaded)
        if one is None:
            raise
        return None, [_raised(one, kind, error)]


def _raised(one: Loaded, kind: str, error: Exception) -> Problem:
    raised = f"{type(error).__name__}: {error}"
    return one.manifest.declaration.problem("ZC406", plugin=one.manifest.id, kind=kind, raised=raised)


def _compile_interfaces(made: Compiled, reading: Reading, loaded: Mapping[str, Loaded], zone: ZoneInfo) -> None:
    checks = announced(reading, "checks")
    for name, declaration in reading.declarations.get("interface", {}).items():
        entity = made.entities.get(declaration.data["entity"])
        reply = made.replies.get(declaration.data["reply"])
        if entity is not None and reply is not None:
            compiled = _guarded(loaded, "interface", compile_interface, declaration, entity, reply, checks, zone)
            _keep(made.interfaces, name, compiled, made.problems)


def _compile_partners(made: Compiled, reading: Reading, loaded: Mapping[str, Loaded], zone: ZoneInfo) -> None:
    """Partners, and what depends on which interfaces they may use: files that they drop, what is pulled from them."""
    declared = reading.declarations
    interfaces = declared.get("interface", {})
    for name, declaration in declared.get("partner", {}).items():
        _keep(made.partners, name, compile_partner(declaration, zone), made.problems)
    made.pulls, problems = compile_pulls(interfaces.values(), loaded, made.partners, _raised)
    made.problems += problems
    made.problems += check_drops(made.interfaces, made.partners, interfaces)
    made.problems += told_alike(made.partners, declared.get("partner", {}), declared["site"]["site"].data["listen"])


def _compile_over_entities(made: Compiled, reading: Reading, loaded: Mapping[str, Loaded], zone: ZoneInfo) -> None:
    """Kinds that ask something of one entity: categories and statistics."""
    dictionaries = reading.declarations.get("dictionary", {})
    statistic = partial(compile_statistic, entities=made.entities, dictionaries=dictionaries)
    kinds: tuple[tuple[str, Callable[..., Any], dict[str, Any]], ...] = (
        ("category", partial(compile_category, operations=FROM_WEB), made.categories),
        ("statistic", statistic, made.statistics),
    )
    for kind, compile_, place in kinds:
        for name, declaration in reading.declarations.get(kind, {}).items():
            entity = made.entities.get(declaration.data["entity"])
            if entity is not None:
                _keep(place, name, _guarded(loaded, kind, compile_, declaration, entity, zone), made.problems)


def _compile_plugin_kinds(made: Compiled, reading: Reading, loaded: Mapping[str, Loaded]) -> None:
    for one in loaded.values():
        for kind, compiler in one.offers.compilers.items():
            declarations = reading.declarations.get(kind, {})
            try:
                made.kinds[kind], problems = compiler(declarations, reading.declarations)
                made.problems += problems
            except Exception as error:  # noqa: BLE001 - foreign code: what it raises is its problem
                made.problems.append(_raised(one, kind, error))


def _compile_seeing(made: Compiled, reading: Reading, zone: ZoneInfo) -> None:
    """Pages and roles, which name everything else."""
    pages = reading.declarations.get("page", {})
    walls = frozenset(name for name, one in pages.items() if one.data["layout"] == "wall")
    named = Named(made.entities, made.categories, made.statistics, walls, zone)
    for name, declaration in pages.items():
        _keep(made.pages, name, compile_page(declaration, named), made.problems)
    places = {*pages, *(declaration.data["group"] for declaration in pages.values())}
    commands = {name for name, said in announced(reading, "commands").items() if said.get("pages")}
    for name, declaration in reading.declarations.get("role", {}).items():
        compiled = compile_role(declaration, made.entities, places, FROM_WEB | commands)
        _keep(made.roles, name, compiled, made.problems)


def networks_of(
    declaration: Declaration, path: tuple[str, ...], texts: Sequence[str]
) -> tuple[tuple[IPv4Network | IPv6Network, ...], list[Problem]]:
    """Networks in CIDR notation, and a problem for each text that is none."""
    networks, problems = [], []
    for index, text in enumerate(texts):
        try:
            networks.append(ip_network(text))
        except ValueError:
            problems.append(declaration.problem("ZC361", *path, index, text=text))
    return tuple(networks), problems


def compile_partner(declaration: Declaration, zone: ZoneInfo) -> tuple[Partner | None, list[Problem]]:
    """A partner with its networks parsed and its way to say who it is compiled."""
    data = declaration.data
    networks, problems = networks_of(declaration, ("networks",), data["networks"])
    auth, found = compile_auth(declaration, zone)
    problems += found
    partner = Partner(
        id=declaration.id,
        title=data["title"],
        stations=frozenset(data["stations"]),
        interfaces=frozenset(data["interfaces"]),
        networks=networks,
        auth=auth,
        rate_per_minute=data["rate_per_minute"],
        refusals_mib=data["refusals_mib"],
        active=data["active"],
        simulated=data["simulated"],
        sandbox=data["sandbox"],
    )
    return (None if any(problem.level == "error" for problem in problems) else partner), problems


def _check_jobs(reading: Reading) -> list[Problem]:
    commands = {name: said for name, said in announced(reading, "commands").items() if said["job"]}
    problems = []
    for declaration in reading.declarations.get("job", {}).values():
        data = declaration.data
        if data["run"] not in commands:
            known = ", ".join(sorted(commands)) or phrase("none")
            problems.append(declaration.problem("ZC362", "run", run=data["run"], known=known))
        else:
            try:
                checked_arguments(data["run"], commands[data["run"]]["arguments"], data["with"])
            except ZcError as error:
                problems.append(declaration.problem("ZC365", "with", text=error.reason, mend=error.instruction))
        if not any(when in data for when in ("every", "daily", "weekly", "monthly")):
            problems.append(declaration.problem("ZC363"))
    return problems


def announced(reading: Reading, kind: str) -> dict[str, Any]:
    """Every name that the loaded plugins announce of one kind of offer, with what they say of it."""
    return {
        name: said
        for manifest in reading.plugins.values()
        for name, said in manifest.declaration.data["offers"].get(kind, {}).items()
    }


def bound_functions(
    loaded: Mapping[str, Loaded], kind: str, facts: Mapping[str, Facts]
) -> dict[str, Callable[..., Any]]:
    """Offered checks or derivers by name, each with the facts of its plugin."""
    return {
        name: bound(function, facts[plugin])
        for plugin, one in loaded.items()
        for name, function in getattr(one.offers, kind).items()
    }


def owners(loaded: Mapping[str, Loaded], entities: Mapping[str, Entity]) -> dict[str, str]:
    """{"deriver verdict": "limits", "field type of plate": "limits", …}: whose each offered part is, as a fault
    names it."""
    functions = {
        f"{kind[:-1]} {name}": plugin
        for plugin, one in loaded.items()
        for kind in ("checks", "derivers")
        for name in getattr(one.offers, kind)
    }
    fields = [field for entity in entities.values() for field in entity.fields.values()]
    return functions | {
        f"field type of {field.name}": plugin
        for plugin, one in loaded.items()
        for field in fields
        if any(field.type is offered for offered in one.offers.field_types.values())
    }


def _offered(loaded: Mapping[str, Loaded], kind: str) -> dict[str, Any]:
    return {name: item for one in loaded.values() for name, item in getattr(one.offers, kind).items()}


def _keep(place: dict[str, Any], name: str, compiled: tuple[Any, list[Problem]], problems: list[Problem]) -> None:
    if compiled[0] is not None:
        place[name] = compiled[0]
    problems += compiled[1]
