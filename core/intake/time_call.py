"""From declarations to time calls: what tells partners the platform's time."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.declare.declaration import Declaration
from core.declare.problem import Problem
from core.entity.types.time import pattern_fault, written
from core.intake import soap
from core.intake.decode.compile import compile_soap
from core.intake.decode.layout import Layout
from core.intake.reply import compile_template, encoded, texted, xml_problems
from core.intake.template import Render

NAMES = ("time",)


@dataclass(frozen=True)
class TimeCall:
    """A compiled time call. `layout` holds its charset and, where it is one, its SOAP operation."""

    id: str
    title: str
    path: str
    active: bool
    layout: Layout
    format: str
    pattern: str
    body: Render
    zone: ZoneInfo

    def answer(self, now_ms: int) -> tuple[bytes, str]:
        """(the reply at that moment, its content type); `now_ms` is UTC milliseconds."""
        body = self.body({"time": written(now_ms, self.pattern, self.zone)})
        if self.layout.soap is None:
            return encoded(self.format, body, self.layout.charset)
        return soap.answered(self.layout.soap, texted(self.format, body), self.layout.charset)


def compile_time_call(declaration: Declaration, zone: ZoneInfo) -> tuple[TimeCall | None, list[Problem]]:
    """The time call of a declaration, and its problems; None when there are any."""
    data = declaration.data
    body, problems = compile_template(declaration, ("body",), data["body"], NAMES)
    if why := pattern_fault(data["pattern"]):
        problems.append(declaration.problem("ZC339", "pattern", pattern=data["pattern"], why=why))
    if data["format"] == "xml":
        problems += xml_problems(declaration, ("body",))
    if data["format"] == "text" and not isinstance(data["body"], str):
        problems.append(declaration.problem("ZC332", "body"))
    if problems:
        return None, problems
    return TimeCall(
        id=declaration.id,
        title=data["title"],
        path=data["path"],
        active=data["active"],
        layout=Layout(charset=data["charset"], soap=compile_soap(data["soap"]) if "soap" in data else None),
        format=data["format"],
        pattern=data["pattern"],
        body=body,
        zone=zone,
    ), []
