"""http_pull: a partner's HTTP service, page by page, from the highest value of a field on."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import msgspec

from core import api

from .asking import Asking, asked
from .phrase import phrase
from .watermark import Scale, scale_of, scale_problems

NAMES = ("watermark", "now", "page", "cursor")
OWN_WRITING = "yyyy-MM-dd HH:mm:ss"
NOTHING: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Page:
    """Where a pull stands: the number of the page, the cursor that leads to it, what the page before held."""

    number: int
    cursor: Any = ""
    before: bytes | None = None


@dataclass(frozen=True)
class HttpPull:
    """What an interface says under pull, compiled. `records` is where the records lie in a JSON answer, None where the
    answer is of another format."""

    said: Mapping[str, Any]
    records: tuple[str, ...] | None
    asking: Asking
    scale: Scale

    def __call__(self, door: api.PullDoor) -> Generator[api.Pulled, api.Taken, None]:
        """Take page after page. The watermark moves when nothing below it can be missing any more."""
        pages, mark = self.said.get("pages"), self._mark(door)
        highest, page = mark, Page(pages["first"] if pages else 1)
        for _ in range(pages["most"] if pages else 1):
            body = asked(self.asking, door, self._values(mark, page, door))
            answer = self._answer(body)
            if not body.strip() or self._holds_nothing(answer):
                break
            if body == page.before:
                raise api.PullFailed(
                    phrase("page {number} is the one before it again", number=page.number),
                    phrase("Let {{page}} or {{cursor}} stand in the request."),
                )
            done = yield api.Pulled(f"page {page.number}", body)
            highest = self._highest(highest, done.records, door)
            if pages is not None and pages["oldest_first"]:
                self._keep(highest, door)
            following = self._following(page, answer, len(done.records), body)
            if following is None:
                break
            page = following
        else:
            if pages is not None and not pages["oldest_first"]:
                raise api.PullFailed(
                    phrase("there are more than {most} pages", most=pages["most"]),
                    phrase("Raise most, or pull more often."),
                )
        self._keep(highest, door)

    def _mark(self, door: api.PullDoor) -> Any:
        """The highest value so far."""
        said = self.said.get("watermark")
        kept = door.marks.get(self._place) if said is not None else None
        return kept if kept is not None or said is None else said["first"]

    @property
    def _place(self) -> str:
        return f"{self.said['url']} {self.said['watermark']['field']}"

    def _keep(self, highest: Any, door: api.PullDoor) -> None:
        if "watermark" in self.said and highest != door.marks.get(self._place):
            door.marks.put(self._place, highest)

    def _values(self, mark: Any, page: Page, door: api.PullDoor) -> dict[str, Any]:
        """What the names in the request stand for."""
        pattern = self.scale.pattern or OWN_WRITING
        return {
            "watermark": self.scale.before(mark, door.zone) if mark is not None else "",
            "now": api.write_time(api.now_ms(), pattern, door.zone),
            "page": page.number,
            "cursor": page.cursor,
        }

    def _answer(self, body: bytes) -> Any:
        """A JSON answer as data, looked at for what is expected of it; None where the format is another."""
        if self.records is None or not body.strip():
            return None
        try:
            answer = msgspec.json.decode(body)
        except (msgspec.DecodeError, RecursionError):
            return None  # the five steps say what is wrong with it, and keep it
        for path, wanted in self.said["expect"].items():
            if (got := dug(answer, path.split("."))) != wanted:
                raise api.PullFailed(
                    phrase(
                        "the answer says {path}: {got}, expected {wanted}",
                        path=path,
                        got=repr(str(got)[:80]),
                        wanted=repr(wanted),
                    ),
                    phrase("Ask the partner what it means."),
                )
        return answer

    def _holds_nothing(self, answer: Any) -> bool:
        """Whether there is a place of the records in the answer, and nothing in it."""
        if self.records is None or answer is None:
            return False
        around = dug(answer, self.records[:-1]) if self.records else None
        is_there = not self.records or (isinstance(around, dict) and self.records[-1] in around)
        return is_there and dug(answer, self.records) in NOTHING

    def _highest(self, highest: Any, records: Sequence[Any], door: api.PullDoor) -> Any:
        if "watermark" not in self.said:
            return highest
        path = self.said["watermark"]["field"].split(".")
        for record in records:
            value = dug(record, path)
            order = self.scale.order(value, door.zone)
            try:
                if order is not None and order > self.scale.order(highest, door.zone):
                    highest = value
            except TypeError as error:
                mend = phrase("Write first as the partner writes the field, or give a pattern.")
                raise api.PullFailed(phrase("the watermark's values are partly numbers, partly text"), mend) from error
        return highest

    def _following(self, page: Page, answer: Any, records: int, body: bytes) -> Page | None:
        """The page after this one; None where this one is the last."""
        pages = self.said.get("pages")
        if pages is None or records < pages.get("size", 0):
            return None
        following = replace(page, number=page.number + 1, before=body)
        if "next" not in pages:
            return following
        cursor = dug(answer, pages["next"].split("."))
        return None if cursor in (None, "", False, page.cursor) else replace(following, cursor=cursor)


def dug(data: Any, path: Sequence[str]) -> Any:
    """What lies at the path, None where nothing does."""
    for name in path:
        data = data.get(name) if isinstance(data, dict) else None
    return data


def compile_http(declaration: api.Declaration) -> tuple[api.Fetch | None, list[api.Problem]]:
    """The pull of a declaration, and what is wrong with it."""
    data, said = declaration.data, declaration.data["pull"]
    problems = list(_problems(declaration, said))
    query, found = api.compile_template(dict(said["query"]), NAMES, ("query",))
    body, more = api.compile_template(said.get("body"), NAMES, ("body",))
    for path, kind, text in (*found, *more):
        what = phrase("'{name}' cannot be filled in here", name=text) if kind == "name" else text
        mend = phrase("known: {names}; {{{{ and }}}} for braces themselves", names=", ".join(NAMES))
        problems.append(declaration.problem("ZC346", "pull", *path, what=what, mend=mend))
    if problems:
        return None, problems
    records = tuple(filter(None, data["records"].split("."))) if data["format"] == "json" else None
    watermark = said.get("watermark", {})
    return HttpPull(said, records, Asking(said, query, body if "body" in said else None), scale_of(watermark)), []


def _problems(declaration: api.Declaration, said: Mapping[str, Any]) -> Any:
    def wrong(what: str, mend: str, *path: str) -> api.Problem:
        return declaration.problem("ZC346", "pull", *path, what=what, mend=mend)

    parts = urlsplit(said["url"])
    if not parts.hostname or "@" in parts.netloc:
        yield wrong(phrase("the address has no host, or a user in it"), phrase("name the secret under secret"), "url")
    if "body" in said and said["method"] == "GET":
        yield wrong(phrase("a GET has no body"), phrase("say method: POST, or use query"), "body")
    needs_json = [key for key in ("expect",) if said[key]] + (["pages"] if "next" in said.get("pages", {}) else [])
    for key in needs_json if declaration.data["format"] != "json" else ():
        yield wrong(phrase("only a JSON answer can be looked into"), phrase("take it away, or say format: json"), key)
    text = msgspec.json.encode([said["query"], said.get("body")]).decode()
    if "{watermark}" in text and "watermark" not in said:
        yield wrong(
            phrase("nothing says what {{watermark}} is"), phrase("add watermark: {{field: …, first: …}}"), "query"
        )
    yield from scale_problems(declaration, said.get("watermark", {}), "watermark")
