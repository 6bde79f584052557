"""Deriving again what a deriver that raised had left pending, from the outbox's hints."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from core.declare.phrase import phrase
from core.entity.condition import Test
from core.intake.derive import rederive as run_derivers
from core.intake.store import DERIVE
from core.run.snapshot import Snapshot
from core.store.outbox import Message
from core.store.scope import Scope
from core.store.search import Search

if TYPE_CHECKING:
    from core.run.live import Platform, Progress

log = logging.getLogger("zc.derive")

CHUNK = 200
WHO = "platform"


def rederive(platform: Platform, progress: Progress) -> dict[str, int]:
    """Run the derivers over every record that waits for them, under the limits of its own day: {judged, waiting}.

    A record for which they raise again stays pending, and its hint comes back later.
    """
    judged = 0
    for message in platform.store.outbox.take(DERIVE):
        done, left = _of_message(platform, platform.snapshot, message)
        judged += done
        if left:
            platform.store.outbox.failed(message, f"{left} records are still pending")
        else:
            platform.store.outbox.done([message.id])
    if judged:
        log.info("derived again records=%d", judged)
        progress(phrase("{judged} records derived again", judged=judged))
    return {"judged": judged, "waiting": platform.store.outbox.waiting(DERIVE)}


def _of_message(platform: Platform, snapshot: Snapshot, message: Message) -> tuple[int, int]:
    """How many records of one hint are done, and how many still wait."""
    entity = snapshot.entities.get(message.body["entity"])
    if entity is None:
        return 0, 1

    def fault(what: str, error: BaseException) -> None:
        platform.faults.note(snapshot.owners.get(what, "?"), what, error)

    ids = list(platform.store.ids_of(entity, [bytes.fromhex(key) for key in message.body["keys"]]).values())
    records = []
    for start in range(0, len(ids), CHUNK):
        search = Search(entity, Test("id", "in", tuple(ids[start : start + CHUNK])), limit=CHUNK)
        records += platform.store.search(search, Scope.whole(), snapshot.entities).rows
    waiting = [record for record in records if record["pending"] is not None]
    run_derivers(entity, waiting, snapshot.derivers, fault)
    derived = [name for name, field in entity.fields.items() if field.derived]
    done = [record for record in waiting if record["pending"] is None]
    for record in done:
        values = {name: record[name] for name in derived}
        platform.store.writer.judge(entity, record["id"], values, WHO, "derived again").result()
    return len(done), len(waiting) - len(done)
