"""The snapshot: everything derived from one consistent set of declarations, frozen and numbered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pluggy

from core.declare.library import Reading
from core.declare.problem import Problem
from core.entity.entity import Entity
from core.entity.statistic import Statistic
from core.intake.auth import Ways
from core.intake.category import Category
from core.intake.plan import Interface
from core.intake.post import Partner
from core.intake.reply import Reply
from core.intake.time_call import TimeCall
from core.run.offers import Facts
from core.run.pages import Page
from core.run.plugins import Loaded
from core.run.pulls import Pull
from core.run.roles import Role

Served = Interface | TimeCall
"""What answers at a path."""


@dataclass(frozen=True)
class Snapshot:
    """One activated set of declarations. A request takes it once and sees nothing newer."""

    number: int
    made_at: int  # UTC milliseconds
    digest: str
    reading: Reading
    site: Mapping[str, Any]
    zone: ZoneInfo
    plugins: Mapping[str, Loaded]
    hooks: pluggy.PluginManager
    facts: Facts
    entities: Mapping[str, Entity]
    replies: Mapping[str, Reply]
    token_reply: Reply
    interfaces: Mapping[str, Interface]
    time_calls: Mapping[str, TimeCall]
    categories: Mapping[str, Category]
    statistics: Mapping[str, Statistic]
    partners: Mapping[str, Partner]
    roles: Mapping[str, Role]
    pages: Mapping[str, Page]
    pulls: Mapping[str, Pull]  # by interface, the active ones
    proxies: tuple[IPv4Network | IPv6Network, ...]
    scrape: tuple[IPv4Network | IPv6Network, ...]  # may read /-/metrics
    jobs: Mapping[str, Mapping[str, Any]]
    checks: Mapping[str, Callable[..., Any]]
    derivers: Mapping[str, Callable[..., Any]]
    explainers: Mapping[str, Callable[..., Any]]
    owners: Mapping[str, str]  # "deriver verdict": the plugin that offers it
    problems: tuple[Problem, ...]  # warnings it was activated with
    last_good: bool = False  # True where the files on disk are bad and this is the copy from before

    @cached_property
    def paths(self) -> Mapping[str, tuple[Served, ...]]:
        """Active interfaces and time calls by path; several where they are operations of one SOAP service."""
        served: dict[str, tuple[Served, ...]] = {}
        items: tuple[Served, ...] = (*self.interfaces.values(), *self.time_calls.values())
        for item in items:
            if item.active and item.path:
                served[item.path] = (*served.get(item.path, ()), item)
        return served

    @cached_property
    def active_jobs(self) -> Mapping[str, Mapping[str, Any]]:
        """The jobs that run, by id."""
        return {name: job for name, job in self.jobs.items() if job["active"]}

    @cached_property
    def ways(self) -> Ways:
        """By what partners are told apart."""
        return Ways.of(self.partners)

    def is_sandbox(self, partner: str) -> bool:
        """Whether that partner is only trying out."""
        known = self.partners.get(partner)
        return known is not None and known.sandbox

    def activated(self, number: int, made_at: int, problems: tuple[Problem, ...], last_good: bool) -> Snapshot:
        """The same snapshot as it is put in force."""
        return replace(self, number=number, made_at=made_at, problems=problems, last_good=last_good)

    def facts_for(self, plugin: str) -> Facts:
        """The facts with that plugin's own settings."""
        return replace(self.facts, settings=MappingProxyType(dict(self.plugins[plugin].plugin.settings)))
