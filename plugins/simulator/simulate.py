"""The command `simulate`: stations that post to a running platform over HTTP, until stopped."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core import api

from .post import Poster
from .traffic import Place, Traffic, intensity

PROGRESS_EVERY_S = 5.0
STEP_S = 0.2
BACKLOG = 20_000
"""Above so many records waiting no new ones are made; the seconds left out are made up for later."""
TITLE = "模拟器(演示数据)"


def simulate(
    live: api.Live,
    *,
    rate: float,
    stations: int,
    seed: int,
    batch: int,
    partner: str,
    url: str | None = None,
    seconds: float | None = None,
) -> dict[str, Any]:
    """Post simulated weighings at `rate` records a second in the mean of a week, until interrupted or for `seconds`.

    The records are marked simulated, since they come from a partner of that sort. Returns the counts and a line of
    text with them. ZcError when no server runs, no station is there, or the platform will not take the posts.
    """
    address = url or live.url
    if address is None:
        raise api.ZcError("no server runs for this home", "Start one with zc run, or name one with --url.")
    traffic = Traffic(seed, rate, places(live, stations), live.zone)
    key = live.operate("partner.ensure", name=partner, title=TITLE, stations=["*"], simulated=True)
    now = rate * intensity(datetime.now(live.zone))
    told = f"about {now:.2g} records/s at this time of day, {rate:g} in the mean of a week"
    live.progress(f"simulating {len(traffic.places)} stations, {told}, to {address}")
    started = time.monotonic()
    with Poster(address, key["appid"], key["secret"], batch) as poster:
        try:
            _run(live, traffic, poster, seconds)
        except KeyboardInterrupt:
            live.progress("stopping; what waits is still sent")
    text = line(poster, time.monotonic() - started)
    return {"text": text, **_counts(poster)}


def places(live: api.Live, number: int) -> list[Place]:
    """The first `number` stations with their lanes, demo stations before others. ZcError where there is none."""
    lanes: dict[str, list[int]] = {}
    for lane in live.search("lane", limit=10_000):
        lanes.setdefault(lane["station"], []).append(lane["number"])
    found = sorted(live.search("station", limit=10_000), key=lambda row: (not row["demo"], row["code"]))
    if not found:
        raise api.ZcError("there is no station to simulate", "Load some: zc load station FILE")
    return [
        Place(row["code"], tuple(sorted(lanes.get(row["code"], (1, 2)))), row["site_type"]) for row in found[:number]
    ]


def line(poster: Poster, elapsed_s: float) -> str:
    """One line: how it goes."""
    counts = _counts(poster)
    told = ", ".join(f"{name} {number}" for name, number in counts.items())
    trouble = f" ({poster.tally.trouble})" if poster.tally.trouble else ""
    return f"{told}, {counts['sent'] / max(elapsed_s, 0.001):.1f} records/s{trouble}"


def _run(live: api.Live, traffic: Traffic, poster: Poster, seconds: float | None) -> None:
    """Give the poster what is due, second by second, in step with the clock."""
    started = time.monotonic()
    told = started
    second = int(time.time())
    while seconds is None or time.monotonic() - started < seconds:
        while second < int(time.time()) and poster.waiting < BACKLOG:
            poster.give(traffic.due(second))
            second += 1
        poster.pause(STEP_S)
        if time.monotonic() - told >= PROGRESS_EVERY_S:
            told = time.monotonic()
            live.progress(line(poster, told - started))


def _counts(poster: Poster) -> Mapping[str, int]:
    tally = poster.tally
    return {
        "sent": tally.sent,
        "accepted": tally.accepted,
        "duplicates": tally.duplicates,
        "refused": tally.refused,
        "waiting": poster.waiting,
    }
