"""The second step: each of the partner's records becomes one of ours, or is refused with every reason."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any

from core.intake import clock
from core.intake.explain import Fault
from core.intake.plan import Check, Interface
from core.intake.post import Mapped, Partner, Post, Reason, Refused

Keys = Callable[[str], Container[str]]
"""The keys that exist of an entity, by its id."""

BatchCheck = Callable[[Sequence[Mapping[str, Any]]], Sequence[str | None]]
"""A plugin's check bound to its snapshot: for each record's inputs, None or what does not hold."""


def map_records(
    post: Post,
    keys: Keys,
    checks: Mapping[str, BatchCheck],
    explained: int,
    bounds: Mapping[str, int],
    fault: Fault,
) -> None:
    """Fill mapped and refused of the post from raws.

    `explained` is how many refused rows get all their reasons; `bounds` are the site's ahead_s, late_s and
    oldest_days. A check that raises refuses nothing; `fault` is told.
    """
    _translate(post, explained, fault)
    _refuse(post, _unregistered(post, keys))
    for check in post.interface.checks:
        _refuse(post, _failed(post, check, checks, fault))
    _stamp(post, bounds)


def _translate(post: Post, explained: int, fault: Fault) -> None:
    """Run the plans; what they do not take is explained, the first ones in full."""
    explainer, raws = post.interface.explainer, post.raws
    for index, (raw, values) in enumerate(zip(raws, post.interface.plans(raws), strict=True)):
        if values is None:
            if type(raw) is not dict:
                post.refused.append(Refused(index, raw, (Reason("not_record"),)))
                continue
            full = len(post.refused) < explained
            values, reasons = explainer.explain(raw, fault) if full else explainer.first(raw, fault)
            if values is None:
                post.refused.append(Refused(index, raw, tuple(reasons)))
                continue
        post.mapped.append(Mapped(index, raw, values, post.replay_of[index] if post.replay_of else None))


def _refuse(post: Post, reasons: Mapping[int, list[Reason]]) -> None:
    """Move the mapped records with reasons, by index in the post, among the refused."""
    if not reasons:
        return
    for item in post.mapped:
        if item.index in reasons:
            post.refused.append(Refused(item.index, item.raw, tuple(reasons[item.index])))
    post.mapped = [item for item in post.mapped if item.index not in reasons]
    post.refused.sort(key=lambda refused: refused.index)


def _unregistered(post: Post, keys: Keys) -> dict[int, list[Reason]]:
    """Refs must lead to records that exist, and the row must belong to a station that the partner may speak for."""
    interface, reasons = post.interface, dict[int, list[Reason]]()
    partner = post.partner or Partner("")
    for name, field in interface.entity.fields.items():
        if field.to is None or field.derived or name not in interface.partner_names:
            continue
        known = keys(field.to)
        for item in post.mapped:
            value = item.values[name]
            if value is not None and value not in known:
                reasons.setdefault(item.index, []).append(_about(interface, "unknown_ref", name, value))
    scope = interface.entity.scope
    if scope is not None and "*" not in partner.stations:
        for item in post.mapped:
            value = item.values[scope]
            if item.index not in reasons and (value is None or value not in partner.stations):
                reasons.setdefault(item.index, []).append(_about(interface, "station_denied", scope, value))
    return reasons


def _about(interface: Interface, outcome: str, name: str, value: Any) -> Reason:
    label = interface.entity.fields[name].label
    return Reason(outcome, interface.partner_names.get(name, name), name, {"label": label, "value": value})


def _failed(post: Post, check: Check, offered: Mapping[str, BatchCheck], fault: Fault) -> dict[int, list[Reason]]:
    """{index: reason} of the mapped records for which the check does not hold."""
    if check.must is not None:
        holds = check.must.at(post.received_at).test
        return _reasons(check, ((item.index, check.message) for item in post.mapped if not holds(item.values)))
    if check.use is None or not post.mapped:
        return {}
    batch = [{slot: item.values[name] for slot, name in check.inputs} for item in post.mapped]
    try:
        texts = offered[check.use](batch)
        if len(texts) != len(batch):
            raise ValueError(f"{len(batch)} records went in and {len(texts)} results came out")
    except Exception as error:  # noqa: BLE001 - a check that raises refuses nothing
        fault(f"check {check.use}", error)
        return {}
    return _reasons(
        check, ((item.index, text) for item, text in zip(post.mapped, texts, strict=True) if text is not None)
    )


def _reasons(check: Check, failed: Iterable[tuple[int, str]]) -> dict[int, list[Reason]]:
    return {index: [Reason("check_failed", check.field, check.ours, {"message": text})] for index, text in failed}


def _stamp(post: Post, bounds: Mapping[str, int]) -> None:
    """Provenance, clock and civil day of each mapped record."""
    interface, received_at = post.interface, post.received_at
    day, time = interface.day, interface.entity.time
    partner = post.partner or Partner("")
    given = "simulated" if partner.simulated else post.provenance
    same = {
        "clock": "ok",
        "day": day(received_at),
        "provenance": given or "live",
        "received_at": received_at,
        "partner": partner.id,
        "interface": interface.id,
        "snapshot": post.snapshot,
    }
    earliest, latest = clock.good(received_at, bounds)
    for item in post.mapped:
        values = item.values
        values.update(same)
        at = values[time] if time is not None else None
        if at is None:
            continue
        if earliest <= at <= latest:
            values["day"] = day(at)
        else:
            values["clock"] = clock.judge(at, received_at, bounds)
        if given is None and clock.late(at, received_at, bounds):
            values["provenance"] = "late"
