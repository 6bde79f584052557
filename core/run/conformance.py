"""What the posts of sandbox partners have covered of the declared lists of cases, and the score."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.intake.post import Post
from core.run.sandbox import Sandbox
from core.run.shown import moment
from core.run.snapshot import Snapshot
from core.store.database import now_ms

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

log = logging.getLogger("zc.sandbox")

KEPT = "conformance:"
REMEMBERED = 10_000  # refused record numbers of one partner, for telling what was corrected


@dataclass(frozen=True)
class Evidence:
    """What one post of a sandbox partner shows."""

    outcome: str
    rows: frozenset[str] = frozenset()
    records: int = 0
    accepted: int = 0
    duplicates: int = 0
    clocks: frozenset[str] = frozenset()
    late: bool = False
    corrected: bool = False
    waited: bool = False

    def meets(self, when: Mapping[str, Any]) -> bool:
        """Whether it has all that a case asks for."""
        return all(self._has(name, wanted) for name, wanted in when.items())

    def _has(self, name: str, wanted: Any) -> bool:
        if name == "outcome":
            return self.outcome in wanted
        if name == "most":
            return self.records <= int(wanted)
        if name in ("rows", "clock"):
            return not (self.rows if name == "rows" else self.clocks).isdisjoint(wanted)
        value = getattr(self, name)
        return value is wanted if isinstance(wanted, bool) else value >= wanted


@dataclass
class Conduct:
    """What is remembered of a partner between its posts: refused numbers, and until when it was told to wait."""

    refused: OrderedDict[str, None] = field(default_factory=OrderedDict)
    wait_until_ms: int | None = None

    def evidence(self, post: Post) -> Evidence:
        """What a post shows in the light of those before it, which it joins."""
        told = self.wait_until_ms
        self.wait_until_ms = None
        if post.retry_after_s is not None:
            self.wait_until_ms = post.received_at + post.retry_after_s * 1000
        refused = [self._number(post, item.raw) for item in post.refused]
        accepted_at = {row.index for row in post.accepted}
        accepted = [self._number(post, item.raw) for item in post.mapped if item.index in accepted_at]
        corrected = [number for number in accepted if number in self.refused]
        for number in refused:
            self.refused[number] = None
        for number in [*corrected, *list(self.refused)[: max(0, len(self.refused) - REMEMBERED)]]:
            self.refused.pop(number, None)
        return Evidence(
            outcome=post.outcome,
            rows=frozenset(problem["outcome"] for refusal in post.refusals for problem in refusal.problems),
            records=len(post.raws),
            accepted=len(post.accepted),
            duplicates=post.duplicates,
            clocks=frozenset(row.values["clock"] for row in post.accepted),
            late=any(row.values["provenance"] == "late" for row in post.accepted),
            corrected=bool(corrected),
            waited=told is not None and post.received_at >= told,
        )

    def _number(self, post: Post, raw: Any) -> str:
        return f"{post.interface.id}/{post.interface.explainer.key(raw, post.interface.entity.key)}"


class Conformance:
    """Which cases each sandbox partner has covered; kept in the sandbox's store when a case is first covered."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._lock = threading.Lock()
        self._conducts: dict[str, Conduct] = {}
        self._covered: dict[str, dict[str, int]] = {}

    def note(self, post: Post, snapshot: Snapshot) -> None:
        """Take a post that is answered next. Blocking; what goes wrong here is no matter of the answer."""
        try:
            self._note(post, snapshot)
        except Exception:
            log.exception("what a sandbox post covers could not be kept partner=%s", post.claimed)

    def _note(self, post: Post, snapshot: Snapshot) -> None:
        with self._lock:
            evidence = self._conducts.setdefault(post.claimed, Conduct()).evidence(post)
            self._take(post.claimed, evidence, snapshot)

    def note_login(self, partner: str, outcome: str, snapshot: Snapshot) -> None:
        """Take an attempt to buy a token that came to `outcome`. Blocking."""
        with self._lock:
            self._take(partner, Evidence(outcome), snapshot)

    def covered(self, partner: str) -> dict[str, int]:
        """{list.case: when it was first covered, UTC milliseconds}. Blocking."""
        with self._lock:
            return dict(self._known(partner))

    def forget(self) -> None:
        """The sandbox was cleared."""
        with self._lock:
            self._conducts.clear()
            self._covered.clear()

    def _take(self, partner: str, evidence: Evidence, snapshot: Snapshot) -> None:
        known = self._known(partner)
        fresh = [name for name, case in cases(snapshot) if name not in known and evidence.meets(case["when"])]
        if fresh:
            known.update(dict.fromkeys(fresh, now_ms()))
            self._sandbox.store().state.put(f"{KEPT}{partner}", known)

    def _known(self, partner: str) -> dict[str, int]:
        if partner not in self._covered:
            self._covered[partner] = self._sandbox.store().state.get(f"{KEPT}{partner}", {})
        return self._covered[partner]


def cases(snapshot: Snapshot) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(list.case, case) of all declared lists."""
    for name, declaration in snapshot.reading.declarations.get("conformance", {}).items():
        for id_, case in declaration.data["cases"].items():
            yield f"{name}.{id_}", case


def show(platform: Platform, _progress: Progress, *, partner: str) -> dict[str, Any]:
    """{partner, score, of, cases: [{case, title, help, covered, at}]} of a sandbox partner."""
    snapshot = platform.snapshot
    said = snapshot.partners.get(partner)
    if said is None or not said.sandbox:
        known = ", ".join(name for name, one in snapshot.partners.items() if one.sandbox) or phrase("none yet")
        how = phrase("Known: {known}. A new one: zc partner add NAME --stations A,B --sandbox", known=known)
        raise ZcError(phrase("there is no sandbox partner {partner}", partner=partner), how)
    covered = platform.conformance.covered(partner)
    rows: Sequence[dict[str, Any]] = [
        {
            "case": name,
            "title": case["title"],
            "help": case["help"],
            "covered": name in covered,
            "at": moment(covered[name], snapshot.zone) if name in covered else None,
        }
        for name, case in cases(snapshot)
    ]
    if not rows:
        raise ZcError(
            phrase("no list of cases is declared"),
            phrase("Copy config/conformance/standard.yaml from a new home: zc init"),
        )
    return {"partner": partner, "score": sum(row["covered"] for row in rows), "of": len(rows), "cases": rows}


def clear(platform: Platform, _progress: Progress) -> dict[str, str]:
    """Forget all that is in the sandbox, records, refusals and scores: {file}."""
    platform.sandbox.store()
    platform.sandbox.clear()
    platform.conformance.forget()
    return {"file": str(platform.sandbox.file)}
