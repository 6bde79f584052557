"""The operation that shows each interface with what came over it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.intake.outcomes import OUTCOMES
from core.run.raw_veil import RawVeil
from core.run.rights import Rights
from core.run.shown import moment
from core.run.snapshot import Snapshot
from core.store.database import now_ms

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

DAYS = 7


def interfaces(platform: Platform, _progress: Progress, *, rights: Rights | None = None) -> dict[str, Any]:
    """{interfaces: [{id, title, entity, path, format, active, drop, pull, partners, codes, today, …}], as_of}: each
    interface whose records the person sees, with its figures since the start (core.run.traffic). `codes` are the
    refusals of the last 7 days, [{outcome, code, meaning, count}], the largest first; `today` how many of them came
    today; `partners` who may use it, [{id, title}]."""
    snapshot = platform.snapshot
    veil = RawVeil(snapshot, rights)
    pulls = {row["interface"]: row for row in platform.pulling.rows()}
    codes, today = _refused(platform)
    rows = []
    for row in platform.traffic.rows("interfaces", snapshot.interfaces, snapshot.zone):
        one = snapshot.interfaces[row["id"]]
        if veil.sees(one.entity.id):
            rows.append(
                {
                    **row,
                    "entity": one.entity.title,
                    "path": one.path,
                    "format": one.layout.format,
                    "active": one.active,
                    "drop": one.drop is not None,
                    "pull": pulls.get(one.id),
                    "partners": _partners(snapshot, one.id),
                    "codes": _told(snapshot.interfaces[one.id].reply.cases, codes.get(one.id, Counter())),
                    "today": today[one.id],
                }
            )
    return {"interfaces": rows, "as_of": moment(now_ms(), snapshot.zone)}


def _partners(snapshot: Snapshot, interface: str) -> list[dict[str, str]]:
    return [
        {"id": name, "title": one.title or name}
        for name, one in sorted(snapshot.partners.items())
        if one.active and not one.simulated and one.may_use(interface)
    ]


def _refused(platform: Platform) -> tuple[dict[str, Counter[str]], Counter[str]]:
    """({interface: refusals by outcome within the last days}, {interface: refusals of today})."""
    now = datetime.now(platform.snapshot.zone)
    first, last = (int(f"{day:%Y%m%d}") for day in (now - timedelta(days=DAYS - 1), now))
    found: dict[str, Counter[str]] = {}
    today: Counter[str] = Counter()
    for row in platform.store.refusals.counts(first, last):
        found.setdefault(row["interface"], Counter())[row["outcome"]] += row["number"]
        today[row["interface"]] += row["number"] if row["day"] == last else 0
    return found, today


def _told(cases: Any, counted: Counter[str]) -> list[dict[str, Any]]:
    """The outcomes with the codes that partners got."""
    return [
        {
            "outcome": outcome,
            "code": cases[outcome].code if outcome in cases else "",
            "meaning": OUTCOMES[outcome].meaning if outcome in OUTCOMES else outcome,
            "count": number,
        }
        for outcome, number in counted.most_common()
    ]
