"""Offers and the two hooks: everything that a plugin's Python may bring, and how the core calls it.

A plugin announces names in plugin.yaml and returns their implementations from `offer`. Nothing else of a plugin's
code is ever looked for. Offered functions are stateless and keep no handle of the database; what lives long is a
service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

import pluggy

from core.declare.declaration import Declaration
from core.declare.problem import Problem
from core.entity.field_type import FieldType
from core.run.transport import Transport

if TYPE_CHECKING:
    from core.run.answer import Answer
    from core.run.question import Question
    from core.run.seeing import Seeing
    from core.store.scope import Scope

PROJECT = "zc"
hook = pluggy.HookimplMarker(PROJECT)
hookspec = pluggy.HookspecMarker(PROJECT)


@dataclass(frozen=True)
class Plugin:
    """Who is asked for offers: its id, its validated settings from site.yaml, its folder and the home."""

    id: str
    settings: Mapping[str, Any]
    folder: Path
    home: Path


@dataclass(frozen=True)
class Facts:
    """What an offered function may know: parts of one snapshot, all of them frozen.

    `compiled` maps a plugin's kind to what its compiler returned; `dictionaries` maps a dictionary's id to its
    items ({code: {label, colour, from, help}}); `home` is the home folder; `settings` are those of the plugin called.
    """

    compiled: Mapping[str, Any]
    dictionaries: Mapping[str, Mapping[str, Mapping[str, Any]]]
    zone: ZoneInfo
    title: str
    demo: bool
    home: Path
    settings: Mapping[str, Any] = field(default_factory=dict)


class Live(Protocol):
    """What commands, services and `after` get: the running platform, by its named doors only."""

    @property
    def home(self) -> Path:
        """The home folder."""

    @property
    def url(self) -> str | None:
        """Where the server listens, such as http://127.0.0.1:8600; None where none runs."""

    @property
    def zone(self) -> ZoneInfo:
        """The site's zone."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """This plugin's settings."""

    @property
    def seeing(self) -> Seeing | None:
        """The door of the person at a page who asked for this; None for the operator at the machine and for jobs, who
        see all."""

    def facts(self) -> Facts:
        """The facts of the snapshot now in force."""

    def operate(self, name: str, /, **arguments: Any) -> Any:
        """Run a named operation of the core, such as partner.ensure; raises ZcError."""

    def service(self, name: str) -> Any:
        """This plugin's service of that name as it runs now; None where it does not, as without a server."""

    def progress(self, text: str) -> None:
        """Tell whoever started this how far it is; one short line."""

    def search(self, category: str, where: Mapping[str, Any] | None = None, limit: int = 100) -> list[dict[str, Any]]:
        """Records of a category, shown values by field name, newest first as the category sorts."""

    def ask(self, question: Question, scope: Scope | None = None) -> Answer:
        """Ask a statistic, with the rows of a scope in sight, all where none is named; for a person at a page, ask
        `seeing`."""

    def definition(self, category: str, where: Mapping[str, Any]) -> list[str]:
        """Which records a list of the category under this condition shows, in words, line by line."""

    def steadily(self) -> AbstractContextManager[None]:
        """Inside it all that this thread asks of the platform is of one moment, whatever is stored meanwhile."""

    def work(self, function: str, /, *arguments: Any) -> Any:
        """Run a function of this plugin, named as module.function, in the process pool and wait; arguments and result
        are pickled."""

    def prepare(self, module: str) -> None:
        """Have a process of the pool import a module of this plugin meanwhile, so that `work` need not wait for it."""


class Service(Protocol):
    """A long-lived part of a plugin. Unchanged across a reload (same plugin, same settings), it runs on."""

    def start(self, live: Live) -> None:
        """Begin; return soon (own threads do the work). An exception is a problem of the plugin."""

    def stop(self) -> None:
        """End; return when ended."""


Check = Callable[[Sequence[Mapping[str, Any]], Facts], Sequence[str | None]]
Deriver = Callable[[Sequence[Mapping[str, Any]], Facts], Sequence[Mapping[str, Any]]]
Compiler = Callable[[Mapping[str, Declaration], Mapping[str, Any]], tuple[Any, list[Problem]]]
Command = Callable[..., Any]
Health = Callable[[Facts], str | None]
Explainer = Callable[[Sequence[Mapping[str, Any]], Facts], Sequence[Sequence[Mapping[str, str]]]]


@dataclass(frozen=True)
class Offers:
    """Implementations by kind of offer and name; each name is announced in plugin.yaml under offers.

    field_types: a FieldType instance.
    checks: `check(batch, facts)` gives, for each mapped record, None (holds) or the text of what does not hold.
    derivers: `derive(batch, facts)` gets the declared inputs of each record, gives the outputs of each.
    compilers: `compile(declarations, links)` of a kind the plugin brings; returns (compiled, problems).
    services: a Service. commands: `command(live, **arguments)`, its result printed or kept by the job's run.
    transports: `compile(declaration)` of what an interface says under pull; gives (fetch, problems), see
        core.run.transport.
    health: `check(facts)` within two seconds gives None (well) or what is wrong.
    explainers: by the name of a deriver, `explain(batch, facts)` gets what the deriver read and gave of each record,
    and says in words how it came about: [{label, text}], in order; empty where there is nothing to say. A line
    that has `field` too, with `value`, says what stands for the value of that field.
    """

    field_types: Mapping[str, FieldType] = field(default_factory=dict)
    checks: Mapping[str, Check] = field(default_factory=dict)
    derivers: Mapping[str, Deriver] = field(default_factory=dict)
    compilers: Mapping[str, Compiler] = field(default_factory=dict)
    services: Mapping[str, Service] = field(default_factory=dict)
    commands: Mapping[str, Command] = field(default_factory=dict)
    health: Mapping[str, Health] = field(default_factory=dict)
    explainers: Mapping[str, Explainer] = field(default_factory=dict)
    transports: Mapping[str, Transport] = field(default_factory=dict)


OFFER_KINDS = tuple(item.name for item in fields(Offers))


@dataclass(frozen=True)
class Batch:
    """What `after` hears of: one post, committed and answered. Records are shown values by field name."""

    interface: str
    partner: str
    entity: str
    records: tuple[Mapping[str, Any], ...]
    duplicates: int
    refused: int


class Hooks:
    """The two hooks of zc, as pluggy specifications. An implementation may take fewer arguments."""

    @hookspec  # type: ignore[untyped-decorator]  # pluggy's types are not seen under this configuration
    def offer(self, plugin: Plugin) -> Offers:  # type: ignore[empty-body]  # a specification has no body
        """At build: return the implementations of the names announced in plugin.yaml.

        :param plugin: id, settings, folder and home of the plugin that is asked.
        A failure here is a problem, and the snapshot is not swapped in.
        """

    @hookspec  # type: ignore[untyped-decorator]  # as above
    def after(self, batch: Batch, live: Live) -> None:
        """Once a post is committed and answered: refresh caches, tell sockets, hand over to a service.

        :param live: the platform as the plugin sees it, with its settings and its services.
        :param batch: what was stored. What must happen is an outbox row instead; this call may be lost with
        the process.
        """
