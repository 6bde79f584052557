"""Interfaces with `pull`, compiled: who is asked by which transport, how often, on whose behalf."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.declare.declaration import Declaration
from core.declare.phrase import phrase
from core.declare.problem import Problem
from core.intake.post import Partner
from core.run.plugins import Loaded
from core.run.transport import Fetch

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}

Raised = Callable[[Loaded, str, Exception], Problem]


@dataclass(frozen=True)
class Pull:
    """What is fetched for one interface. `said` is the declaration's own text of it, by which a change is seen."""

    interface: str
    title: str
    partner: str
    by: str
    plugin: str
    every_s: int
    fetch: Fetch
    said: Mapping[str, Any]


def compile_pulls(
    declarations: Iterable[Declaration],
    loaded: Mapping[str, Loaded],
    partners: Mapping[str, Partner],
    raised: Raised,
) -> tuple[dict[str, Pull], list[Problem]]:
    """The pulls of active interfaces, and what is wrong with any. `raised` makes the problem of a plugin's compiler
    that raised."""
    owners = {name: one for one in loaded.values() for name in one.offers.transports}
    pulls: dict[str, Pull] = {}
    problems: list[Problem] = []
    for declaration in declarations:
        said = declaration.data.get("pull")
        owner = owners.get(said["by"]) if said is not None else None
        if said is None or owner is None:
            continue
        problems += _partner_problems(declaration, partners)
        try:
            fetch, found = owner.offers.transports[said["by"]](declaration)
        except Exception as error:  # noqa: BLE001 - foreign code: what it raises is its problem
            problems.append(raised(owner, "interface", error))
            continue
        problems += found
        if fetch is not None and declaration.data["active"]:
            every_s, title = seconds_of(said["every"]), declaration.data["title"]
            pull = Pull(declaration.id, title, said["partner"], said["by"], owner.plugin.id, every_s, fetch, said)
            pulls[declaration.id] = pull
    return pulls, problems


def seconds_of(text: str) -> int:
    """The seconds of a text such as 10 minutes."""
    number, unit = text.split()
    return int(number) * SECONDS[unit.rstrip("s")]


def _partner_problems(declaration: Declaration, partners: Mapping[str, Partner]) -> Iterable[Problem]:
    who = partners.get(declaration.data["pull"]["partner"])
    if who is not None and not who.may_use(declaration.id):
        what = phrase("partner '{id}' may not use this interface", id=who.id)
        mend = phrase("add {id} to its interfaces", id=declaration.id)
        yield declaration.problem("ZC346", "pull", "partner", what=what, mend=mend)
