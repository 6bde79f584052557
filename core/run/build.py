"""The build: declarations on disk to a snapshot, or to all that is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType

from core.declare import library
from core.declare.library import Cache, Reading
from core.declare.problem import Problem
from core.entity.types import option_schemas
from core.intake.outcomes import OUTCOMES
from core.run import plugins, trials
from core.run.compiling import bound_functions, compile_all, owners, zone_of
from core.run.home import Home
from core.run.offers import Facts
from core.run.platform_reply import token_reply
from core.run.snapshot import Snapshot


@dataclass(frozen=True)
class Built:
    """A snapshot that waits for its number, or None; the declarations as far as they could be read; all problems."""

    home: Home
    snapshot: Snapshot | None
    reading: Reading
    problems: list[Problem]
    trials: list[trials.Case]


def build(home: Home, cache: Cache, skip_trials: bool = False) -> Built:
    """Build a snapshot from the home's files. Touches no store and nothing that is in force; any thread."""
    reading = read(home, cache)  # manifests → kinds → shapes → like → links
    problems = list(reading.problems)
    if stops(problems):
        return Built(home, None, reading, problems, [])

    site = reading.declarations["site"]["site"].data
    zone, found = zone_of(reading)
    problems += found
    loaded, hooks, found = plugins.load(reading.plugins, site["plugins"], home.place)  # import
    problems += found
    if stops(problems):
        return Built(home, None, reading, problems, [])

    made = compile_all(reading, loaded, zone)  # compile
    problems += made.problems
    if stops(problems):
        return Built(home, None, reading, problems, [])

    dictionaries = {name: item.data["items"] for name, item in reading.declarations.get("dictionary", {}).items()}
    kinds, title = MappingProxyType(made.kinds), site["title"]
    facts = Facts(kinds, MappingProxyType(dictionaries), zone, title, site["demo"], home.place)
    facts_of = {name: replace(facts, settings=one.plugin.settings) for name, one in loaded.items()}
    snapshot = Snapshot(
        number=0, made_at=0, digest=reading.digest, reading=reading, site=site, zone=zone, plugins=loaded,
        hooks=hooks, facts=facts, entities=made.entities, replies=made.replies,
        token_reply=token_reply(site, made.replies), interfaces=made.interfaces,
        time_calls=made.time_calls, categories=made.categories, statistics=made.statistics,
        partners=made.partners, pulls=made.pulls, proxies=made.proxies, scrape=made.scrape,
        jobs={name: item.data for name, item in reading.declarations.get("job", {}).items()},
        checks=bound_functions(loaded, "checks", facts_of),
        derivers=bound_functions(loaded, "derivers", facts_of), owners=owners(loaded, made.entities), problems=(),
    )  # fmt: skip
    cases = [] if skip_trials else trials.run(snapshot)  # trials
    problems += [problem for case in cases for problem in case.problems]
    return Built(home, None if stops(problems) else snapshot, reading, sorted(problems), cases)


def read(home: Home, cache: Cache) -> Reading:
    """The declarations of a home, with the core's field types and outcomes."""
    return library.read(
        home.root, home.plugin_roots, field_types=option_schemas(), outcomes=frozenset(OUTCOMES), cache=cache
    )


def stops(problems: list[Problem]) -> bool:
    """Whether any of the problems is an error."""
    return any(problem.level == "error" for problem in problems)
