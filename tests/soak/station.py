"""A station at its peak: it weighs at a pace, sends bad rows among good ones and some batches twice, and goes on after
its server was killed."""

from __future__ import annotations

import http.client
import random
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

from tests.soak.sender import Answer, Line, weighing
from tests.soak.site import Site

BAD_SHARE, AGAIN_SHARE = 0.01, 0.02
REMEMBERED = 50  # answered batches of which some are sent again
EVERY_S = 1.0
ZONE = ZoneInfo("Asia/Shanghai")
SPOILT: tuple[dict[str, Any], ...] = (
    {"totalweight": "heavy"},
    {"totalweight": None},
    {"totalweight": -5},
    {"previewdate": "2026-13-01 08:30:00"},
    {"previewstationcode": "NOWHERE"},
    {"axisnum": 99},
)
"""What makes a row one that is refused."""


@dataclass
class Batch:
    """Rows as they are sent; `unsure` counts how often no answer came, `answered` how often one did."""

    rows: list[dict[str, Any]]
    bad: list[int]
    unsure: int = 0
    answered: int = 0

    @property
    def codes(self) -> list[str]:
        """Record numbers, in order."""
        return [row["previewcode"] for row in self.rows]


@dataclass
class Station:
    """One station. `stored` are the numbers acknowledged; `refused` how often each was answered refused, `unsure` how
    often it was sent without an answer."""

    name: str
    code: str
    dice: random.Random
    a_second: float
    last: int = 0
    waiting: Batch | None = None
    done: list[Batch] = field(default_factory=list)
    stored: set[str] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)
    unsure: Counter[str] = field(default_factory=Counter)
    figures: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def run(self, site: Site, token: str, ended: Event) -> None:
        """Post at the station's pace until `ended`; what is under way then stays waiting."""
        due = time.monotonic() + self.dice.random() * EVERY_S
        try:
            while not self.faults and not ended.wait(0.1):
                with closing(Line(site.url, token)) as line:
                    due = self._on(line, due, ended)
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}")

    def _on(self, line: Line, due: float, ended: Event) -> float:
        """Post on one connection until it breaks; when the next batch is due."""
        while not ended.wait(max(0, due - time.monotonic())):
            self.waiting = self.waiting or self._next()
            try:
                answer = line.post(self.waiting.rows)
            except ConnectionRefusedError:  # nothing was sent
                return due
            except (OSError, http.client.HTTPException):
                self._note_silence(self.waiting)
                return due
            due += 1 if answer.status == http.client.SERVICE_UNAVAILABLE else EVERY_S
            self._take(answer, self.waiting)
        return due

    def _next(self) -> Batch:
        """One that was answered before, or a new one."""
        if self.done and self.dice.random() < AGAIN_SHARE:
            self.figures["batches sent again"] += 1
            return self.dice.choice(self.done)
        size = max(1, round(self.dice.uniform(0.5, 1.5) * self.a_second * EVERY_S))
        batch = Batch([], [])
        for place in range(size):
            self.last += 1
            batch.rows.append(self._weigh(f"{self.name}-{self.last:07d}"))
            if self.dice.random() < BAD_SHARE:
                batch.rows[-1] |= self.dice.choice(SPOILT)
                batch.bad.append(place)
        self.figures["rows"] += size
        self.figures["bad rows"] += len(batch.bad)
        return batch

    def _weigh(self, code: str) -> dict[str, Any]:
        said = datetime.now(ZONE).strftime("%Y-%m-%d %H:%M:%S")
        axles = self.dice.randint(2, 6)
        kg = self.dice.randint(3_000, 18_000 * axles)
        return weighing(code, previewdate=said, previewstationcode=self.code, axisnum=axles, totalweight=kg)

    def _note_silence(self, batch: Batch) -> None:
        self.figures["unanswered"] += 1
        batch.unsure += 1
        self.unsure.update(batch.codes[place] for place in batch.bad)

    def _take(self, answer: Answer, batch: Batch) -> None:
        """Take an answer; it must be exactly what the batch deserves."""
        if answer.status == http.client.SERVICE_UNAVAILABLE:
            self.figures["busy"] += 1
            return
        good = len(batch.rows) - len(batch.bad)
        there = answer.body.get("accepted", 0), answer.body.get("duplicates", 0)
        new, known = (good, 0), (0, good)
        may_be = [known] if batch.answered else [new, known] if batch.unsure else [new]
        refused = [row["index"] for row in answer.body.get("rejected", ())]
        if answer.status != http.client.OK or there not in may_be or refused != batch.bad:
            self.faults.append(f"{batch.rows}\n{batch} → {answer.status} {answer.body}")
            return
        self.figures["duplicates"] += there[1]
        self.stored.update(code for place, code in enumerate(batch.codes) if place not in batch.bad)
        self.refused.update(batch.codes[place] for place in batch.bad)
        batch.answered += 1
        self.done = [*self.done[-REMEMBERED:], batch]
        self.waiting = None
