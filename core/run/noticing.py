"""What raises notices: declarations that were refused, plugins that raised, partners that fail or are silent, pulls,
jobs, health checks, exports. Each is told once while it lasts, and again when it returns."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from core.intake.post import Partner
from core.run.snapshot import Snapshot
from core.store.database import now_ms
from core.store.notices import Notice
from core.store.request import StoreBusy

if TYPE_CHECKING:
    from core.run.live import Platform

log = logging.getLogger("zc.run")

QUIET_MS = 3_600_000  # a plugin that has raised nothing for so long is well again
HOUR_MS = 3_600_000
FAILURES = 3  # of a pull in a row; a single one happens
OWN_CHECKS = frozenset({"declarations"})
"""Health checks about which there is a notice of its own."""


class Noticing:
    """The notices of one platform. Thread-safe as far as each is called from one place."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._raised: dict[tuple[str, str], tuple[int, int]] = {}  # plugin, what: how often, when that was seen

    def declared(self) -> None:
        """How a reload went."""
        self._settle(("declarations", "last_good"), self._declarations())

    def look(self) -> None:
        """What the counters say; every minute. Forgets what is old, too."""
        snapshot = self._platform.snapshot
        self.declared()
        self._settle(("plugin",), self._faults())
        self._settle(("partner_failing", "partner_silent"), self._partners(snapshot))
        self._settle(("pull",), self._pulls())
        self._platform.store.notices.purge(snapshot.site["notices"]["keep_days"])

    def checked(self, checks: Mapping[str, str]) -> None:
        """What the health checks say: {name: text, empty where well}."""
        wrong = {name: text for name, text in checks.items() if text and name not in OWN_CHECKS}
        said = (
            Notice(f"health/{name}", "health", "error", {"check": name, "text": text}, operation="status")
            for name, text in wrong.items()
        )
        self._settle(("health",), said)

    def job_ended(self, name: str, title: str, ok: bool) -> None:
        """A job ran; a failure stands until the next good run. Does not wait."""
        if ok:
            self._platform.store.notices.end(f"job/{name}")
        else:
            about = {"job": title}
            failed = Notice(f"job/{name}", "job", "error", about, "/p/jobs", operation="job.list")
            self._platform.store.notices.tell(failed)

    def exported(self, login: str, key: str, name: str, error: str | None) -> None:
        """An export of this person ended, with what went wrong or None. Does not wait."""
        kind, level = ("export_failed", "error") if error is not None else ("export", "info")
        leads = "" if error is not None else f"/api/v1/exports/{key}/file"
        about = {"name": name, "why": error or ""}
        self._platform.store.notices.tell(Notice(f"export/{key}", kind, level, about, leads, login=login))

    def _settle(self, kinds: tuple[str, ...], notices: Iterable[Notice]) -> None:
        """Have just these stand of those kinds; where the store takes nothing now, the next minute tells."""
        try:
            self._platform.store.notices.settle(kinds, notices)
        except StoreBusy:
            log.warning("notices wait, the store takes nothing now kinds=%s", ",".join(kinds))

    def _declarations(self) -> Iterator[Notice]:
        platform = self._platform
        number = sum(problem.level == "error" for problem in platform.problems)
        about = {"count": number, "snapshot": platform.snapshot.number}
        kind = "last_good" if platform.snapshot.last_good else "declarations"
        if number or platform.snapshot.last_good:
            leads = "/p/declarations"
            yield Notice(kind, kind, "error", about, leads, operation="declaration.list")

    def _faults(self) -> Iterator[Notice]:
        now = now_ms()
        for row in self._platform.faults.rows():
            place, count = (row["plugin"], row["what"]), row["count"]
            if self._raised.get(place, (0, 0))[0] != count:
                self._raised[place] = (count, now)
            if now - self._raised[place][1] < QUIET_MS:
                about = {"plugin": row["plugin"], "what": row["what"], "count": count}
                yield Notice(f"plugin/{'/'.join(place)}", "plugin", "error", about, operation="status")

    def _partners(self, snapshot: Snapshot) -> Iterator[Notice]:
        hours, now = snapshot.site["notices"]["silent_hours"], now_ms()
        for name, counter in dict(self._platform.traffic.partners).items():
            partner = snapshot.partners.get(name)
            if partner is None or not partner.active or partner.sandbox or partner.simulated:
                continue
            silent_ms = now - counter.last_success_ms if counter.last_success_ms is not None else 0
            if counter.state == "failing":
                about = {"partner": partner.title}
                yield from _of_partner(snapshot, partner, "partner_failing", "error", about)
            elif silent_ms > hours * HOUR_MS:
                about = {"partner": partner.title, "hours": hours}
                yield from _of_partner(snapshot, partner, "partner_silent", "warning", about)

    def _pulls(self) -> Iterator[Notice]:
        pulls = self._platform.snapshot.pulls
        for name, course in self._platform.pulling.figures().items():
            if course.failures >= FAILURES:
                about = {"interface": pulls[name].title if name in pulls else name}
                yield Notice(f"pull/{name}", "pull", "error", about, "/p/interfaces", operation="interface.list")


def _of_partner(
    snapshot: Snapshot, partner: Partner, kind: str, level: str, about: Mapping[str, object]
) -> Iterator[Notice]:
    """For those who look after interfaces, and for those in whose scope a station of the partner is."""
    cause, leads = f"{kind}/{partner.id}", "/p/interfaces"
    entity = _spoken_for(snapshot, partner)
    keys = tuple(sorted(partner.stations)) if entity and "*" not in partner.stations else ()
    place = entity if keys else ""
    yield Notice(cause, kind, level, dict(about), leads, operation="interface.list", entity=place, keys=keys)


def _spoken_for(snapshot: Snapshot, partner: Partner) -> str:
    """The entity whose keys the partner's stations are: that to which the scope of its interfaces' records leads."""
    entities = [one.entity for one in snapshot.interfaces.values() if one.active and partner.may_use(one.id)]
    fields = [entity.fields.get(entity.scope) for entity in entities if entity.scope is not None]
    found = {field.to for field in fields if field is not None and field.to is not None}
    return found.pop() if len(found) == 1 else ""
