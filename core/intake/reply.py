"""The reply: the partner's envelope, its codes and its words for every outcome."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import msgspec

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.entity.near import instead
from core.intake import markup, template
from core.intake.decode import dig
from core.intake.outcomes import OUTCOMES, Outcome
from core.intake.post import Reason
from core.intake.template import Render

BODY_NAMES = ("result", "message", "errorcode", "accepted", "duplicates", "refused", "rejected", "demo")
SENT = "sent."
REJECTED_NAMES = ("index", "errorcode", "field", "message", "key")
TOKEN_NAMES = ("token", "expires_in")
MESSAGE_NAMES = ("field", "value", "label", "bound", "key", "message", "seconds", "detail", "reference", "refused")
RESULTS: Mapping[str, str] = MappingProxyType({"stored": "0", "partial": "2", "refused": "1"})
JOINT = ";"


@dataclass(frozen=True, slots=True)
class Case:
    """One outcome in this reply: the partner's code, HTTP status and words. `http` of a row outcome is mostly None."""

    outcome: Outcome
    code: str | int
    http: int | None
    message: Render
    words: str
    meaning: str
    remedy: str


@dataclass(frozen=True)
class Reply:
    """A compiled reply. `cases` has every outcome, the reply's own codes before the platform's."""

    id: str
    title: str
    format: str
    body: Render
    rejected: Render
    token: Render | None
    results: Mapping[str, str | int | bool]
    cases: Mapping[str, Case]

    def message(self, outcome: str, values: Mapping[str, object]) -> str:
        """The words of an outcome; what a partner sent is cut short in them."""
        return template.as_text(self.cases[outcome].message(_filled(values)))

    def words(self, reasons: Sequence[Reason]) -> str:
        """The words of all reasons of one row."""
        return JOINT.join(self.message(reason.outcome, {"field": reason.field, **reason.values}) for reason in reasons)

    def rejected_row(self, index: int, reasons: Sequence[Reason], key: str = "") -> Any:
        """One refused row: code and field of the first reason, the words of all."""
        first = reasons[0]
        return self.rejected(
            {
                "index": index,
                "errorcode": self.cases[first.outcome].code,
                "field": first.field,
                "message": self.words(reasons),
                "key": key,
            }
        )

    def without_rows(self, result: str, outcome: str, values: Mapping[str, object], demo: bool) -> dict[str, Any]:
        """The names of the body for a request that no rows were taken from; `result` is stored or refused."""
        return {
            "result": self.results[result],
            "message": self.message(outcome, values),
            "errorcode": self.cases[outcome].code,
            "accepted": 0,
            "duplicates": 0,
            "refused": 0,
            "rejected": [],
            "demo": demo,
        }

    def render(self, names: Mapping[str, Any], token: Mapping[str, Any] | None = None) -> Any:
        """The body as data; with `token` (token, expires_in) what a token is answered with is put into it. On a demo
        site a body of names and values says so."""
        body = self.body(names)
        if names.get("demo") and isinstance(body, dict):
            body = {**body, "demo": True}
        if token is None or self.token is None:
            return body
        extra = self.token(token)
        return body | extra if isinstance(body, dict) and isinstance(extra, dict) else extra

    def text(self, body: Any) -> str:
        """The body as text that stands inside another."""
        return texted(self.format, body)

    def encode(self, body: Any, charset: str = "utf-8") -> tuple[bytes, str]:
        """(the body on the wire, its content type)."""
        return encoded(self.format, body, charset)


def texted(format_: str, body: Any) -> str:
    """A filled template as text that stands inside another: json, xml or text."""
    return markup.written(body) if format_ == "xml" else template.as_text(body)


def encoded(format_: str, body: Any, charset: str) -> tuple[bytes, str]:
    """(a filled template on the wire, its content type); what the charset lacks becomes a question mark, in XML a
    reference.
    """
    if format_ == "xml":
        content, kind = markup.document(body, charset), "text/xml"
    elif format_ == "text":
        content, kind = template.as_text(body).encode(charset, "replace"), "text/plain"
    else:
        content, kind = msgspec.json.encode(body), "application/json"
        if charset != "utf-8":
            content = content.decode().encode(charset, "replace")
    return content, f"{kind}; charset={charset}"


class _WithSent(tuple[str, ...]):
    """Names, and every one that asks for what the partner sent."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and name.startswith(SENT) and name != SENT)


class Named(dict[str, Any]):
    """The values of a body's names; `sent.NAME` is the partner's own value of the first record, null where there is
    none.
    """

    def __init__(self, names: Mapping[str, Any], sent: Any) -> None:
        super().__init__(names)
        self._sent = sent

    def __missing__(self, name: str) -> Any:
        if not name.startswith(SENT):
            raise KeyError(name)
        return dig(self._sent, tuple(name.removeprefix(SENT).split(".")))


def _filled(values: Mapping[str, object]) -> dict[str, object]:
    filled = dict.fromkeys(MESSAGE_NAMES, "") | dict(values)
    return filled | {name: template.shown(filled[name]) for name in ("value", "key")}


def render_outcome(message: str, values: Mapping[str, object]) -> str:
    """The platform's own words of an outcome, for replies that no declaration shapes; a partner's values cut short."""
    return template.as_text(template.compiled(message, MESSAGE_NAMES)[0](_filled(values)))


def compile_reply(declaration: Declaration) -> tuple[Reply | None, list[Problem]]:
    """The reply of a declaration, and its problems; None when there are any."""
    data, problems = declaration.data, []
    renders: dict[str, Render] = {}
    for key, names in (("body", _WithSent(BODY_NAMES)), ("rejected", REJECTED_NAMES), ("token", TOKEN_NAMES)):
        if data.get(key) is not None:
            renders[key], found = compile_template(declaration, (key,), data[key], names)
            problems += found
    if data["format"] == "xml":
        problems += xml_problems(declaration, ("body", "rejected", "token"))
    if data["format"] == "text" and not isinstance(data["body"], str):
        problems.append(declaration.problem("ZC332", "body"))
    cases = {}
    for id_, outcome in OUTCOMES.items():
        cases[id_], found = _case(declaration, outcome, data["codes"].get(id_) or {})
        problems += found
    if problems:
        return None, problems
    reply = Reply(
        id=declaration.id,
        title=data["title"],
        format=data["format"],
        body=renders["body"],
        rejected=renders["rejected"],
        token=renders.get("token"),
        results=MappingProxyType({**RESULTS, **data["results"]}),
        cases=MappingProxyType(cases),
    )
    return reply, []


def xml_problems(declaration: Declaration, keys: Sequence[str]) -> Iterator[Problem]:
    """A document has one root, and what the templates under `keys` make elements of needs a name for one."""
    body = declaration.data["body"]
    if not isinstance(body, Mapping) or len(body) != 1:
        mend = phrase("write one key around all others, such as ROOT: {{CODE: ...}}")
        yield declaration.problem("ZC333", "body", what=phrase("the template has not one root"), mend=mend)
    for key in keys:
        for path, name in markup.names_in(declaration.data.get(key)):
            if not markup.is_name(name):
                mend = phrase("begin with a letter, then letters, digits, _ . and -")
                yield declaration.problem(
                    "ZC333", key, *path, what=phrase("'{name}' is no name of an element", name=name), mend=mend
                )


def _case(declaration: Declaration, outcome: Outcome, own: Mapping[str, Any]) -> tuple[Case, list[Problem]]:
    words = own.get("message", outcome.message)
    message, problems = compile_template(declaration, ("codes", outcome.id, "message"), words, MESSAGE_NAMES)
    case = Case(
        outcome=outcome,
        code=own.get("code", outcome.code),
        http=own.get("http", outcome.http),
        message=message,
        words=words,
        meaning=own.get("meaning", outcome.meaning),
        remedy=own.get("remedy", outcome.remedy),
    )
    return case, problems


def compile_template(
    declaration: Declaration, path: tuple[str, ...], data: Any, names: Sequence[str]
) -> tuple[Render, list[Problem]]:
    """A function that fills the template at `path` from a mapping of `names`, and its problems."""
    render, faults = template.compiled(data, names)
    problems = []
    for inner, sort, what in faults:
        where = (*path, *inner)
        if sort == "name":
            problems.append(declaration.problem("ZC330", *where, name=what, mend=instead(what, names)))
        else:
            problems.append(declaration.problem("ZC331", *where, detail=what))
    return render, problems
