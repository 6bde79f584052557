"""The workbench: one body through the five steps with nothing stored, the last real ones to try, and saving what was
tried as a trial."""

from __future__ import annotations

import asyncio
import re
import textwrap
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from core.declare.problem import ZcError
from core.intake.encode import encode
from core.intake.hide import without_secrets
from core.intake.intake import take
from core.intake.mapping import ARRIVAL
from core.intake.outcomes import OUTCOMES
from core.intake.plan import Interface
from core.intake.post import Partner, Post
from core.run import drafts, editing, trials
from core.run.mapping_text import known, snapshot_with, text_at
from core.run.means import means_of
from core.run.raw_veil import RawVeil
from core.run.refusals import ALL_STATES, WHOLE, row_of
from core.run.rights import Rights
from core.run.shown import moment
from core.run.snapshot import Snapshot
from core.run.steps import steps
from core.run.words import NotFound, said
from core.store.database import now_ms
from core.store.refusals import KeptRefusal

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

READABLE = frozenset({"records_missing", "records_many"})  # bodies of these outcomes are kept as plain data
MOST_BODIES = 50
WIDTH = 110


def try_(
    platform: Platform,
    _progress: Progress,
    *,
    interface: str,
    body: str,
    partner: str | None = None,
    text: str | None = None,
    rights: Rights | None = None,
) -> dict[str, Any]:
    """The five steps of a body as if `partner`, or somebody who may report every station, had posted it now:
    {read, map, derive, store, answer}, see core.run.steps. What the store has counts as there; nothing is stored, no
    token needed. With an edited `text` of the interface as that maps it, or {problems} where it has errors."""
    snapshot, problems = snapshot_with(platform, interface, text)
    if snapshot is None:
        return {"problems": problems}
    through = known(snapshot, interface)
    RawVeil(snapshot, rights).require(through.entity)
    who = Partner("workbench", title=through.title)
    if partner is not None:
        if partner not in snapshot.partners:
            raise NotFound(said("unknown_partner", id=partner))
        who = snapshot.partners[partner]
    content = _encoded(body, through)
    post = Post(
        body=content,
        headers=trials.headers_of(content, through.layout),
        address="127.0.0.1",
        received_at=now_ms(),
        interface=through,
        snapshot=snapshot.number,
    )
    asyncio.run(take(post, means_of(platform, snapshot, identify=lambda _: who, keeps=False)))
    return steps(snapshot, post)


def bodies(
    platform: Platform,
    _progress: Progress,
    *,
    interface: str,
    refusal: int | None = None,
    limit: int = 20,
    rights: Rights | None = None,
) -> list[dict[str, Any]]:
    """The last real bodies kept, the newest first, or that of one refusal: [{id, at, partner, state, outcome, meaning,
    field, body}]. A record that was refused stands alone in a body as the partner would send it. Masked for who must
    not see all; those that cannot be shown or written again are left out."""
    snapshot = platform.snapshot
    through = known(snapshot, interface)
    veil = RawVeil(snapshot, rights)
    veil.require(through.entity)
    kept, most = platform.store.refusals, min(limit, MOST_BODIES)
    if refusal is None:
        found = kept.page(interface=interface, states=ALL_STATES, limit=most, newest_first=True)
    else:
        found = [one for one in (kept.get(refusal),) if one is not None and one.interface == interface]
    rows = [(item, _body_of(through, item, row_of(veil, item)["raw"])) for item in found]
    return [
        {
            "id": item.id,
            "at": moment(item.received_at, snapshot.zone),
            "partner": item.partner,
            "state": item.state,
            "outcome": item.outcome,
            "meaning": OUTCOMES[item.outcome].meaning if item.outcome in OUTCOMES else "",
            "field": item.field,
            "body": body,
        }
        for item, body in rows
        if body is not None
    ]


def save_trial(
    platform: Platform,
    progress: Progress,
    *,
    interface: str,
    title: str,
    body: str,
    who: str,
    note: str = "",
    rights: Rights | None = None,
) -> dict[str, Any]:
    """Add a trial beside the interface that expects what comes of the body today, without its token, and reload:
    what core.run.editing.activate tells, with file and case. Nothing is written where the new trial would be wrong."""
    snapshot = platform.snapshot
    through = known(snapshot, interface)
    RawVeil(snapshot, rights).require(through.entity)
    case = _case(snapshot, through, title, _encoded(body, through))
    file = f"interfaces/{interface}.trial.yaml"
    change = {
        "path": file,
        "text": _with_case(text_at(platform, "trial", interface, file), case),
        "base": drafts.digest_of(platform.home.root / file),
    }
    done = editing.activate(platform, progress, changes=[change], who=who, note=note or title)
    return {**done, "file": file, "case": case}


def _encoded(body: str, interface: Interface) -> bytes:
    try:
        return body.encode(interface.layout.charset)
    except UnicodeEncodeError as error:
        raise ZcError(said("body_unwritable", charset=interface.layout.charset)) from error


def _body_of(interface: Interface, item: KeptRefusal, raw: str | None) -> str | None:
    """A kept refusal as a body; None where it cannot be one again."""
    if raw is None or (item.index == WHOLE and item.outcome not in READABLE):
        return raw
    if item.index != WHOLE and (interface.nested or interface.prefixes):
        return None  # such a record is part of an element that is not kept
    data = msgspec.json.decode(raw)
    if item.index != WHOLE:
        data = _around(interface, data)
    try:
        return encode(data, interface.layout).decode(interface.layout.charset)
    except ValueError:
        return None


def _around(interface: Interface, record: Any) -> Any:
    """A body with this record in it, at the path where the interface looks for records."""
    if isinstance(record, dict):
        record = {name: value for name, value in record.items() if name != ARRIVAL}
    data: Any = record if interface.layout.format in ("xml", "soap") else [record]
    for name in reversed(interface.records):
        data = {name: data}
    return data


def _case(snapshot: Snapshot, interface: Interface, title: str, body: bytes) -> dict[str, Any]:
    """A case that is green today."""
    now = now_ms() // 1000 * 1000
    post = trials.send(snapshot, interface.id, body, now)
    sent: Any = post.data
    try:
        again = trials.send(snapshot, interface.id, trials.body_of(sent, snapshot, interface.id), now)
    except ValueError:
        again = None
    if sent is None or again is None or trials.seen(snapshot, again) != trials.seen(snapshot, post):
        sent = without_secrets(post).decode(interface.layout.charset, "replace")
        again = trials.send(snapshot, interface.id, sent.encode(interface.layout.charset), now)
    case = {
        "title": title,
        "now": f"{trials.local(now, snapshot):%Y-%m-%d %H:%M:%S}",
        "send": sent,
        "expect": _expected(snapshot, again),
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(case))  # nothing shared, so no anchors in YAML
    return plain


def _expected(snapshot: Snapshot, post: Post) -> dict[str, Any]:
    seen = trials.seen(snapshot, post)
    fields = post.interface.entity.fields
    reply = seen["reply"]
    if isinstance(reply, dict):
        reply = {name: value for name, value in reply.items() if name != "demo"}  # goes with the site, not the mapping
    expected: dict[str, Any] = {"http": seen["http"], "reply": reply}
    if seen["records"]:
        expected["records"] = [
            {name: value for name, value in record.items() if name in fields and value is not None}
            for record in seen["records"]
        ]
    if seen["refused"]:
        expected["refused"] = [{name: one[name] for name in ("index", "outcome", "field")} for one in seen["refused"]]
    if seen["duplicates"]:
        expected["duplicates"] = seen["duplicates"]
    return expected


def _with_case(text: str, case: dict[str, Any]) -> str:
    """The text of a trial file with one more case at its end; what stands there stays as it is written."""
    written = yaml.safe_dump([case], allow_unicode=True, sort_keys=False, width=WIDTH)
    begun = re.search(r"^( *)- ", text, re.MULTILINE)
    head = text.rstrip("\n") or "cases:"
    return f"{head}\n{textwrap.indent(written, begun[1] if begun else '  ')}"
