"""Pages made at the server, to be read and printed: no script, one style sheet of ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.api import Seeing, now_ms, show_moment
from webui.handler import PageHandler
from webui.sheets import plain
from webui.shell import TEMPLATES, sent_to_login

PAPER = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
MOST_ROWS = 1000
PAGE_ROWS = 200

Query = Mapping[str, Sequence[str]]


class PaperHandler(PageHandler):
    """Base of them."""

    policy = PAPER

    def get_template_path(self) -> str:
        """Where the templates are."""
        return str(TEMPLATES)

    def turn_away(self) -> None:
        """Send somebody without a session to the login, and back here after it."""
        sent_to_login(self)

    def show(self, template: str, **names: Any) -> None:
        """Render a template."""
        site = self.snapshot.site
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.render(template, static=self.web.files.prefix, site=site["title"], demo=site["demo"], **names)

    def mark(self, note: str) -> str:
        """The line under what is printed: who, when, what was asked for, on which site."""
        who = f"{self.account.title}（{self.account.login}）" if self.account else ""
        said = f"{self.snapshot.site['title']} · {who} · {clock(show_moment(now_ms(), self.snapshot.zone))}"
        return f"{said} · {note}" if note else said


class NoPageHandler(PaperHandler):
    """Any address that is nowhere declared: a page for whoever follows a link, the plain answer for a program."""

    needs_session = False

    async def prepare(self) -> None:
        """Answer 404, whatever was asked."""
        if self.request.method != "GET" or "text/html" not in self.request.headers.get("Accept", ""):
            self.write_error(404)
            return
        self.set_status(404)
        self.show("missing.html", title="没有这个页面")


class PrintedListHandler(PaperHandler):
    """GET /print/categories/<category>?…: the same query as the list's, on paper."""

    async def get(self, category: str) -> None:
        """At most a thousand rows, with the line under them."""
        query = {
            name: values for name, values in self.query.items() if name not in ("limit", "after", "page", "columns")
        }
        wanted = tuple(name for name in self.get_query_argument("columns", "").split(",") if name)
        listed = await self.ask(lambda seeing: listing(seeing, category, query, wanted))
        self.show("list.html", mark=self.mark(listed["note"]), **listed)


class PrintedRecordHandler(PaperHandler):
    """GET /print/categories/<category>/records/<number>."""

    async def get(self, category: str, number: str) -> None:
        """One record with its events."""
        said = await self.ask(lambda seeing: told(seeing, category, int(number)))
        self.show("record.html", mark=self.mark(""), **said)


def listing(seeing: Seeing, category: str, query: Query, wanted: tuple[str, ...]) -> dict[str, Any]:
    """{title, headings, rows, more, note} of a list, each heading with whether its column stands to the right; columns
    that the account may not see are left out."""
    said = seeing.describe(category)
    known = {column["name"]: column for column in said["columns"]}
    columns = [known[name] for name in wanted if name in known]
    columns = columns or [column for column in said["columns"] if not column.get("hidden")]
    rows: list[list[Any]] = []
    page: dict[str, list[str]] = {}
    while len(rows) < MOST_ROWS:
        found = seeing.find(category, {**query, **page, "limit": [str(PAGE_ROWS)]})
        rows += [[cell(column, record, found["labels"]) for column in columns] for record in found["records"]]
        if found["after"] is None:
            break
        page = {"after": [found["after"]]}
    note = "；".join(f"{name} = {'、'.join(values)}" for name, values in query.items())
    headings = [(heading(column), column.get("align") == "right") for column in columns]
    more = len(rows) >= MOST_ROWS and bool(page)
    return {"title": said["title"], "headings": headings, "rows": rows[:MOST_ROWS], "more": more, "note": note}


def told(seeing: Seeing, category: str, number: int) -> dict[str, Any]:
    """{title, values, explain, events} of a record."""
    said, found = seeing.describe(category), seeing.one(category, number)
    columns = {column["name"]: column for column in said["columns"]}
    record = found["record"]
    values = [
        (heading(column), cell(column, record, found["labels"]))
        for column in columns.values()
        if column["name"] in record
    ]
    events = [{**event, "at": clock(event["at"])} for event in found["events"]]
    return {"title": said["title"], "values": values, "events": events, "explain": found.get("explain")}


def heading(column: Mapping[str, Any]) -> str:
    """A column's heading, with the unit."""
    return f"{column['label']}({column['unit']})" if column.get("unit") else str(column["label"])


def cell(column: Mapping[str, Any], record: Mapping[str, Any], labels: Mapping[str, Mapping[str, str]]) -> Any:
    """What a cell says, as the page says it: the dictionary's text, the name of what is referred to, the moment on the
    site's clock, the number with its thousands apart, or the value."""
    value = record.get(column["name"])
    if value is None:
        return None
    said = (column.get("dictionary") or {}).get(str(value))
    if said:
        return said["label"]
    if column["type"] == "time":
        return clock(value)
    told = plain(labels.get(column["name"], {}).get(str(value), value))
    return grouped(told) if isinstance(told, int | float) else told


def clock(moment: str) -> str:
    """A moment of the site's zone, without the zone: 2026-11-01 08:30:00."""
    return moment[:19].replace("T", " ")


def grouped(number: float) -> str:
    """A number with its thousands apart and no zeros behind its last figure."""
    text = f"{number:,.6f}" if isinstance(number, float) else f"{number:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text
