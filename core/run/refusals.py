"""Operations on refusals: what was refused, and putting it through today's mapping."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

import msgspec

from core.declare.phrase import phrase
from core.declare.problem import ZcError
from core.intake.intake import retake
from core.intake.outcomes import OUTCOMES
from core.intake.plan import Interface
from core.intake.post import Partner, Post, Stop
from core.intake.read import reopen
from core.run.mapping_text import snapshot_with
from core.run.means import means_of
from core.run.raw_veil import RawVeil
from core.run.rights import Rights
from core.run.shown import moment
from core.run.snapshot import Snapshot
from core.run.words import said
from core.store.refusals import CHUNK, OPEN, KeptRefusal, RefusalGroup
from core.store.request import State

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

REPLAYED = ("refused", "failed")
WHOLE = -1  # the index of a body that was refused as a whole
ALL_STATES = (*OPEN, "replayed", "dropped")
MOST_ROWS = 500


def list_(
    platform: Platform,
    _progress: Progress,
    *,
    interface: str | None = None,
    partner: str | None = None,
    outcome: str | None = None,
    field: str | None = None,
    state: str = "refused",
    with_rows: bool = False,
    limit: int = 50,
    after: int = 0,
    sandbox: bool = False,
    rights: Rights | None = None,
) -> list[dict[str, Any]]:
    """Groups [{count, outcome, field, interface, partner, state, first_at, last_at}], the largest first, or with
    `with_rows` the refusals themselves with an id above `after`, each with its raw record and problems. `state` is one,
    open (of those that wait) or all. With `rights` only what that person sees, values masked."""
    kept = (platform.sandbox.store() if sandbox else platform.store).refusals
    states = {"all": ALL_STATES, "open": OPEN}.get(state, (state,))
    veil = RawVeil(platform.snapshot, rights)
    if with_rows:
        most = min(limit, MOST_ROWS)
        found = kept.page(
            interface=interface, partner=partner, outcome=outcome, field=field, states=states, after=after, limit=most
        )
        return [row_of(veil, item) for item in found if veil.sees(item.entity)]
    wanted = {"interface": interface, "partner": partner, "outcome": outcome, "field": field}.items()
    groups = [
        _group_of(veil, group)
        for group in kept.groups(states)
        if all(value in (None, getattr(group, name)) for name, value in wanted)
    ]
    return [group for group in groups if group is not None][:limit]


def row_of(veil: RawVeil, item: KeptRefusal) -> dict[str, Any]:
    """One refusal as plain data; `raw` is None where nothing of it may be shown."""
    whole_hidden = item.index == WHOLE and not veil.is_clear(item.entity)
    return {
        "id": item.id,
        "received_at": moment(item.received_at, veil.snapshot.zone),
        "interface": item.interface,
        "partner": item.partner,
        "snapshot": item.snapshot,
        "state": item.state,
        "outcome": item.outcome,
        "field": item.field,
        "problems": [
            {**one, "message": veil.message(item.entity, one.get("outcome", item.outcome), one.get("message", ""))}
            for one in item.problems
        ],
        "raw": None if whole_hidden else veil.record(item.interface, item.entity, item.raw),
    }


def _group_of(veil: RawVeil, group: RefusalGroup) -> dict[str, Any] | None:
    """One group as plain data; None where the person does not see what the interface brings."""
    said_ = veil.snapshot.interfaces.get(group.interface)
    if veil.rights is not None and (said_ is None or not veil.sees(said_.entity.id)):
        return None
    zone, partner = veil.snapshot.zone, veil.snapshot.partners.get(group.partner)
    return {
        "count": group.number,
        "outcome": group.outcome,
        "meaning": OUTCOMES[group.outcome].meaning if group.outcome in OUTCOMES else "",
        "field": group.field,
        "interface": group.interface,
        "interface_title": said_.title if said_ is not None else group.interface,
        "partner": group.partner,
        "partner_title": partner.title if partner is not None else group.partner,
        "state": group.state,
        "first_at": moment(group.first_at, zone),
        "last_at": moment(group.last_at, zone),
    }


@dataclass
class Replay:
    """How a replay went."""

    passed: int = 0
    duplicates: int = 0
    failing: int = 0
    reasons: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def add(self, post: Post) -> None:
        """Count one replayed post."""
        states = post.written.states if post.written else []
        self.passed += states.count(State.STORED)
        self.duplicates += states.count(State.DUPLICATE)
        self.failing += len(post.refused) + states.count(State.CONFLICT) + states.count(State.FAILED)
        for refused in post.refused:
            reason = refused.reasons[0]
            self.reasons[reason.outcome, reason.field, post.interface.reply.words([reason])] += 1
        if conflicts := states.count(State.CONFLICT):
            self.reasons["conflict", "", "同一编号已有内容不同的记录"] += conflicts

    def pass_over(self, refusal: KeptRefusal) -> None:
        """Count a body that was refused as a whole and still is: which records are in it was never known."""
        self.failing += 1
        told = refusal.problems[0]["message"] if refusal.problems else ""
        self.reasons[refusal.outcome, refusal.field, told] += 1

    def as_dict(self) -> dict[str, Any]:
        """{passed, duplicates, failing, reasons: [{count, outcome, field, message}]}."""
        reasons = [
            {"count": number, "outcome": outcome, "field": field_, "message": message}
            for (outcome, field_, message), number in self.reasons.most_common()
        ]
        return {"passed": self.passed, "duplicates": self.duplicates, "failing": self.failing, "reasons": reasons}


def replay(
    platform: Platform,
    progress: Progress,
    *,
    interface: str,
    dry_run: bool = False,
    partner: str | None = None,
    outcome: str | None = None,
    field: str | None = None,
    text: str | None = None,
    rights: Rights | None = None,
) -> dict[str, Any]:
    """Put the refusals of an interface through today's mapping, under the limits of the weighing's day and with the
    original time of arrival. What passes is stored once, however often this is called; dry run stores nothing, and may
    try an edited `text` of the interface, whose errors are then the result: {problems}."""
    if text is not None and not dry_run:
        raise ZcError(said("needs_dry_run"))
    snapshot, problems = snapshot_with(platform, interface, text)
    if snapshot is None:
        return {"problems": problems}
    through = snapshot.interfaces.get(interface)
    if through is None:
        raise ZcError(
            phrase("there is no interface {interface}", interface=interface),
            phrase("Known: {names}", names=", ".join(sorted(snapshot.interfaces))),
        )
    veil = RawVeil(snapshot, rights)
    veil.require(through.entity)
    means = means_of(platform, snapshot, keeps=not dry_run)
    wanted = {"partner": partner, "outcome": outcome, "field": field}.items()
    done = Replay()
    for chunk in platform.store.refusals.chunks(interface, REPLAYED):
        chosen = [item for item in chunk if all(value in (None, getattr(item, name)) for name, value in wanted)]
        whole = [item for item in chosen if item.index == WHOLE]
        rows = [item for item in chosen if item.index != WHOLE]
        for post in (*_reopened(snapshot, through, whole, done), *_together(snapshot, through, rows)):
            asyncio.run(retake(post, means))
            done.add(post)
        text = "{passed} passed, {duplicates} already there, {failing} still fail"
        progress(phrase(text, passed=done.passed, duplicates=done.duplicates, failing=done.failing))
    told = done.as_dict()
    for reason in told["reasons"]:
        reason["message"] = veil.message(through.entity.id, reason["outcome"], reason["message"])
    return told


def _reopened(
    snapshot: Snapshot, interface: Interface, refusals: Sequence[KeptRefusal], done: Replay
) -> Iterator[Post]:
    """The bodies in which today's interface finds records; the others are counted as passed over."""
    for item in refusals:
        post = _post(snapshot, interface, item)
        post.body, post.whole_of = item.raw, item.id
        try:
            if item.outcome != "records_missing":  # those alone were read to the end, and are kept as data
                raise Stop(item.outcome)
            reopen(post, snapshot.site["intake"])
        except Stop:
            done.pass_over(item)
        else:
            yield post


def _together(snapshot: Snapshot, interface: Interface, refusals: Sequence[KeptRefusal]) -> Iterator[Post]:
    """The refusals as posts again: those of one partner that came at one time together, at most a post's records."""

    def origin(item: KeptRefusal) -> tuple[str, int]:
        return item.partner, item.received_at

    for _, items in groupby(refusals, key=origin):
        together = list(items)
        for start in range(0, len(together), CHUNK):
            part = together[start : start + CHUNK]
            post = _post(snapshot, interface, part[0])
            post.raws = [msgspec.json.decode(item.raw) for item in part]
            post.replay_of = [item.id for item in part]
            yield post


def _post(snapshot: Snapshot, interface: Interface, item: KeptRefusal) -> Post:
    return Post(
        body=b"",
        headers={},
        address="",
        received_at=item.received_at,
        interface=interface,
        snapshot=snapshot.number,
        provenance="replayed",
        partner=snapshot.partners.get(item.partner, Partner(item.partner, stations=frozenset())),
    )
