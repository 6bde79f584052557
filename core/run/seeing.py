"""The one door to what a person may see and do. Lists, details, facets, exports, statistics, sockets and the API all
come through here, so that scope and masks hold in each; whatever no role allows is refused."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import signature
from typing import TYPE_CHECKING, Any

from core.declare.problem import ZcError
from core.run import (
    area,
    asking,
    category_manual,
    choices,
    composed,
    entering,
    exporting,
    figuring,
    logged,
    menu,
    noticed,
    overview,
    resolving,
    told,
)
from core.run.ad_hoc import Undeclared
from core.run.answer import Answer, ask
from core.run.area import Area
from core.run.asker import allowed_statistic
from core.run.asking import Look
from core.run.exporting import Exporting
from core.run.labels import labels_of
from core.run.operations import OPERATIONS
from core.run.query import Params
from core.run.question import Question
from core.run.rights import Account, Rights
from core.run.snapshot import Snapshot
from core.run.web import UNLOGGED
from core.run.words import NotAllowed, said

if TYPE_CHECKING:
    from core.run.live import Platform

log = logging.getLogger("zc.run")

Progress = Callable[[str], None]
LONG = frozenset({"data", "body", "text"})
"""Arguments that are a file's or a post's text, which the log of operations does not repeat."""


@dataclass(frozen=True)
class Seeing:
    """One account in one snapshot of a platform. All doors block; what they raise is ZcError: NotAllowed, NotFound,
    Conflict, RecordRefused, or in words what cannot be read of the question. What they return is plain data."""

    platform: Platform
    account: Account
    snapshot: Snapshot

    @cached_property
    def rights(self) -> Rights:
        """What the roles of the account come to."""
        return Rights(self.account, self.snapshot)

    def me(self) -> dict[str, Any]:
        """{login, title, roles, site, snapshot, menu, operations, must_change}."""
        snapshot = self.snapshot
        site = {"title": snapshot.site["title"], "demo": snapshot.site["demo"], "zone": str(snapshot.zone)}
        return {
            "login": self.account.login,
            "title": self.account.title,
            "roles": [{"id": role.id, "title": role.title} for role in self.rights.roles],
            "site": {**site, "last_good": snapshot.last_good},
            "snapshot": snapshot.number,
            "menu": self.menu(),
            "operations": sorted(self.rights.operations),
            "must_change": self.account.must_change,
        }

    def menu(self) -> list[dict[str, Any]]:
        """[{group, pages: [{id, title, icon}]}] of what may be opened."""
        return menu.menu(self.rights)

    def page(self, id_: str) -> dict[str, Any]:
        """A page with its blocks resolved."""
        return resolving.page(self.rights, self.platform.store, id_)

    def catalogue(self) -> list[dict[str, Any]]:
        """[{id, title, help, entity, export, page}] of the categories that may be asked."""
        return resolving.categories(self.rights)

    def describe(self, category: str) -> dict[str, Any]:
        """A category as the table of a page has it: columns, filters, rights."""
        return resolving.category_of(
            self.rights, self.platform.store, asking.allowed_category(self.rights, category), {}
        )

    def watched(self, kind: str, id_: str) -> str:
        """The entity whose records a block of a page shows; `kind` is category or statistic. NotFound, NotAllowed."""
        if kind == "statistic":
            return allowed_statistic(self.rights, id_).entity.id
        return asking.allowed_category(self.rights, id_ if kind == "category" else "").entity.id

    def manual(self, category: str) -> str:
        """How a program asks a category, in Markdown."""
        look = self._look(category, {})
        return category_manual.manual(look, self.platform.url)

    def sees_records(self, category: str, columns: Sequence[str], where: Mapping[str, Any], within: Area) -> bool:
        """Whether these fields of all records of a category below `within`, such as ("region", "430481"), are shown as
        they are, those of the condition too; with None of all there are."""
        return area.sees_records(self.rights, self.platform.store, category, columns, where, within)

    def sees_figures(self, question: Question, within: Area) -> bool:
        """Whether the answer to a question about all records below `within`, with None about all, may be told."""
        return area.sees_figures(self.rights, self.platform.store, question, within)

    def find(self, category: str, query: Params) -> dict[str, Any]:
        """One page of records: {records, labels, after, reached, as_of}, and unless count=false what `totals` says."""
        return asking.find(self._look(category, query))

    def totals(self, category: str, query: Params) -> dict[str, Any]:
        """How many there are, and their sums: {count, capped, count_text, sums}."""
        return asking.totals(self._look(category, query))

    def facets(self, category: str, field: str, query: Params) -> list[dict[str, Any]]:
        """[{value, label, count, capped}] of a field over what the query asks."""
        return asking.facets(self._look(category, query), field)

    def one(self, category: str, record_id: int) -> dict[str, Any]:
        """{record, labels, masked, version, events, explain} of one record."""
        look = self._look(category, {})
        found = told.one(self.platform, look, asking.one_row(look, record_id))
        labels = labels_of(self.rights, self.platform.store, look.category.entity.fields, [found["record"]])
        for line in found["explain"]:
            if "field" in line:
                labels[line["field"]] = {str(found["record"][line["field"]]): line["value"]}
        return {**found, "labels": labels}

    def rows(self, category: str, query: Params) -> Iterator[dict[str, Any]]:
        """Every record that the query asks for, in bounded memory, for those who may export it."""
        look = self._look(category, query)
        asking.allowed_category(self.rights, category, "export")
        names = [name.removeprefix("-") for name in look.sort]
        return exporting.rows(look, look.scope(*names, right="export"))

    def exporting(self, category: str, query: Params, columns: Sequence[str] = ()) -> Exporting:
        """The same as rows for a file, with headings, sums and the filter in words."""
        return exporting.exporting(self._look(category, query), columns)

    def exporting_figures(self, statistic: str, query: Params) -> Exporting:
        """Figures of a statistic for a file."""
        return figuring.exporting(self.rights, self.platform.store, statistic, query)

    def may_export(self, kind: str, id_: str) -> bool:
        """Whether a category, a statistic or, of what nobody declared, an entity may be exported now. NotFound,
        NotAllowed."""
        if kind == "ad_hoc":
            return self.rights.may("export", composed.entity_of(self.rights, id_).id)
        if kind == "statistic":
            return self.rights.may("export", allowed_statistic(self.rights, id_).entity.id)
        return bool(self.describe(id_)["export"])

    def exported(self, category: str, note: str, form: str, rows: int, sha256: str) -> None:
        """Write into the log that a file left the platform."""
        detail = {"filter": note, "format": form, "rows": rows, "sha256": sha256}
        self.platform.store.log.add("export", self.account.login, self.account.address, category, **detail)

    def choices(self, entity: str, q: str = "", limit: int = 50, tree: bool = False) -> list[dict[str, Any]]:
        """[{value, label}] of records of an entity; with `tree` nested along the scope path: {…, entity, children}."""
        if tree:
            return choices.tree(self.rights, self.platform.store, entity)
        return choices.choices(self.rights, self.platform.store, entity, q, max(1, min(limit, 1000)))

    def statistic(self, id_: str, query: Params) -> dict[str, Any]:
        """{columns, rows, totals, labels, …}: figures of a statistic over the rows in scope."""
        return figuring.statistic(self.rights, self.platform.store, id_, query)

    def ad_hoc(self, query: Params) -> dict[str, Any]:
        """Figures of a statistic that nobody declared, written in the parameter `ask`, over the rows in scope."""
        return Undeclared(self.rights, self.platform.store, self.platform.columnar).figures(query)

    def ad_hoc_offered(self, query: Params) -> dict[str, Any]:
        """{entities, entity}: what such a question may be picked from."""
        return Undeclared(self.rights, self.platform.store, self.platform.columnar).offered(query)

    def exporting_ad_hoc(self, query: Params) -> Exporting:
        """The same for a file."""
        return Undeclared(self.rights, self.platform.store, self.platform.columnar).exporting(query)

    def ask(self, question: Question) -> Answer:
        """The answer of a statistic over the rows in scope, values in stored form."""
        return ask(self.rights, self.platform.store, self.snapshot, question)

    def add(self, entity: str, values: Mapping[str, Any]) -> dict[str, int]:
        """A new record: {id}."""
        return {"id": entering.add(self.platform, self.rights, entity, values)}

    def amend(
        self, entity: str, record_id: int, values: Mapping[str, Any], why: str, version: int | None = None
    ) -> None:
        """Change fields of a record; an event with its reason. With the `version` that `one` gave, Outdated where
        somebody amended the record since."""
        entering.amend(self.platform, self.rights, entity, record_id, values, why, version)

    def void(self, entity: str, record_id: int, why: str) -> None:
        """Set a record aside; an event with its reason. Its row and what refers to it stay."""
        entering.void(self.platform, self.rights, entity, record_id, why)

    def reveal(self, entity: str, record_id: int, field: str, why: str) -> Any:
        """The value of a masked field; an event with its reason and a line of the log."""
        return entering.reveal(self.platform, self.rights, entity, record_id, field, why)

    def operate(self, name: str, arguments: Mapping[str, Any], progress: Progress | None = None) -> Any:
        """Run an operation, or a command that a plugin offers to pages, that a role allows; a line of the log. Who
        asked, and what that person may see, is told to those that take it."""
        if name not in self.rights.operations:
            raise NotAllowed(said("no_operation"))
        given = dict(arguments)
        if name not in OPERATIONS:
            self._note(name, given)
            told = {"name": name, "arguments": given, "seeing": self}
            return self.platform.operate("command", progress or log.debug, **told)
        if takes(name, "who"):
            given["who"] = self.account.login
        if takes(name, "rights"):
            given["rights"] = self.rights
        try:
            signature(OPERATIONS[name]).bind(self.platform, progress, **given)
        except TypeError as error:
            raise ZcError(said("bad_arguments", name=logged.operation_title(name), known=_asked_of(name))) from error
        if name not in UNLOGGED:
            self._note(name, given)
        return self.platform.operate(name, progress or log.debug, **given)

    def gives_file(self, command: str) -> bool:
        """Whether that is a command by which pages fetch a file."""
        offered = (one.manifest.offers.get("commands", {}) for one in self.snapshot.plugins.values())
        return any(commands.get(command, {}).get("pages") == "file" for commands in offered)

    def _note(self, name: str, given: Mapping[str, Any]) -> None:
        shown = {key: value for key, value in given.items() if isinstance(value, str | int | bool) and key not in LONG}
        self.platform.store.log.add(
            "operation", self.account.login, self.account.address, name, arguments=_short(shown)
        )

    def overview(self, query: Params) -> dict[str, Any]:
        """Where one text is found, over the categories: {text, groups}."""
        return overview.overview(self.rights, self.platform.store, query)

    def life(self, query: Params) -> dict[str, Any]:
        """All that is known of a plate: {plate, groups}."""
        return overview.life(self.rights, self.platform.store, query)

    def log(self, query: Params) -> dict[str, Any]:
        """A page of the log: {lines, after, as_of}. Nobody changes it, whatever the role."""
        return logged.lines(self.rights, self.platform.store, query)

    def notices(self, query: Params) -> dict[str, Any]:
        """What the person should know: {notices, unread, after, until, as_of}."""
        return noticed.notices(self.rights, self.platform.store, query)

    def read_notices(self, ids: Collection[int] | None, until: int) -> None:
        """The person has read these notices, or with None all, as they stood then (UTC milliseconds)."""
        noticed.read(self.rights, self.platform.store, ids, until)

    def _look(self, category: str, query: Params) -> Look:
        return Look.at(self.rights, self.platform.store, category, query)


def _short(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value[:200] if isinstance(value, str) else value for name, value in arguments.items()}


def _asked_of(name: str) -> str:
    """The arguments that an operation has of its page."""
    asked = [key for key in [*signature(OPERATIONS[name]).parameters][2:] if key not in ("who", "rights")]
    return "、".join(asked) or said("no_arguments")


def takes(name: str, parameter: str) -> bool:
    """Whether an operation is told who asks (who), or looks through that person's eyes (rights)."""
    return parameter in signature(OPERATIONS[name]).parameters
