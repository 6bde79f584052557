"""The same pages as a small server that somebody wrote for them by hand: session, the page's SQL, JSON; nothing of what
is declared. `python -m core.cli.bench.pages.hand_server SERVED`, a Served as JSON.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from tornado.web import Application, RequestHandler

from core.cli.bench.pages.by_hand import ByHand
from core.cli.bench.pages.questions import LIMIT, Question
from core.store.database import now_ms

WHO = (
    "SELECT u.login, u.region FROM session s JOIN r_user u ON u.login = s.login"
    " WHERE s.token_hash = ? AND s.ended_at IS NULL AND s.ends_at > ? AND u.active AND u.voided_at IS NULL"
)
TIMES = ("weighed_at", "received_at")


class Served(msgspec.Struct):
    """Where to listen on 127.0.0.1, the store, the root of its home, the site's zone, what may be asked by number."""

    port: int
    store: str
    root: str
    zone: str
    questions: list[Question]


class PageHandler(RequestHandler):
    """GET /?question=NUMBER&form=…&time=…&id=…&end=…"""

    def initialize(self, served: Served, thread: ThreadPoolExecutor, by_hand: ByHand) -> None:
        self.served, self.thread, self.by_hand = served, thread, by_hand

    async def get(self) -> None:
        """One page as JSON."""
        token = hashlib.sha256((self.get_cookie("zc_session") or "").encode()).digest()
        question = self.served.questions[int(self.get_query_argument("question"))]
        place = [int(value) for name in ("time", "id") for value in self.get_query_arguments(name)]
        end, form = self.get_query_argument("end", ""), int(self.get_query_argument("form"))
        ask = partial(_page, self.by_hand, self.served, token, question, place, int(end) if end else None, form)
        self.set_header("Content-Type", "application/json")
        self.finish(await asyncio.get_running_loop().run_in_executor(self.thread, ask))


def _page(
    by_hand: ByHand, served: Served, token: bytes, question: Question, place: list[int], end_ms: int | None, form: int
) -> bytes:
    _, county = by_hand.found(WHO, (token, now_ms()))[0]
    _, rows = by_hand.rows(question, county, place or None, end_ms, form)
    zone, columns = ZoneInfo(served.zone), by_hand.columns
    records = [dict(zip(columns, row, strict=True)) for row in rows[:LIMIT]]
    for record in records:
        record |= {name: datetime.fromtimestamp(record[name] / 1000, zone).isoformat() for name in TIMES}
    return msgspec.json.encode({"records": records, "more": len(rows) > LIMIT})


async def main() -> None:
    """Serve until the process ends; one question at a time, on one connection."""
    served = msgspec.json.decode(sys.argv[1], type=Served)
    with ThreadPoolExecutor(1) as thread:
        by_hand = thread.submit(ByHand.at, served.store, Path(served.root)).result()
        shared = {"served": served, "thread": thread, "by_hand": by_hand}
        Application([("/", PageHandler, shared)]).listen(served.port, "127.0.0.1")
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
